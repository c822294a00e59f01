using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// The same thousand packets out at a time, in arenas of which they are a smaller and smaller part. All packets of the arena
/// were used before, in a random order, so those that come back lie anywhere in it.
/// </summary>
internal sealed class ArenaStep : StormStep
{
    public const string Scenario = "arena";

    private const int First = 4096;
    private const int Load = 1024;
    private const int Turns = 16;

    private readonly PacketPool _pool;
    private readonly bool _writes;

    private ArenaStep(PacketPool pool, int mbufs, bool writes)
        : base(new StepName(Scenario, writes ? "write16" : "no write", "mbufs of the arena", mbufs), threads: 1)
    {
        _pool = pool;
        _writes = writes;
    }

    // The packets that are written into may each lie in another huge page.
    public override long ResidentBytes => _writes ? _pool.ResidentBytes : 0;

    public static IEnumerable<StormStep> Steps(StormSettings settings)
    {
        foreach (int mbufs in StormSettings.Quadruplings(First, settings.Limit))
        {
            var pool = new PacketPool(mbufs, Load);
            yield return new ArenaStep(pool, mbufs, writes: true);
            yield return new ArenaStep(pool, mbufs, writes: false);
        }
    }

    public override long CountWrong() => _pool.CountWrong();

    // Large, and looked at packet by packet already.
    public override IReadOnlyList<string> Audit() => [];

    protected override MbufArena Prepare() => _pool.Open();

    protected override void Release() => _pool.Dispose();

    protected override void Work(Worker worker)
    {
        Span<Mbuf> handles = _pool.Handles;
        do
        {
            long start = ProcessorClock.Nanoseconds();
            using (MbufScope mbufs = Arena.Enter())
            {
                for (int turn = 0; turn < Turns; turn++)
                {
                    Turn(mbufs, handles, worker);
                }
            }

            worker.Repeated(ProcessorClock.Nanoseconds() - start, Turns * Load);
        }
        while (!worker.IsOver);
    }

    private void Turn(in MbufScope mbufs, Span<Mbuf> handles, Worker worker)
    {
        for (int i = 0; i < Load; i += Sizes.Burst)
        {
            Span<Mbuf> burst = handles.Slice(i, Sizes.Burst);
            worker.BeginBurst();
            Packets.Allocate(mbufs, burst);
            if (_writes)
            {
                Packets.Mark(mbufs, burst, (uint)i);
            }

            worker.EndBurst();
        }

        for (int i = 0; i < Load; i += Sizes.Burst)
        {
            Span<Mbuf> burst = handles.Slice(i, Sizes.Burst);
            worker.BeginBurst();
            if (_writes)
            {
                worker.Wrong += Packets.CheckAndFree(mbufs, burst, (uint)i);
            }
            else
            {
                mbufs.Free(burst);
            }

            worker.EndBurst();
        }
    }
}

/// <summary>
/// A number of packets allocated in bursts of 32, all out at the same time, then all freed so; written into, or not. Grows
/// with the caches that what is out does not fit into.
/// </summary>
internal sealed class InFlightStep : StormStep
{
    public const string Scenario = "in-flight";

    private const int First = 1024;
    private const int RepetitionLeast = 16_384;

    private readonly PacketPool _pool;
    private readonly int _inFlight;
    private readonly bool _writes;
    private readonly byte[] _payload = new byte[Sizes.PayloadLength];

    private InFlightStep(PacketPool pool, int inFlight, bool writes)
        : base(new StepName(Scenario, writes ? "write64" : "no write", "packets in flight", inFlight), threads: 1)
    {
        _pool = pool;
        _inFlight = inFlight;
        _writes = writes;
    }

    public override long ResidentBytes => _writes ? _pool.ResidentBytes : 0;

    /// <summary>Both ways of a step work in one arena, so that it is resident once.</summary>
    public static IEnumerable<StormStep> Steps(StormSettings settings)
    {
        foreach (int inFlight in StormSettings.Quadruplings(First, settings.Limit))
        {
            var pool = new PacketPool(inFlight, inFlight);
            yield return new InFlightStep(pool, inFlight, writes: true);
            yield return new InFlightStep(pool, inFlight, writes: false);
        }
    }

    public override long CountWrong() => _pool.CountWrong();

    // Large, and looked at packet by packet already.
    public override IReadOnlyList<string> Audit() => [];

    protected override MbufArena Prepare() => _pool.Open();

    protected override void Release() => _pool.Dispose();

    protected override void Work(Worker worker)
    {
        int turns = Math.Max(1, RepetitionLeast / _inFlight);
        do
        {
            long start = ProcessorClock.Nanoseconds();
            using (MbufScope mbufs = Arena.Enter())
            {
                for (int turn = 0; turn < turns; turn++)
                {
                    Take(mbufs, worker);
                    GiveBack(mbufs, worker);
                }
            }

            worker.Repeated(ProcessorClock.Nanoseconds() - start, turns * _inFlight);
        }
        while (!worker.IsOver);
    }

    private void Take(in MbufScope mbufs, Worker worker)
    {
        for (int i = 0; i < _inFlight; i += Sizes.Burst)
        {
            Span<Mbuf> burst = _pool.Handles.AsSpan(i, Sizes.Burst);
            worker.BeginBurst();
            Packets.Allocate(mbufs, burst);
            if (_writes)
            {
                Write(mbufs, burst);
            }

            worker.EndBurst();
        }
    }

    private void Write(in MbufScope mbufs, Span<Mbuf> burst)
    {
        ReadOnlySpan<byte> payload = _payload;
        mbufs.Prefetch(burst);
        foreach (ref Mbuf handle in burst)
        {
            MbufChain packet = mbufs.Open(handle);
            packet.TryAppend(Sizes.PayloadLength, out Span<byte> room);

            // A length that the JIT knows: plain vector moves.
            payload[..Sizes.PayloadLength].CopyTo(room);
            handle = packet.Detach();
        }
    }

    private void GiveBack(in MbufScope mbufs, Worker worker)
    {
        for (int i = 0; i < _inFlight; i += Sizes.Burst)
        {
            worker.BeginBurst();
            mbufs.Free(_pool.Handles.AsSpan(i, Sizes.Burst));
            worker.EndBurst();
        }
    }
}
