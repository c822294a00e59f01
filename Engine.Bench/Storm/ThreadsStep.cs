namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Threads that allocate and free bursts of 32, each in its own cache: what they share is the depot and the memory itself.
/// With more threads than processors, each loses its processor while it holds a claim and packets.
/// </summary>
internal sealed class ThreadsStep : StormStep
{
    public const string Scenario = "threads";

    private const int Repetition = 8192;
    private const int CheckEach = 64;

    private readonly Mbuf[][] _bursts;
    private MbufArena? _arena;

    private ThreadsStep(int threads)
        : base(new StepName(Scenario, "alloc-free", "threads", threads), threads)
    {
        _bursts = [.. Enumerable.Range(0, threads).Select(static _ => new Mbuf[Bench.Work.Burst])];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings)
        => StormSettings.Doublings(settings.Threads).Select(static threads => new ThreadsStep(threads));

    public override long CountWrong() => 0;

    public override int CountLeaked() => _arena!.LiveMbufs;

    public override IReadOnlyList<string> Audit() => _arena!.Audit().Problems;

    protected override void Prepare() => _arena = new MbufArena().WithCaches(Threads);

    protected override void Release() => _arena?.Dispose();

    protected override void Work(Worker worker)
    {
        Mbuf[] burst = _bursts[worker.Number];
        uint repetitions = 0;
        do
        {
            long start = ProcessorClock.Nanoseconds();
            using (MbufScope mbufs = _arena!.Enter())
            {
                for (int i = 0; i < Repetition; i += burst.Length)
                {
                    worker.BeginBurst();
                    Packets.Allocate(mbufs, burst);
                    mbufs.Free(burst);
                    worker.EndBurst();
                }
            }

            worker.Repeated(ProcessorClock.Nanoseconds() - start, Repetition);
            if (repetitions++ % CheckEach == 0)
            {
                worker.Wrong += Check(burst, (ulong)worker.Number << 32);
            }
        }
        while (!worker.IsOver);
    }

    /// <summary>Outside of what is timed: a burst that no other thread has.</summary>
    private int Check(Mbuf[] burst, ulong first)
    {
        using MbufScope mbufs = _arena!.Enter();
        Packets.Allocate(mbufs, burst);
        Packets.Mark(mbufs, burst, first);
        Thread.Yield();
        return Packets.CheckAndFree(mbufs, burst, first);
    }
}
