using Engine.Mbufs;

namespace PacketTool;

/// <summary>
/// All memory that packets ever have, whatever the size of the capture: 32 MiB of small clusters, 8 MiB of large ones.
/// </summary>
internal static class PacketMemory
{
    public const int Clusters = 16_384;

    private const int Mbufs = 65_536;
    private const int Jumbo16Clusters = 512;

    /// <summary>One for the run, one for what is done when memory runs out.</summary>
    private const int Caches = 2;

    public static MbufArena Reserve() => new(new MbufArenaOptions
    {
        Mbufs = Mbufs,
        Clusters = Clusters,
        PageClusters = 0,
        Jumbo9Clusters = 0,
        Jumbo16Clusters = Jumbo16Clusters,
        ExternalStorages = 0,
        Caches = Caches,
        HugePages = false,
    });
}
