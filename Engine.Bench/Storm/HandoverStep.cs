namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Pairs of threads: one allocates bursts of 32 and sends their handles through a ring, the other takes and frees them. With
/// payload each packet carries its number in the stream, and the other side expects exactly the next one.
/// </summary>
internal sealed class HandoverStep : StormStep
{
    public const string Scenario = "handover";

    private const int RingSize = 1024;

    // Bursts for which a scope is held, as a turn of an event loop would.
    private const int Turn = 32;

    // Counters of different threads are two lines apart.
    private const int PaddedCounter = 16;

    private readonly int _pairs;
    private readonly bool _writes;
    private readonly Mbuf[][] _bursts;
    private readonly HandleRing[] _rings;
    private readonly long[] _sent;
    private readonly long[] _taken;
    private MbufArena? _arena;
    private int _sending;

    private HandoverStep(int pairs, bool writes)
        : base(new StepName(Scenario, writes ? "write16" : "no write", "pairs of threads", pairs), 2 * pairs)
    {
        _pairs = pairs;
        _writes = writes;
        _bursts = [.. Enumerable.Range(0, 2 * pairs).Select(static _ => new Mbuf[Bench.Work.Burst])];
        _rings = [.. Enumerable.Range(0, pairs).Select(static _ => new HandleRing(RingSize))];
        _sent = new long[pairs * PaddedCounter];
        _taken = new long[pairs * PaddedCounter];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings)
        => StormSettings.Doublings(Math.Max(1, settings.Threads / 2))
            .SelectMany(static pairs => (HandoverStep[])[new(pairs, writes: true), new(pairs, writes: false)]);

    public override long CountWrong() => Enumerable.Range(0, _pairs).Sum(pair => Math.Abs(Sent(pair) - Taken(pair)));

    public override int CountLeaked() => _arena!.LiveMbufs;

    public override IReadOnlyList<string> Audit() => _arena!.Audit().Problems;

    protected override void Prepare()
    {
        int packets = 2 * RingSize * _pairs;
        _arena = new MbufArena(new MbufArenaOptions { Mbufs = packets, Clusters = packets }).WithCaches(Threads);
    }

    protected override void Release() => _arena?.Dispose();

    protected override void BeforeSlice() => _sending = _pairs;

    protected override void Work(Worker worker)
    {
        int pair = worker.Number / 2;
        if (worker.Number % 2 == 0)
        {
            Send(worker, pair);
            Interlocked.Decrement(ref _sending);
        }
        else
        {
            Receive(worker, pair);
        }
    }

    private ref long Sent(int pair) => ref _sent[pair * PaddedCounter];

    private ref long Taken(int pair) => ref _taken[pair * PaddedCounter];

    private void Send(Worker worker, int pair)
    {
        HandleRing ring = _rings[pair];
        Mbuf[] burst = _bursts[worker.Number];
        var wait = default(SpinWait);
        do
        {
            if (!ring.HasRoom(burst.Length))
            {
                wait.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            wait.Reset();
            using MbufScope mbufs = _arena!.Enter();
            for (int turn = 0; turn < Turn && ring.HasRoom(burst.Length); turn++)
            {
                worker.BeginBurst();
                Packets.Allocate(mbufs, burst);
                if (_writes)
                {
                    Packets.Mark(mbufs, burst, (ulong)Sent(pair));
                }

                ring.Send(burst);
                Sent(pair) += burst.Length;
                worker.EndBurst();
            }
        }
        while (!worker.IsOver);
    }

    private void Receive(Worker worker, int pair)
    {
        HandleRing ring = _rings[pair];
        Mbuf[] burst = _bursts[worker.Number];
        var wait = default(SpinWait);
        while (!worker.IsStopped)
        {
            bool isLast = Volatile.Read(ref _sending) == 0;
            if (ReceiveTurn(worker, ring, burst, pair))
            {
                wait.Reset();
            }
            else if (isLast)
            {
                return;
            }
            else
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    /// <summary>Takes what there is, for the length of a turn; false if there was nothing.</summary>
    private bool ReceiveTurn(Worker worker, HandleRing ring, Mbuf[] burst, int pair)
    {
        using MbufScope mbufs = _arena!.Enter();
        for (int turn = 0; turn < Turn; turn++)
        {
            worker.BeginBurst();
            int count = ring.Take(burst);
            if (count == 0)
            {
                worker.CancelBurst();
                return turn > 0;
            }

            FreeBurst(mbufs, worker, burst.AsSpan(0, count), pair);
            worker.Packets += count;
            worker.EndBurst();
        }

        return true;
    }

    private void FreeBurst(in MbufScope mbufs, Worker worker, ReadOnlySpan<Mbuf> burst, int pair)
    {
        if (_writes)
        {
            worker.Wrong += Packets.CheckAndFree(mbufs, burst, (ulong)Taken(pair));
        }
        else
        {
            mbufs.Free(burst);
        }

        Taken(pair) += burst.Length;
    }
}
