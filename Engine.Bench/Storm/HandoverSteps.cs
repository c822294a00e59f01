using Engine.Mbufs.Bench.Operations;

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
    private readonly Ring<Mbuf>[] _rings;
    private readonly long[] _sent;
    private readonly long[] _taken;
    private int _sending;

    private HandoverStep(int pairs, bool writes)
        : base(new StepName(Scenario, writes ? "write16" : "no write", "pairs of threads", pairs), 2 * pairs)
    {
        _pairs = pairs;
        _writes = writes;
        _bursts = [.. Enumerable.Range(0, 2 * pairs).Select(static _ => new Mbuf[Sizes.Burst])];
        _rings = [.. Enumerable.Range(0, pairs).Select(static _ => new Ring<Mbuf>(RingSize))];
        _sent = new long[pairs * PaddedCounter];
        _taken = new long[pairs * PaddedCounter];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings)
        => StormSettings.Doublings(Math.Max(1, settings.Threads / 2))
            .SelectMany(static pairs => (HandoverStep[])[new(pairs, writes: true), new(pairs, writes: false)]);

    public override long CountWrong() => Enumerable.Range(0, _pairs).Sum(pair => Math.Abs(Sent(pair) - Taken(pair)));

    protected override MbufArena Prepare()
    {
        int packets = 2 * RingSize * _pairs;
        return new MbufArena(new MbufArenaOptions { Mbufs = packets, Clusters = packets }).WithCaches(Threads);
    }

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
        Ring<Mbuf> ring = _rings[pair];
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
            using MbufScope mbufs = Arena.Enter();
            for (int turn = 0; turn < Turn && ring.HasRoom(burst.Length); turn++)
            {
                worker.BeginBurst();
                Packets.Allocate(mbufs, burst);
                if (_writes)
                {
                    Packets.Mark(mbufs, burst, (ulong)Sent(pair));
                }

                ring.TryWrite(burst);
                Sent(pair) += burst.Length;
                worker.EndBurst();
            }
        }
        while (!worker.IsOver);
    }

    private void Receive(Worker worker, int pair)
    {
        Ring<Mbuf> ring = _rings[pair];
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
    private bool ReceiveTurn(Worker worker, Ring<Mbuf> ring, Mbuf[] burst, int pair)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int turn = 0; turn < Turn; turn++)
        {
            worker.BeginBurst();
            int count = ring.Read(burst);
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
    private readonly Ring<Mbuf>[] _rings;
    private ulong _sent;
    private ulong _sentBefore;
    private long _expected;
    private long _taken;
    private int _isSending;

    private SharedStep(int owners)
        : base(new StepName(Scenario, "free", "owners of a payload", owners), owners + 1)
    {
        _owners = owners;
        _bursts = [.. Enumerable.Range(0, owners + 1).Select(static _ => new Mbuf[Sizes.Burst])];
        _rings = [.. Enumerable.Range(0, owners).Select(static _ => new Ring<Mbuf>(RingSize))];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings)
        => StormSettings.Doublings(Math.Max(1, settings.Threads - 1)).Select(static owners => new SharedStep(owners));

    public override long CountWrong() => Math.Abs(_expected - _taken);

    protected override MbufArena Prepare()
    {
        var options = new MbufArenaOptions { Mbufs = 2 * RingSize * (_owners + 1), Clusters = 4 * RingSize };
        return new MbufArena(options).WithCaches(Threads);
    }

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
            using MbufScope mbufs = Arena.Enter();
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
        foreach (Ring<Mbuf> ring in _rings)
        {
            if (!ring.HasRoom(Sizes.Burst))
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
            _rings[owner].TryWrite(_bursts[owner]);
        }

        _expected += originals.Length * _owners;
    }

    private void Receive(Worker worker, Ring<Mbuf> ring)
    {
        Span<Mbuf> burst = stackalloc Mbuf[Sizes.Burst];
        ulong next = _sentBefore;
        var wait = default(SpinWait);
        while (!worker.IsStopped)
        {
            bool isLast = Volatile.Read(ref _isSending) == 0;
            worker.BeginBurst();
            int count = ring.Read(burst);
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
            using MbufScope mbufs = Arena.Enter();
            worker.Wrong += Packets.CheckAndFree(mbufs, burst[..count], next);
            worker.EndBurst();
            next += (uint)count;
            worker.Packets += count;
        }

        Interlocked.Add(ref _taken, worker.Packets);
    }
}
