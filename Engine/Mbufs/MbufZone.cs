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
