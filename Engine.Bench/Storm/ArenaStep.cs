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

    public override int CountLeaked() => _pool.Arena.LiveMbufs;

    protected override void Prepare() => _pool.Open();

    protected override void Release() => _pool.Dispose();

    protected override void Work(Worker worker)
    {
        Span<Mbuf> handles = _pool.Handles;
        do
        {
            long start = ProcessorClock.Nanoseconds();
            using (MbufScope mbufs = _pool.Arena.Enter())
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
        for (int i = 0; i < Load; i += Bench.Work.Burst)
        {
            Span<Mbuf> burst = handles.Slice(i, Bench.Work.Burst);
            worker.BeginBurst();
            Packets.Allocate(mbufs, burst);
            if (_writes)
            {
                Packets.Mark(mbufs, burst, (uint)i);
            }

            worker.EndBurst();
        }

        for (int i = 0; i < Load; i += Bench.Work.Burst)
        {
            Span<Mbuf> burst = handles.Slice(i, Bench.Work.Burst);
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
