using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// The pair that a cache freed last, in front of the magazines of the packet zone: for the thread that allocates again what it just
/// freed. It lies beside the words that are read with it, at a fixed address.
/// </summary>
internal struct FrontSlot
{
    /// <summary>The hand is empty and takes a pair.</summary>
    private const uint Nothing = uint.MaxValue;

    /// <summary>The hand is empty and takes none.</summary>
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

    /// <summary>Takes a pair, if the hand does.</summary>
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

    /// <summary>From now on nothing is taken into the hand, which is empty.</summary>
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
