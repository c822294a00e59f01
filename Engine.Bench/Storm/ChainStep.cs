using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// One operation, over and over, on a chain of a number of segments: what is O(1) must cost the same for 4,096 of them, and a
/// walk the same for each.
/// </summary>
internal sealed class ChainStep : StormStep
{
    public const string Scenario = "chain";

    // Single bytes appended to the last segment, or chains joined: few enough for the room of a cluster.
    private const int Operations = 1024;
    private const int SegmentLength = 64;

    // A walk of a short chain is repeated, so that the clock does not count.
    private const int WalkedLeast = 1024;

    private readonly int _segments;
    private readonly ChainOperation _operation;
    private readonly Mbuf[] _joined = new Mbuf[Operations];
    private MbufArena? _arena;
    private Mbuf _chain;

    private ChainStep(int segments, ChainOperation operation)
        : base(new StepName(Scenario, NameOf(operation), "segments", segments), threads: 1)
    {
        _segments = segments;
        _operation = operation;
    }

    // Chains are made and cut back between the repetitions.
    public override bool HasUntimedWork => true;

    public static IEnumerable<StormStep> Steps(StormSettings settings)
        => Enum.GetValues<ChainOperation>().SelectMany(
            _ => StormSettings.Quadruplings(1, settings.SegmentsMost),
            static (operation, segments) => new ChainStep(segments, operation));

    /// <summary>The chain says how long it is; a walk over it must find the same bytes, in order.</summary>
    public override long CountWrong()
    {
        using MbufScope mbufs = _arena!.Enter();
        MbufChain chain = mbufs.Open(_chain);
        int length = 0;
        int segments = 0;
        long wrong = 0;
        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            wrong += CheckValue.TryRead(segment, out ulong number) && number == (uint)segments ? 0 : 1;
            length += segment.Length;
            segments++;
        }

        wrong += length == chain.Length && segments == chain.SegmentCount && segments == _segments ? 0 : 1;
        _chain = chain.Detach();
        return wrong;
    }

    public override int CountLeaked() => _arena!.LiveMbufs - _segments;

    public override IReadOnlyList<string> Audit() => _arena!.Audit().Problems;

    protected override void Prepare()
    {
        int mbufs = _segments + (2 * Operations);
        _arena = new MbufArena(new MbufArenaOptions { Mbufs = mbufs, Clusters = mbufs });
        using MbufScope scope = _arena.Enter();
        _chain = Build(scope);
    }

    protected override void Release() => _arena?.Dispose();

    protected override void Work(Worker worker)
    {
        do
        {
            using MbufScope mbufs = _arena!.Enter();
            switch (_operation)
            {
                case ChainOperation.Append:
                    Append(mbufs, worker);
                    break;
                case ChainOperation.AppendKeepingPacketLength:
                    AppendKeepingPacketLength(mbufs, worker);
                    break;
                case ChainOperation.Length:
                    Measure(mbufs, worker);
                    break;
                default:
                    Walk(mbufs, worker);
                    break;
            }
        }
        while (!worker.IsOver);
    }

    private static string NameOf(ChainOperation operation) => operation switch
    {
        ChainOperation.Append => "append",
        ChainOperation.AppendKeepingPacketLength => "concatenate",
        ChainOperation.Length => "length",
        _ => "walk",
    };

    private Mbuf Build(in MbufScope mbufs)
    {
        Span<byte> bytes = stackalloc byte[SegmentLength];
        MbufChain chain = mbufs.AllocatePacket();
        CheckValue.Write(bytes, 0);
        chain.TryAppend(bytes);
        for (int i = 1; i < _segments; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            CheckValue.Write(bytes, (uint)i);
            packet.TryAppend(bytes);
            chain.Append(packet);
        }

        return chain.Detach();
    }

    private void Append(in MbufScope mbufs, Worker worker)
    {
        MbufChain chain = mbufs.Open(_chain);
        ReadOnlySpan<byte> one = [0];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Operations; i++)
        {
            chain.TryAppend(one);
        }

        End(worker, start, Operations);
        chain.TrimEnd(Operations);
        _chain = chain.Detach();
    }

    private void AppendKeepingPacketLength(in MbufScope mbufs, Worker worker)
    {
        Packets.Allocate(mbufs, _joined);
        MbufChain chain = mbufs.Open(_chain);
        long start = Stopwatch.GetTimestamp();
        foreach (Mbuf handle in _joined)
        {
            chain.Append(mbufs.Open(handle));
        }

        End(worker, start, Operations);

        // What was joined is empty: the chain is made anew, so that the next repetition starts with the same number.
        chain.Free();
        _chain = Build(mbufs);
    }

    private void Measure(in MbufScope mbufs, Worker worker)
    {
        MbufChain chain = mbufs.Open(_chain);
        long sum = 0;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Operations; i++)
        {
            sum += LengthOf(chain);
        }

        End(worker, start, Operations);
        worker.Wrong += sum == (long)Operations * ((_segments * SegmentLength) + _segments) ? 0 : 1;
        _chain = chain.Detach();
    }

    /// <summary>Not inlined, or the loop would ask once.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(MbufChain chain) => chain.Length + chain.SegmentCount;

    private void Walk(in MbufScope mbufs, Worker worker)
    {
        MbufChain chain = mbufs.Open(_chain);
        int walks = Math.Max(1, WalkedLeast / _segments);
        long bytes = 0;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < walks; i++)
        {
            foreach (ReadOnlySpan<byte> segment in chain.Segments)
            {
                bytes += segment.Length;
            }
        }

        End(worker, start, walks * _segments);
        worker.Wrong += bytes == (long)walks * _segments * SegmentLength ? 0 : 1;
        _chain = chain.Detach();
    }

    private static void End(Worker worker, long start, int operations)
    {
        long ticks = Stopwatch.GetTimestamp() - start;
        worker.Latencies.Record(ticks);
        worker.Repeated((long)(ticks * (1e9 / Stopwatch.Frequency)), operations);
    }
}
