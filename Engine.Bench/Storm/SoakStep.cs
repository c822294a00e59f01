namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Everything at once, in an arena that is too small for it: each thread makes packets of every shape, shares some, sends them
/// to any other thread through rings, keeps some for long, and looks at every byte of what it frees.
/// </summary>
internal sealed class SoakStep : StormStep
{
    public const string Scenario = "soak";

    private const int RingSize = 256;
    private const int Kept = 256;
    private const int MadeEachTurn = 16;

    private readonly HandleRing[] _rings;
    private readonly Mbuf[][] _kept;
    private readonly uint[] _random;
    private MbufArena? _arena;
    private int _working;
    private long _sent;
    private long _sentSum;
    private long _freed;
    private long _freedSum;

    private SoakStep(int threads)
        : base(new StepName(Scenario, "all mixed", "threads", threads), threads)
    {
        _rings = [.. Enumerable.Range(0, threads * threads).Select(static _ => new HandleRing(RingSize))];
        _kept = [.. Enumerable.Range(0, threads).Select(static _ => new Mbuf[Kept])];
        _random = [.. Enumerable.Range(0, threads).Select(static thread => (uint)((thread + 1) * 2654435769))];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings) => [new SoakStep(settings.Threads)];

    /// <summary>As many freed as made, and the same ones: the sums of their numbers agree.</summary>
    public override long CountWrong() => Math.Abs(_sent - _freed) + (_sentSum == _freedSum ? 0 : 1);

    public override int CountLeaked() => _arena!.LiveMbufs;

    public override IReadOnlyList<string> Audit() => _arena!.Audit().Problems;

    protected override void Prepare() => _arena = new MbufArena(new MbufArenaOptions
    {
        Mbufs = 2048 * Threads,
        Clusters = 1024 * Threads,
        PageClusters = 32 * Threads,
        Jumbo9Clusters = 32 * Threads,
        Jumbo16Clusters = 32 * Threads,
    }).WithCaches(Threads);

    protected override void Release() => _arena?.Dispose();

    protected override void BeforeSlice() => _working = Threads;

    protected override void Work(Worker worker)
    {
        var tally = default(Tally);
        do
        {
            using (MbufScope mbufs = _arena!.Enter())
            {
                Receive(mbufs, worker, ref tally, keep: true);
                Make(mbufs, worker, ref tally);
            }

            Thread.Yield();
        }
        while (!worker.IsOver);

        Interlocked.Decrement(ref _working);
        Drain(worker, ref tally);
        Interlocked.Add(ref _sent, tally.Made);
        Interlocked.Add(ref _sentSum, tally.MadeSum);
        Interlocked.Add(ref _freed, worker.Packets);
        Interlocked.Add(ref _freedSum, tally.FreedSum);
    }

    private HandleRing Ring(int from, int to) => _rings[(from * Threads) + to];

    /// <summary>A burst from each thread, if it sent any; the result is how many packets came.</summary>
    private int Receive(in MbufScope mbufs, Worker worker, ref Tally tally, bool keep)
    {
        Span<Mbuf> burst = stackalloc Mbuf[Bench.Work.Burst];
        int received = 0;
        for (int from = 0; from < Threads; from++)
        {
            worker.BeginBurst();
            int count = Ring(from, worker.Number).Take(burst);
            if (count == 0)
            {
                worker.CancelBurst();
                continue;
            }

            foreach (Mbuf handle in burst[..count])
            {
                Receive(mbufs, handle, worker, ref tally, keep);
            }

            worker.EndBurst();
            received += count;
        }

        return received;
    }

    /// <summary>One in eight packets waits in the place of another, which goes.</summary>
    private void Receive(in MbufScope mbufs, Mbuf handle, Worker worker, ref Tally tally, bool keep)
    {
        uint random = Next(worker);
        if (keep && random % 8 == 0)
        {
            ref Mbuf place = ref _kept[worker.Number][(random >> 8) % Kept];
            (handle, place) = (place, handle);
        }

        if (!handle.IsNull)
        {
            Free(mbufs, handle, worker, ref tally);
        }
    }

    private static void Free(in MbufScope mbufs, Mbuf handle, Worker worker, ref Tally tally)
    {
        MbufChain packet = mbufs.Open(handle);
        worker.Wrong += SoakPacket.IsRight(packet, out ulong number) ? 0 : 1;
        tally.FreedSum = unchecked(tally.FreedSum + (long)number);
        worker.Packets++;
        packet.Free();
    }

    private void Make(in MbufScope mbufs, Worker worker, ref Tally tally)
    {
        for (int i = 0; i < MadeEachTurn; i++)
        {
            uint random = Next(worker);
            ulong number = ((ulong)worker.Number << 48) | random;
            worker.BeginBurst();
            bool isMade = SoakPacket.TryMake(mbufs, number, random, out Mbuf handle);
            worker.EndBurst();
            if (!isMade)
            {
                worker.Denied++;
                continue;
            }

            if (random % 5 == 0)
            {
                Share(mbufs, ref handle, worker, number, ref tally);
            }

            Send(mbufs, handle, worker, number, ref tally);
        }
    }

    private void Share(in MbufScope mbufs, ref Mbuf handle, Worker worker, ulong number, ref Tally tally)
    {
        MbufChain packet = mbufs.Open(handle);
        MbufChain share = packet.Share();
        handle = packet.Detach();
        if (share.IsNull)
        {
            worker.Denied++;
            return;
        }

        Send(mbufs, share.Detach(), worker, number, ref tally);
    }

    /// <summary>To any thread, this one included; what does not fit into its ring ends here.</summary>
    private void Send(in MbufScope mbufs, Mbuf handle, Worker worker, ulong number, ref Tally tally)
    {
        tally.Made++;
        tally.MadeSum = unchecked(tally.MadeSum + (long)number);
        HandleRing ring = Ring(worker.Number, (int)((Next(worker) >> 8) % (uint)Threads));
        if (ring.HasRoom(1))
        {
            ring.Send([handle]);
        }
        else
        {
            Free(mbufs, handle, worker, ref tally);
        }
    }

    /// <summary>Until nobody sends any more; then what was kept.</summary>
    private void Drain(Worker worker, ref Tally tally)
    {
        bool isLast = false;
        while (!isLast && !worker.IsStopped)
        {
            isLast = Volatile.Read(ref _working) == 0;
            using (MbufScope mbufs = _arena!.Enter())
            {
                while (Receive(mbufs, worker, ref tally, keep: false) > 0)
                {
                    // Each looks once at every ring.
                }
            }

            Thread.Yield();
        }

        using MbufScope last = _arena!.Enter();
        foreach (ref Mbuf handle in _kept[worker.Number].AsSpan())
        {
            if (!handle.IsNull)
            {
                Free(last, handle, worker, ref tally);
                handle = default;
            }
        }
    }

    // Xorshift: it repeats after 2^32 numbers, and is the same in every run.
    private uint Next(Worker worker)
    {
        ref uint random = ref _random[worker.Number];
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random;
    }

    /// <summary>What one thread made and freed, in numbers and as the sum of the packets' own numbers.</summary>
    private struct Tally
    {
        public long Made;
        public long MadeSum;
        public long FreedSum;
    }
}
