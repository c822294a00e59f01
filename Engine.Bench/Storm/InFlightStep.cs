namespace Engine.Mbufs.Bench.Storm;

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
    private readonly byte[] _payload = new byte[Bench.Work.PayloadLength];

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

    public override int CountLeaked() => _pool.Arena.LiveMbufs;

    protected override void Prepare() => _pool.Open();

    protected override void Release() => _pool.Dispose();

    protected override void Work(Worker worker)
    {
        int turns = Math.Max(1, RepetitionLeast / _inFlight);
        do
        {
            long start = ProcessorClock.Nanoseconds();
            using (MbufScope mbufs = _pool.Arena.Enter())
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
        for (int i = 0; i < _inFlight; i += Bench.Work.Burst)
        {
            Span<Mbuf> burst = _pool.Handles.AsSpan(i, Bench.Work.Burst);
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
            packet.TryAppend(Bench.Work.PayloadLength, out Span<byte> room);

            // A length that the JIT knows: plain vector moves.
            payload[..Bench.Work.PayloadLength].CopyTo(room);
            handle = packet.Detach();
        }
    }

    private void GiveBack(in MbufScope mbufs, Worker worker)
    {
        for (int i = 0; i < _inFlight; i += Bench.Work.Burst)
        {
            worker.BeginBurst();
            mbufs.Free(_pool.Handles.AsSpan(i, Bench.Work.Burst));
            worker.EndBurst();
        }
    }
}
