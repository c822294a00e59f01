using System.Buffers.Binary;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>What several steps do with packets in bursts.</summary>
internal static class Packets
{
    /// <summary>
    /// Makes the caches that threads will need: a cache is a managed object, made when none is idle, once. Twice as many as
    /// threads, since one that is being drained is not idle, either.
    /// </summary>
    public static MbufArena WithCaches(this MbufArena arena, int threads)
    {
        OpenScopes(arena, 2 * threads);
        return arena;
    }

    /// <summary>Takes a burst, in an arena that is large enough by design.</summary>
    public static void Allocate(in MbufScope mbufs, Span<Mbuf> burst)
    {
        if (!mbufs.TryAllocatePackets(burst))
        {
            throw new BenchException("A burst was denied by an arena that has room for it.");
        }
    }

    /// <summary>Appends the check values of consecutive numbers, one to each packet.</summary>
    public static void Mark(in MbufScope mbufs, Span<Mbuf> burst, ulong first)
    {
        foreach (ref Mbuf handle in burst)
        {
            MbufChain packet = mbufs.Open(handle);
            if (!packet.TryAppend(CheckValue.Length, out Span<byte> room))
            {
                throw new BenchException("A fresh packet has no room for its check value.");
            }

            CheckValue.Write(room, first++);
            handle = packet.Detach();
        }
    }

    /// <summary>Frees packets that were marked, one after the other.</summary>
    /// <returns>How many did not hold the number that they should.</returns>
    public static int CheckAndFree(in MbufScope mbufs, ReadOnlySpan<Mbuf> burst, ulong first)
    {
        int wrong = 0;
        foreach (Mbuf handle in burst)
        {
            MbufChain packet = mbufs.Open(handle);
            wrong += CheckValue.TryRead(packet.FirstSpan, out ulong number) && number == first ? 0 : 1;
            first++;
            packet.Free();
        }

        return wrong;
    }

    /// <summary>
    /// Frees handles in a random order, once. A fresh arena hands its packets out in the order of their addresses, which the
    /// processor prefetches; one that has seen traffic does not.
    /// </summary>
    public static void FreeShuffled(in MbufScope mbufs, Span<Mbuf> handles)
    {
        Shuffle.Apply(handles);
        mbufs.Free(handles);
    }

    private static void OpenScopes(MbufArena arena, int count)
    {
        if (count > 0)
        {
            using MbufScope mbufs = arena.Enter();
            OpenScopes(arena, count - 1);
        }
    }
}

/// <summary>
/// Sixteen bytes at the start of a payload that tell whose it is: a number, and the same number mixed, so that old or foreign
/// bytes do not pass for it.
/// </summary>
internal static class CheckValue
{
    public const int Length = 16;

    /// <summary>Writes the value of a number.</summary>
    public static void Write(Span<byte> room, ulong number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(room, number);
        BinaryPrimitives.WriteUInt64LittleEndian(room[8..], Mix(number));
    }

    /// <summary>The number that bytes hold; false if they hold no value.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        if (bytes.Length < Length)
        {
            return false;
        }

        number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) == Mix(number);
    }

    // The constant of Fibonacci hashing; odd, so that no two numbers mix to the same.
    private static ulong Mix(ulong number) => unchecked((number + 1) * 0x9E3779B97F4A7C15);
}

/// <summary>
/// An arena for a number of packets, all of them carved and freed in a random order, with room for the handles of some of them.
/// </summary>
internal sealed class PacketPool(int capacity, int handles) : IDisposable
{
    // What the caches of a few threads may hold while one thread wants everything.
    private const int Spare = 1024;

    // Header, internal buffer, cold line, count, and the stride of a cluster with its headroom.
    private const long BytesEach = 64 + 192 + 64 + 64 + 2240;

    private readonly int _capacity = capacity;
    private readonly int _handles = handles;
    private MbufArena? _arena;

    /// <summary>For the handles of what is out.</summary>
    public Mbuf[] Handles { get; private set; } = [];

    /// <summary>Bytes that are resident when all packets were written.</summary>
    public long ResidentBytes => (_capacity + Spare) * BytesEach;

    /// <summary>Reserves, carves and shuffles; the second call does nothing.</summary>
    public MbufArena Open()
    {
        if (_arena is not null)
        {
            return _arena;
        }

        _arena = new MbufArena(new MbufArenaOptions { Mbufs = _capacity + Spare, Clusters = _capacity + Spare });
        var all = new Mbuf[_capacity];
        using MbufScope mbufs = _arena.Enter();
        Packets.Allocate(mbufs, all);
        Packets.FreeShuffled(mbufs, all);
        Handles = all.Length == _handles ? all : new Mbuf[_handles];
        return _arena;
    }

    /// <summary>Takes all that may be out, writes a number into each, and finds it there again.</summary>
    /// <returns>How many did not hold theirs.</returns>
    public long CountWrong()
    {
        using MbufScope mbufs = _arena!.Enter();
        Packets.Allocate(mbufs, Handles);
        Packets.Mark(mbufs, Handles, 0);
        return Packets.CheckAndFree(mbufs, Handles, 0);
    }

    public void Dispose() => _arena?.Dispose();
}
