using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// What alloc, free and every operation on a chain read: on cache lines that no other cache's words share, because the padding at
/// both ends is at least a line.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CacheHot
{
    private readonly Padding _before;

    /// <summary>The arena's memory; without address once the arena has released it.</summary>
    public ArenaMemory Memory;

    /// <summary>The last valid header index while a scope of this cache is open, else 0, so that no index passes.</summary>
    public uint LastIndex;

    /// <summary>The slot of header 0: the arena's id in the upper bits.</summary>
    public uint FirstSlot;

    /// <summary>
    /// 0 for the fast path. Raised above every count, by any thread, to send the owner's next allocation to the slow path,
    /// which asks <see cref="MbufCache"/> why: a request to flush, checked mode, or stress.
    /// </summary>
    public int Floor;

    /// <summary>
    /// 0 for the fast path, and lowered below every number for the same purpose on frees. A push compares it with the hand, which is
    /// -1 while empty, and with the loaded magazine's count less its capacity, which is negative while there is room.
    /// </summary>
    public int Ceiling;

    /// <summary>Data offset of a fresh 2 KiB cluster 0: <see cref="StorageLayout.Start"/> plus headroom.</summary>
    public long FreshCluster;

    /// <summary>Data offset of the first byte of 2 KiB cluster 0: <see cref="StorageLayout.Start"/>.</summary>
    public long FirstCluster;

    /// <summary>Offset of the end of 2 KiB cluster 0: the start plus <see cref="StorageLayout.Capacity"/>.</summary>
    public long FirstClusterEnd;

    /// <summary><see cref="StorageLayout.Stride"/> of 2 KiB clusters.</summary>
    public long ClusterStride;

    /// <summary>
    /// The arena may have more headers in use than caches hold: where many packets are freed, they are asked for in advance.
    /// </summary>
    public bool IsFarReaching;

    /// <summary>The magazines, by <see cref="ZoneId"/>.</summary>
    public ZoneMagazines Magazines;

    private readonly Padding _after;

    /// <summary>One pair a zone, in place.</summary>
    [InlineArray(ArenaLayout.ZoneCount)]
    public struct ZoneMagazines
    {
        private MagazinePair _first;
    }

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Padding
    {
    }
}
