namespace Engine.Mbufs;

/// <summary>One size of cluster, by all the names that it has: the one table of them.</summary>
/// <param name="Zone">Its number inside.</param>
/// <param name="Size">What the user calls it, and its bytes.</param>
/// <param name="Type">What <see cref="MbufChain.DangerousTryGetExternal"/> calls it.</param>
/// <param name="Option">The option that limits how many there are.</param>
/// <param name="Limit">Its value.</param>
internal sealed record ClusterKind(ZoneId Zone, MbufClusterSize Size, MbufExternalType Type, string Option, Func<MbufArenaOptions, int> Limit)
{
    /// <summary>All of them, the smallest first, in the order of their zones.</summary>
    private static readonly ClusterKind[] s_all =
    [
        new(ZoneId.Cluster, MbufClusterSize.Standard, MbufExternalType.Cluster, nameof(MbufArenaOptions.Clusters), static options => options.Clusters),
        new(ZoneId.Page, MbufClusterSize.Page, MbufExternalType.PageCluster, nameof(MbufArenaOptions.PageClusters), static options => options.PageClusters),
        new(ZoneId.Jumbo9, MbufClusterSize.Jumbo9, MbufExternalType.Jumbo9Cluster, nameof(MbufArenaOptions.Jumbo9Clusters), static options => options.Jumbo9Clusters),
        new(ZoneId.Jumbo16, MbufClusterSize.Jumbo16, MbufExternalType.Jumbo16Cluster, nameof(MbufArenaOptions.Jumbo16Clusters), static options => options.Jumbo16Clusters),
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
