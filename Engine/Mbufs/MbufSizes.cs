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
    public const int MinimumInCluster = InternalSize + 1;

    /// <summary>As a length: everything from the offset on (M_COPYALL). A length of 0 is no bytes, everywhere.</summary>
    public const int CopyAll = int.MaxValue;

    /// <summary>The most bytes that can be made contiguous: what the largest cluster holds behind its headroom.</summary>
    public const int MaximumContiguous = (int)MbufClusterSize.Jumbo16;
}

/// <summary>
/// What an arena has a limit for: the names are those of <see cref="MbufArenaOptions"/>, which reserves each
/// (mbuf(9): kern.ipc.nmbufs and its relatives).
/// </summary>
public enum MbufZone
{
    /// <summary>Mbufs, with and without clusters (kern.ipc.nmbufs).</summary>
    Mbufs,

    /// <summary>Clusters of 2 KiB, those in pairs included (kern.ipc.nmbclusters).</summary>
    Clusters,

    /// <summary>Clusters of 4 KiB (kern.ipc.nmbjumbop).</summary>
    PageClusters,

    /// <summary>Clusters of 9 KiB (kern.ipc.nmbjumbo9).</summary>
    Jumbo9Clusters,

    /// <summary>Clusters of 16 KiB (kern.ipc.nmbjumbo16).</summary>
    Jumbo16Clusters,

    /// <summary>Pieces of attached storage.</summary>
    ExternalStorages,
}

/// <summary>The sizes of clusters, in bytes of data that one holds behind its headroom (mbuf(9): MCLBYTES, MJUM*BYTES).</summary>
public enum MbufClusterSize
{
    /// <summary>2,048 bytes (MCLBYTES).</summary>
    Standard = 2048,

    /// <summary>4,096 bytes, a page (MJUMPAGESIZE).</summary>
    Page = 4096,

    /// <summary>9,216 bytes (MJUM9BYTES).</summary>
    Jumbo9 = 9216,

    /// <summary>16,384 bytes (MJUM16BYTES).</summary>
    Jumbo16 = 16384,
}
