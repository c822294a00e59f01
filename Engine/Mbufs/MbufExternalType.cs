namespace Engine.Mbufs;

/// <summary>
/// What an mbuf's external storage is (mbuf(9): <c>EXT_*</c>). Storage is attached as one of the last four, which are labels but
/// for <see cref="CallerCounted"/>.
/// </summary>
public enum MbufExternalType
{
    /// <summary>No external storage.</summary>
    None = 0,

    /// <summary>A cluster of 2 KiB (EXT_CLUSTER, EXT_PACKET).</summary>
    Cluster = 1,

    /// <summary>A cluster of 4 KiB (EXT_JUMBOP).</summary>
    PageCluster = 3,

    /// <summary>A cluster of 9 KiB (EXT_JUMBO9).</summary>
    Jumbo9Cluster = 4,

    /// <summary>A cluster of 16 KiB (EXT_JUMBO16).</summary>
    Jumbo16Cluster = 5,

    /// <summary>A network driver's buffer (EXT_NET_DRV).</summary>
    NetworkDriver = 252,

    /// <summary>A module's own kind of storage (EXT_MOD_TYPE).</summary>
    Module = 253,

    /// <summary>Storage that is of no further use after the packet (EXT_DISPOSABLE); managed memory is this.</summary>
    Disposable = 254,

    /// <summary>
    /// Storage whose references are counted by a counter that the caller owns (EXT_EXTREF), and may count up and down, too.
    /// </summary>
    CallerCounted = 255,
}
