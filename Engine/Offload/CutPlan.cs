namespace Engine.Mbufs.Wire;

/// <summary>
/// How a packet is cut into parts: where the borders are, and what is in the packet header of each. What stands in the network
/// header is <see cref="IPartHeader"/>'s.
/// </summary>
internal struct CutPlan
{
    /// <summary>Free bytes that are the part's own before each header that is written anew: for link headers.</summary>
    public const int LinkRoom = 32;

    /// <summary>Longer headers go into a cluster of their own.</summary>
    public const int MostInternal = MbufSizes.InternalSize - LinkRoom;

    /// <summary>
    /// A length that all arithmetic on borders can bear; no packet comes near it but one that lies about attached memory.
    /// </summary>
    public const int MostBytes = int.MaxValue / 2;

    /// <summary>Bytes at the packet's start that do not go into the payload.</summary>
    public int HeaderLength;

    /// <summary>How much longer the first part's header is than that.</summary>
    public int Growth;

    /// <summary>Bytes of the header of each part but the first.</summary>
    public int LaterHeaderLength;

    /// <summary>Bytes behind the header; there may be more in the chain, which is no part of the packet.</summary>
    public int PayloadLength;

    /// <summary>Bytes of payload in the first part.</summary>
    public int FirstPayload;

    /// <summary>Bytes of payload in each other part but the last, which has the rest.</summary>
    public int LaterPayload;

    /// <summary>How many parts there are, at least one.</summary>
    public int Parts;

    /// <summary>The first part's header goes into storage of its own.</summary>
    public bool NeedsFront;

    /// <summary>Borders that lie inside an mbuf's data.</summary>
    public int Cuts;

    /// <summary>Flags that each part has on top of those of the packet.</summary>
    public MbufFlags Flags;

    /// <summary>Flags that the first part has on top of that.</summary>
    public MbufFlags FirstFlags;

    /// <summary>Flags that the last part has on top of that.</summary>
    public MbufFlags LastFlags;

    /// <summary>What is to be done about each part's checksums.</summary>
    public MbufChecksumFlags Requests;

    /// <summary>Parts have no segment size: they are the segments.</summary>
    public bool EndsSegmentation;

    /// <summary>The checksum data of the first part.</summary>
    public uint FirstChecksumData;

    /// <summary>The checksum data of each other part.</summary>
    public uint LaterChecksumData;

    /// <summary>Bytes of the first part's header, which is the longest.</summary>
    public readonly int FirstHeaderLength => HeaderLength + Growth;

    /// <summary>Flags that a part has only if it has them on top.</summary>
    public readonly MbufFlags Marks => Flags | FirstFlags | LastFlags;

    /// <summary>Bytes of all parts together.</summary>
    public readonly long TotalLength => FirstHeaderLength + PayloadLength + ((Parts - 1) * (long)LaterHeaderLength);

    /// <summary>Where the mbufs for headers come from.</summary>
    public readonly ZoneId FrontZone => FirstHeaderLength <= MostInternal ? ZoneId.Mbuf : ZoneId.Packet;

    /// <summary>Counts the parts and makes the first payload no longer than the whole.</summary>
    public void CountParts()
    {
        int rest = PayloadLength - FirstPayload;
        Parts = rest <= 0 ? 1 : 1 + (int)(((uint)rest + (uint)LaterPayload - 1) / (uint)LaterPayload);
        FirstPayload = Math.Min(FirstPayload, PayloadLength);
    }
}

/// <summary>The mbufs that a packet is cut with: what was taken for it, what is on its way, and what is left over.</summary>
internal struct CutParts
{
    /// <summary>Mbufs for headers, linked: for the first part, if that needs one, and for each other.</summary>
    public uint Fronts;

    /// <summary>Mbufs for what lies behind a border inside another, linked.</summary>
    public uint Pieces;

    /// <summary>The mbuf whose bytes come next in the payload, 0 at the end.</summary>
    public uint Next;

    /// <summary>Mbufs that held nothing but the old header, linked: to be freed.</summary>
    public uint Dropped;

    /// <summary>The head of the last part so far.</summary>
    public uint Last;
}
