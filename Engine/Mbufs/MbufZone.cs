namespace Engine.Mbufs;

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
