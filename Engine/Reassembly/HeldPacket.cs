namespace Engine.Mbufs.Wire;

/// <summary>
/// A packet of which fragments are held, or which is remembered because it was dropped. Links are indices, 0 for none.
/// </summary>
internal struct HeldPacket
{
    public FragmentKey Key;

    /// <summary>The next one in the same bucket, or the next unused one.</summary>
    public int Next;

    /// <summary>Its bucket.</summary>
    public int Bucket;

    /// <summary>The one before and behind it in the order in which packets of its version came.</summary>
    public int Older;

    public int Newer;

    /// <summary>The one before and behind it in the order in which packets of its source came.</summary>
    public int OlderOfSource;

    public int NewerOfSource;

    public int Source;

    /// <summary>The fragment with the lowest place, and the one with the highest.</summary>
    public int First;

    public int Last;

    /// <summary>Number of fragments.</summary>
    public int Fragments;

    /// <summary>Mbufs of all of them.</summary>
    public int Mbufs;

    /// <summary>Bytes of payload of all of them.</summary>
    public int Length;

    /// <summary>Bytes of the whole payload, 0 until the last fragment has come.</summary>
    public int TotalLength;

    /// <summary>What the first fragment's header adds to the length, 0 until it has come.</summary>
    public int HeaderLength;

    /// <summary>When the first of its fragments came, and the how manieth packet it was.</summary>
    public long Came;

    public long Serial;

    /// <summary>The checksum flags that all fragments have.</summary>
    public MbufChecksumFlags ChecksumFlags;

    /// <summary>The ones' complement sum of the fragments' sums.</summary>
    public ushort Sum;

    /// <summary>Which of the four congestion codepoints there are: a bit for each.</summary>
    public byte Congestion;

    /// <summary>The sum of at least one fragment includes a pseudo header.</summary>
    public bool HasPseudoHeader;

    /// <summary>The first fragment's protocol is one whose checksum is a sum over all bytes.</summary>
    public bool IsSummed;

    /// <summary>All was dropped, and what comes will be.</summary>
    public bool IsAbandoned;
}
