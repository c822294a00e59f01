namespace Engine.Mbufs;

/// <summary>What a zone hands out. The values index the caches' magazines and the arena's zones.</summary>
internal enum ZoneId
{
    /// <summary>Plain mbufs, by header index.</summary>
    Mbuf = 0,

    /// <summary>2 KiB clusters, by storage index.</summary>
    Cluster = 1,

    /// <summary>4 KiB clusters, by storage index.</summary>
    Page = 2,

    /// <summary>9 KiB clusters, by storage index.</summary>
    Jumbo9 = 3,

    /// <summary>16 KiB clusters, by storage index.</summary>
    Jumbo16 = 4,

    /// <summary>Records of external storage, by storage index.</summary>
    External = 5,

    /// <summary>
    /// Pairs: mbufs with a 2 KiB cluster attached, by header index. Owns no memory; made of the parts of the first two.
    /// </summary>
    Packet = 6,
}
