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
    /// <see cref="Mbuf.AnyIndex"/> for the fast path: every count, and the number of every item, is below. Lowered to 0, by any thread,
    /// to send the owner's next allocation to the slow path, which asks <see cref="ThreadCache"/> why: a request to flush, checked
    /// mode, or stress.
    /// </summary>
    public uint PopLimit;

    /// <summary>
    /// <see cref="MbufHeader.FirstTired"/> for the fast path of frees: what has a generation from there on rests. Lowered to 0, by any thread,
    /// to send the owner's next free to the slow path, for the same reasons, and always where freed storage has to be looked after.
    /// </summary>
    public uint FreeLimit;

    /// <summary>The pair that was freed last.</summary>
    public FrontSlot Front;

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

/// <summary>
/// The pair that a cache freed last, in front of the magazines of the packet zone: for the thread that allocates again what it just
/// freed. It lies beside the words that are read with it, at a fixed address.
/// </summary>
internal struct FrontSlot
{
    /// <summary>The front slot is empty and takes a pair.</summary>
    private const uint Nothing = uint.MaxValue;

    /// <summary>The front slot is empty and takes none.</summary>
    private const uint Disabled = Mbuf.AnyIndex;

    /// <summary>
    /// The pair's index below the number of the cache's opening, as a chain has it; or <see cref="Nothing"/> or
    /// <see cref="Disabled"/>, whose lower 24 bits no index has.
    /// </summary>
    public uint Slot;

    /// <summary>The pair's generation.</summary>
    public uint Generation;

    public FrontSlot() => Slot = Nothing;

    public readonly bool IsFull => (Slot & Mbuf.AnyIndex) != Mbuf.AnyIndex;

    public readonly Round Round => new(Slot & Mbuf.AnyIndex, Generation);

    /// <summary>After the pair was taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Empty() => Slot = Nothing;

    /// <summary>Takes a pair, if the front slot does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPush(uint slot, uint generation)
    {
        if (Slot != Nothing)
        {
            return false;
        }

        Slot = slot;
        Generation = generation;
        return true;
    }

    /// <summary>From now on nothing is taken into the front slot, which is empty.</summary>
    public void Disable() => Slot = Disabled;

    /// <summary>The opening has ended: the pair gets the number of the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MoveToNextOpening()
    {
        if (IsFull)
        {
            Slot += ThreadCache.OpeningStep;
        }
    }
}
