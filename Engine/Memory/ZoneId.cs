namespace Engine.Mbufs;

/// <summary>
/// What a zone hands out, and where an mbuf's data lies: the one numbering of both. The values index the caches' magazines, the
/// arena's zones and the layouts of storage, and stand in every header. <see cref="ClusterKind"/> has the rest that is to be known.
/// </summary>
internal enum ZoneId : byte
{
    /// <summary>Plain mbufs, by header index.</summary>
    Mbuf = 0,

    /// <summary>As place of data: the mbuf's own small buffer of <see cref="MbufSizes.InternalSize"/> bytes, never shared.</summary>
    Internal = Mbuf,

    /// <summary>2 KiB clusters, by storage index (EXT_CLUSTER, EXT_PACKET).</summary>
    Cluster = 1,

    /// <summary>4 KiB clusters, by storage index (EXT_JUMBOP).</summary>
    Page = 2,

    /// <summary>9 KiB clusters, by storage index (EXT_JUMBO9).</summary>
    Jumbo9 = 3,

    /// <summary>16 KiB clusters, by storage index (EXT_JUMBO16).</summary>
    Jumbo16 = 4,

    /// <summary>The largest clusters.</summary>
    LargestCluster = Jumbo16,

    /// <summary>
    /// Records of external storage, by storage index: memory that the user attached (EXT_MOD_TYPE, EXT_NET_DRV and the like).
    /// </summary>
    External = 5,

    /// <summary>
    /// Pairs: mbufs with a 2 KiB cluster attached, by header index. Owns no memory; made of the parts of the first two.
    /// </summary>
    Packet = 6,
}
