using Engine.Mbufs.Bench.Operations;

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

    private ThreadsStep(int threads)
        : base(new StepName(Scenario, "alloc-free", "threads", threads), threads)
    {
        _bursts = [.. Enumerable.Range(0, threads).Select(static _ => new Mbuf[Sizes.Burst])];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings)
        => StormSettings.Doublings(settings.Threads).Select(static threads => new ThreadsStep(threads));

    public override long CountWrong() => 0;

    protected override MbufArena Prepare() => new MbufArena().WithCaches(Threads);

    protected override void Work(Worker worker)
    {
        Mbuf[] burst = _bursts[worker.Number];
        uint repetitions = 0;
        do
        {
            long start = ProcessorClock.Nanoseconds();
            using (MbufScope mbufs = Arena.Enter())
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
        using MbufScope mbufs = Arena.Enter();
        Packets.Allocate(mbufs, burst);
        Packets.Mark(mbufs, burst, first);
        Thread.Yield();
        return Packets.CheckAndFree(mbufs, burst, first);
    }
}

/// <summary>
/// Threads that together want twice what the arena has: each takes bursts until it has its part or was denied, finds its
/// numbers in what it got, and frees it. Afterwards one thread must be able to have everything.
/// </summary>
internal sealed class ExhaustionStep : StormStep
{
    public const string Scenario = "exhaustion";

    private const int Limit = 4096;
    private const int DenialsMost = 4;

    private readonly Mbuf[][] _held;
    private readonly Mbuf[] _everything = new Mbuf[Limit];
    private long _deniedBefore;

    private ExhaustionStep(int threads)
        : base(new StepName(Scenario, "twice the arena", "threads", threads), threads)
    {
        _held = [.. Enumerable.Range(0, threads).Select(_ => new Mbuf[2 * Limit / threads])];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings)
        => StormSettings.Doublings(settings.Threads).Select(static threads => new ExhaustionStep(threads));

    /// <summary>
    /// What cannot be had although nobody holds anything, what can be had beyond the limit, and denials that the statistics do
    /// not know of, or make up.
    /// </summary>
    public override long CountWrong()
    {
        long counted = Denied() - _deniedBefore;
        long wrong = Math.Abs(counted - Workers.Sum(static worker => worker.Denied));
        using (MbufScope mbufs = Arena.Enter())
        {
            if (!mbufs.TryAllocatePackets(_everything))
            {
                return wrong + Limit;
            }

            MbufChain more = mbufs.AllocatePacket();
            if (!more.IsNull)
            {
                wrong++;
                more.Free();
            }

            mbufs.Free(_everything);
        }

        return wrong;
    }

    protected override MbufArena Prepare()
        => new MbufArena(new MbufArenaOptions { Mbufs = Limit, Clusters = Limit }).WithCaches(Threads);

    protected override void BeforeSlice() => _deniedBefore = Denied();

    protected override void Work(Worker worker)
    {
        Mbuf[] held = _held[worker.Number];
        do
        {
            long start = ProcessorClock.Nanoseconds();
            int count = Take(worker, held);

            // The others are to want theirs while this thread holds its part, however few processors there are.
            Thread.Yield();
            GiveBack(worker, held.AsSpan(0, count));
            if (count > 0)
            {
                worker.Repeated(ProcessorClock.Nanoseconds() - start, count);
            }
        }
        while (!worker.IsOver);
    }

    /// <summary>A scope for each burst: whoever else is denied may have what this thread's cache holds.</summary>
    private int Take(Worker worker, Mbuf[] held)
    {
        int count = 0;
        int denials = 0;
        while (count < held.Length && denials < DenialsMost)
        {
            Span<Mbuf> burst = held.AsSpan(count, Sizes.Burst);
            using MbufScope mbufs = Arena.Enter();
            worker.BeginBurst();
            bool isTaken = mbufs.TryAllocatePackets(burst);
            worker.EndBurst();
            if (isTaken)
            {
                Packets.Mark(mbufs, burst, Number(worker, count));
                count += burst.Length;
            }
            else
            {
                denials++;
                worker.Denied++;
            }
        }

        return count;
    }

    private void GiveBack(Worker worker, Span<Mbuf> held)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < held.Length; i += Sizes.Burst)
        {
            worker.BeginBurst();
            worker.Wrong += Packets.CheckAndFree(mbufs, held.Slice(i, Sizes.Burst), Number(worker, i));
            worker.EndBurst();
        }
    }

    private static ulong Number(Worker worker, int index) => ((ulong)worker.Number << 32) + (uint)index;

    private long Denied() => Arena.GetStatistics().Packets.Denied;
}
