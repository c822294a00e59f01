using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Mbufs;

/// <summary>One free item in a magazine: one word, so that it is one load and one store.</summary>
internal readonly record struct Round
{
    private readonly ulong _bits;

    public Round(uint item, uint generation)
    {
        _bits = item | ((ulong)generation << 32);
    }

    public Round(ulong bits)
    {
        _bits = bits;
    }

    /// <summary>Its number in its zone.</summary>
    public uint Item => (uint)_bits;

    /// <summary>
    /// Of a pair, the generation that its header has while it is free, so that a packet can be handed out without looking at the
    /// header: of many packets in flight, each header is a line to be fetched. 0 in the other zones, where the header is written
    /// anyway.
    /// </summary>
    public uint Generation => (uint)(_bits >> 32);

    /// <summary>The same item at another generation.</summary>
    /// <param name="step"><c>Step</c> in the upper half.</param>
    public Round Later(ulong step) => new(unchecked(_bits + step));
}

/// <summary>
/// A fixed number of free items (Bonwick's magazine), in native memory: one line of bookkeeping, eight lines of rounds.
/// </summary>
/// <remarks>
/// Unsafe because it is an address. Sound because magazines are never unmapped while a scope is open, a magazine has one holder
/// at a time (a cache, the depot's stack, a zone's partial), and the number of rounds is checked by its holder.
/// </remarks>
internal readonly unsafe struct Magazine(byte* address)
{
    /// <summary>Rounds in one magazine.</summary>
    public const int Capacity = ArenaLayout.MagazineCapacity;

    /// <summary>Bytes from one magazine to the next: an odd number of cache lines.</summary>
    public const int Size = ArenaLayout.MagazineSize;

    private const int HeaderSize = 64;
    private readonly byte* _address = address;

    /// <summary>The magazine at an offset from the arena's base.</summary>
    public static Magazine At(RawMemory memory, long offset) => new((byte*)memory.Pointer(offset));

    /// <summary>The magazine's own number, from 1.</summary>
    public ref uint Id => ref Unsafe.AsRef<uint>(_address);

    /// <summary>
    /// Number of the magazine below it in the stack that holds it, 0 for none. Read by threads that may lose the race for it.
    /// </summary>
    public ref uint Below => ref Unsafe.AsRef<uint>(_address + 4);

    /// <summary>How many magazines the stack held with this one on top.</summary>
    public ref int Depth => ref Unsafe.AsRef<int>(_address + 8);

    /// <summary>The rounds, as the cache pops and pushes them.</summary>
    public Round* Rounds => (Round*)(_address + HeaderSize);

    /// <summary>One round; the caller has compared the number with the capacity.</summary>
    public ref Round Round(int number)
    {
        Debug.Assert((uint)number < Capacity, "A round's number is below the capacity.");
        return ref Rounds[number];
    }

    /// <summary>True if an item is among the first rounds; the count is compared with the capacity.</summary>
    public bool Holds(uint item, int count)
    {
        foreach (Round round in new ReadOnlySpan<Round>(Rounds, Math.Clamp(count, 0, Capacity)))
        {
            if (round.Item == item)
            {
                return true;
            }
        }

        return false;
    }

    public static Magazine Of(Round* rounds) => new((byte*)rounds - HeaderSize);

    /// <summary>
    /// Copies rounds to where items are counted from another number, in values of eight bytes that are laid out as rounds are: item below,
    /// generation above. So it is an addition, four at a time, and what is handed out is not touched.
    /// </summary>
    public static void CopyTo<T>(ReadOnlySpan<Round> rounds, Span<T> values, uint first)
        where T : unmanaged
    {
        Debug.Assert(sizeof(T) == sizeof(ulong), "The values are as large as rounds.");
        ReadOnlySpan<ulong> from = MemoryMarshal.Cast<Round, ulong>(rounds);
        Span<ulong> to = MemoryMarshal.Cast<T, ulong>(values[..rounds.Length]);
        while (from.Length >= Vector256<ulong>.Count)
        {
            (Vector256.Create(from) + Vector256.Create((ulong)first)).CopyTo(to);
            from = from[Vector256<ulong>.Count..];
            to = to[Vector256<ulong>.Count..];
        }

        for (int i = 0; i < from.Length && i < to.Length; i++)
        {
            to[i] = from[i] + first;
        }
    }
}
