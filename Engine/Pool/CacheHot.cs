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
    /// <summary>Above the index of every item, and above every count of a magazine.</summary>
    public const uint AnyItem = (1u << Mbuf.IndexBits) - 1;

    private readonly Padding _before;

    /// <summary>The arena's memory; without address once the arena has released it.</summary>
    public ArenaMemory Memory;

    /// <summary>
    /// The last header that was carved, so that no index passes that names memory which was never an mbuf; 0 once the arena's
    /// memory is gone. Written under the gate only, for every cache of the arena before anyone can hold what was carved.
    /// </summary>
    public uint LastIndex;

    /// <summary>The slot of header 0: the arena's id in the upper bits.</summary>
    public uint FirstSlot;

    /// <summary>
    /// The number of this opening of the cache, in the upper 8 bits; the lower 24 are 0. A scope knows it, and every chain has it above
    /// its index. It moves on when the scope is closed, and with it every index that was made before is beyond
    /// <see cref="LastIndex"/>, until the number comes round.
    /// </summary>
    public uint Opening;

    /// <summary>
    /// How far a generation moves at each change: odd, so that it comes round after 2^32 changes only, and not to be guessed, so
    /// that a handle which was made up does not name a free mbuf.
    /// </summary>
    public uint Step;

    /// <summary>
    /// <see cref="AnyItem"/> for the fast path: every count, and the number of every item, is below. Lowered to 0, by any thread,
    /// to send the owner's next allocation to the slow path, which asks <see cref="MbufCache"/> why: a request to flush, checked
    /// mode, or stress.
    /// </summary>
    public uint PopLimit;

    /// <summary>
    /// <see cref="MbufHeader.FirstTired"/> for the fast path of frees: what has a generation from there on rests. Lowered to 0, by any thread,
    /// to send the owner's next free to the slow path, for the same reasons, and always where freed storage has to be looked after.
    /// </summary>
    public uint FreeLimit;

    /// <summary>The pair that was freed last.</summary>
    public PacketHand Hand;

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
