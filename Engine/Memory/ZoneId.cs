namespace Engine.Mbufs;

/// <summary>
/// What a zone hands out, and where an mbuf's data lies: the one numbering of both. The values index the caches' magazines, the
/// arena's zones and the layouts of storage, and stand in every header. <see cref="ClusterKind"/> has the rest that is to be known.
/// </summary>
internal enum ZoneId : byte
{
    /// <summary>
    /// Plain mbufs, by header index. As the place of data: the mbuf's own internal buffer of <see cref="MbufSizes.InternalSize"/> bytes, never
    /// shared.
    /// </summary>
    Mbuf = 0,

    /// <summary>2 KiB clusters, by storage index (EXT_CLUSTER, EXT_PACKET).</summary>
    Cluster = 1,

    /// <summary>4 KiB clusters, by storage index (EXT_JUMBOP).</summary>
    Page = 2,

    /// <summary>9 KiB clusters, by storage index (EXT_JUMBO9).</summary>
    Jumbo9 = 3,

    /// <summary>16 KiB clusters, by storage index (EXT_JUMBO16).</summary>
    Jumbo16 = 4,

    /// <summary>
    /// Records of external storage, by storage index: memory that the user attached (EXT_MOD_TYPE, EXT_NET_DRV and the like).
    /// </summary>
    External = ClusterKind.Largest + 1,

    /// <summary>
    /// Pairs: mbufs with a 2 KiB cluster attached, by header index. Owns no memory; made of the parts of the first two.
    /// </summary>
    Packet = External + 1,
}

/// <summary>One size of cluster, by all the names that it has: the one table of them.</summary>
/// <param name="Zone">Its number inside.</param>
/// <param name="Size">What the user calls it, and its bytes.</param>
/// <param name="Type">What <see cref="MbufChain.DangerousTryGetExternal"/> calls it.</param>
/// <param name="Option">The option that limits how many there are.</param>
/// <param name="Limit">Its value; null where it is derived.</param>
/// <param name="Share">Clusters for each <see cref="ClusterKind.ShareUnit"/> mbufs where the limit is derived.</param>
internal sealed record ClusterKind(ZoneId Zone, MbufClusterSize Size, MbufExternalType Type, string Option, Func<MbufArenaOptions, int?> Limit, int Share)
{
    /// <summary>The zone of the largest clusters.</summary>
    public const ZoneId Largest = ZoneId.Jumbo16;

    /// <summary>Mbufs for which <see cref="Share"/> counts clusters.</summary>
    public const int ShareUnit = 128;

    /// <summary>All of them, the smallest first, in the order of their zones.</summary>
    private static readonly ClusterKind[] s_all =
    [
        new(ZoneId.Cluster, MbufClusterSize.Standard, MbufExternalType.Cluster, nameof(MbufArenaOptions.Clusters), static options => options.Clusters, 64),
        new(ZoneId.Page, MbufClusterSize.Page, MbufExternalType.PageCluster, nameof(MbufArenaOptions.PageClusters), static options => options.PageClusters, 8),
        new(ZoneId.Jumbo9, MbufClusterSize.Jumbo9, MbufExternalType.Jumbo9Cluster, nameof(MbufArenaOptions.Jumbo9Clusters), static options => options.Jumbo9Clusters, 1),
        new(ZoneId.Jumbo16, MbufClusterSize.Jumbo16, MbufExternalType.Jumbo16Cluster, nameof(MbufArenaOptions.Jumbo16Clusters), static options => options.Jumbo16Clusters, 1),
    ];

    public static IReadOnlyList<ClusterKind> All => s_all;

    /// <summary>The row of a zone of clusters.</summary>
    public static ClusterKind Of(ZoneId zone) => s_all[zone - ZoneId.Cluster];

    /// <summary>The zone of a size that a user names; throws for what is none. A table for the compiler: packets are allocated by it.</summary>
    public static ZoneId ZoneOf(MbufClusterSize size)
    {
        switch (size)
        {
            case MbufClusterSize.Standard:
                return ZoneId.Cluster;
            case MbufClusterSize.Page:
                return ZoneId.Page;
            case MbufClusterSize.Jumbo9:
                return ZoneId.Jumbo9;
            case MbufClusterSize.Jumbo16:
                return ZoneId.Jumbo16;
            default:
                ThrowHelper.ClusterSize(size);
                return default;
        }
    }
}
