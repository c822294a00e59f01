namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// The works done by the engine, as its users would: default options but for the number of packets, every check on, one scope
/// for each repetition as for each turn of an event loop.
/// </summary>
internal sealed partial class EngineSide : ISide
{
    private const int Repetition = 8192;
    private const uint ShuffleSeed = 1;

    private readonly MbufArena _arena;
    private readonly List<MbufArena> _others = [];
    private readonly Mbuf[] _packets = new Mbuf[Work.InFlight];
    private readonly byte[] _payload = new byte[Work.PayloadLength];

    public EngineSide()
    {
        // The peer's pool is as large: what is in flight, and a little that caches may hold.
        _arena = new MbufArena(new MbufArenaOptions { Mbufs = Work.InFlight + 1024, Clusters = Work.InFlight + 1024 });
    }

    public Repetitions? Prepare(string work) => work switch
    {
        "alloc-free" => new Repetitions(AllocateFree, Repetition),
        "burst32" => new Repetitions(Burst, Repetition),
        "inflight-65536" => Shuffled(new Repetitions(InFlight, Work.InFlight)),
        "inflight-65536-write64" => Shuffled(new Repetitions(InFlightWrite, Work.InFlight)),
        "prepend-trim" => new Repetitions(PrependTrim, Repetition),
        "checksum-1500" => Checksum(segments: 1, length: 1500, Repetition),
        "checksum-1500x4" => Checksum(segments: 4, length: 375, Repetition),
        "checksum-65536" => Checksum(segments: 4, length: 16_384, LongRepetition),
        "fragment-4000" => Fragments(),
        _ => null,
    };

    public void Dispose()
    {
        _arena.Dispose();
        _others.ForEach(static arena => arena.Dispose());
    }

    private void AllocateFree(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.Free();
        }
    }

    private void Burst(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        Span<Mbuf> burst = _packets.AsSpan(0, Work.Burst);
        for (int i = 0; i < count; i += Work.Burst)
        {
            Allocate(mbufs, burst);
            mbufs.Free(burst);
        }
    }

    private void InFlight(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < count; i += Work.Burst)
        {
            Allocate(mbufs, _packets.AsSpan(i, Work.Burst));
        }

        for (int i = 0; i < count; i += Work.Burst)
        {
            mbufs.Free(_packets.AsSpan(i, Work.Burst));
        }
    }

    private void InFlightWrite(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        ReadOnlySpan<byte> payload = _payload;
        for (int i = 0; i < count; i += Work.Burst)
        {
            Span<Mbuf> burst = _packets.AsSpan(i, Work.Burst);
            Allocate(mbufs, burst);
            foreach (ref Mbuf handle in burst)
            {
                MbufChain packet = mbufs.Open(handle);
                packet.TryExtend(Work.PayloadLength, out Span<byte> room);

                // A length that the JIT knows, as the C compiler does: plain vector moves.
                payload[..Work.PayloadLength].CopyTo(room);
                handle = packet.Detach();
            }
        }

        for (int i = 0; i < count; i += Work.Burst)
        {
            mbufs.Free(_packets.AsSpan(i, Work.Burst));
        }
    }

    private void PrependTrim(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        packet.TryAppend(_payload);
        for (int i = 0; i < count; i++)
        {
            packet.TryPrepend(Work.HeaderLength, out _);
            packet.TrimStart(Work.HeaderLength);
        }
    }

    /// <summary>
    /// Frees every packet in a random order, once. A fresh arena hands its packets out in the order of their addresses, which the
    /// processor prefetches; one that has seen traffic does not. The other side shuffles in the same way.
    /// </summary>
    private Repetitions Shuffled(Repetitions repetitions)
    {
        using MbufScope mbufs = _arena.Enter();
        Allocate(mbufs, _packets);
        uint random = ShuffleSeed;
        for (uint i = Work.InFlight - 1; i > 0; i--)
        {
            random = unchecked((random * 1664525) + 1013904223);
            uint other = (uint)(((ulong)random * (i + 1)) >> 32);
            (_packets[i], _packets[other]) = (_packets[other], _packets[i]);
        }

        mbufs.Free(_packets);
        return repetitions;
    }

    private static void Allocate(in MbufScope mbufs, Span<Mbuf> burst)
    {
        if (!mbufs.TryAllocatePackets(burst))
        {
            throw new BenchException("A burst was denied: the arena is smaller than what is in flight.");
        }
    }
}
