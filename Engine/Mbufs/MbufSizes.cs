namespace Engine.Mbufs;

/// <summary>The sizes of mbufs (mbuf(9): MSIZE, MLEN, MHLEN, MINCLSIZE, M_COPYALL), in bytes.</summary>
public static class MbufSizes
{
    /// <summary>One mbuf: its header and its internal buffer (MSIZE).</summary>
    public const int MbufSize = HeaderSize + InternalSize;

    /// <summary>The header, one cache line, with the packet header in it.</summary>
    public const int HeaderSize = 64;

    /// <summary>
    /// The internal buffer of every mbuf, with or without packet header (MLEN and MHLEN, which are the same here).
    /// </summary>
    public const int InternalSize = 192;

    /// <summary>
    /// The smallest amount of data that is put into a cluster rather than into plain mbufs (MINCLSIZE = MHLEN + 1).
    /// </summary>
    public const int SmallestInCluster = InternalSize + 1;

    /// <summary>As a length: everything from the offset on (M_COPYALL). A length of 0 is no bytes, everywhere.</summary>
    public const int CopyAll = int.MaxValue;

    /// <summary>The most bytes that can be made contiguous: what the largest cluster holds behind its headroom.</summary>
    public const int LargestContiguous = (int)MbufClusterSize.Jumbo16;
}
