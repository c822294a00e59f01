namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// One thread makes packets and shares each with several owners, threads that read the payload and free their packet when it
/// suits them: the count of one cluster is taken down by all of them at about the same time.
/// </summary>
internal sealed class SharedStep : StormStep
{
    public const string Scenario = "shared";

    private const int RingSize = 1024;
    private const int Turn = 16;

    private readonly int _owners;
    private readonly Mbuf[][] _bursts;
    private readonly HandleRing[] _rings;
    private MbufArena? _arena;
    private ulong _sent;
    private ulong _sentBefore;
    private long _expected;
    private long _taken;
    private int _isSending;

    private SharedStep(int owners)
        : base(new StepName(Scenario, "free", "owners of a payload", owners), owners + 1)
    {
        _owners = owners;
        _bursts = [.. Enumerable.Range(0, owners + 1).Select(static _ => new Mbuf[Bench.Work.Burst])];
        _rings = [.. Enumerable.Range(0, owners).Select(static _ => new HandleRing(RingSize))];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings)
        => StormSettings.Doublings(Math.Max(1, settings.Threads - 1)).Select(static owners => new SharedStep(owners));

    public override long CountWrong() => Math.Abs(_expected - _taken);

    public override int CountLeaked() => _arena!.LiveMbufs;

    public override IReadOnlyList<string> Audit() => _arena!.Audit().Problems;

    protected override void Prepare()
    {
        var options = new MbufArenaOptions { Mbufs = 2 * RingSize * (_owners + 1), Clusters = 4 * RingSize };
        _arena = new MbufArena(options).WithCaches(Threads);
    }

    protected override void Release() => _arena?.Dispose();

    protected override void BeforeSlice() => (_isSending, _sentBefore) = (1, _sent);

    protected override void Work(Worker worker)
    {
        if (worker.Number == _owners)
        {
            Send(worker);
            Volatile.Write(ref _isSending, 0);
        }
        else
        {
            Receive(worker, _rings[worker.Number]);
        }
    }

    private void Send(Worker worker)
    {
        var wait = default(SpinWait);
        do
        {
            if (!HasRoom())
            {
                wait.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            wait.Reset();
            using MbufScope mbufs = _arena!.Enter();
            for (int turn = 0; turn < Turn && HasRoom(); turn++)
            {
                worker.BeginBurst();
                SendBurst(mbufs);
                worker.EndBurst();
            }
        }
        while (!worker.IsOver);
    }

    private bool HasRoom()
    {
        foreach (HandleRing ring in _rings)
        {
            if (!ring.HasRoom(Bench.Work.Burst))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first owner gets the packets that were allocated, the others what is shared with them.</summary>
    private void SendBurst(in MbufScope mbufs)
    {
        Mbuf[] originals = _bursts[0];
        Packets.Allocate(mbufs, originals);
        Packets.Mark(mbufs, originals, _sent);
        _sent += (uint)originals.Length;
        for (int owner = 1; owner < _owners; owner++)
        {
            Mbuf[] shares = _bursts[owner];
            for (int i = 0; i < shares.Length; i++)
            {
                MbufChain packet = mbufs.Open(originals[i]);
                MbufChain share = packet.Share();
                shares[i] = share.IsNull ? throw new BenchException("A share was denied by an arena with room.") : share.Detach();
                originals[i] = packet.Detach();
            }
        }

        for (int owner = 0; owner < _owners; owner++)
        {
            _rings[owner].Send(_bursts[owner]);
        }

        _expected += originals.Length * _owners;
    }

    private void Receive(Worker worker, HandleRing ring)
    {
        Span<Mbuf> burst = stackalloc Mbuf[Bench.Work.Burst];
        ulong next = _sentBefore;
        var wait = default(SpinWait);
        while (!worker.IsStopped)
        {
            bool isLast = Volatile.Read(ref _isSending) == 0;
            worker.BeginBurst();
            int count = ring.Take(burst);
            if (count == 0)
            {
                worker.CancelBurst();
                if (isLast)
                {
                    break;
                }

                wait.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            wait.Reset();
            using MbufScope mbufs = _arena!.Enter();
            worker.Wrong += Packets.CheckAndFree(mbufs, burst[..count], next);
            worker.EndBurst();
            next += (uint)count;
            worker.Packets += count;
        }

        Interlocked.Add(ref _taken, worker.Packets);
    }
}
