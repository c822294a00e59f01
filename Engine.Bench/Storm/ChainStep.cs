using System.Diagnostics;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// One operation, over and over, on a chain of a number of segments: what is O(1) must cost the same for 4,096 of them, and a
/// walk the same for each.
/// </summary>
internal sealed class ChainStep : StormStep
{
    public const string Scenario = "chain";

    // Of a repetition; a walk of a short chain is repeated, so that the clock does not count.
    private const int Operations = 1024;

    private readonly Operation _operation;
    private readonly int _repetition;
    private OpenOperation? _open;

    private ChainStep(string series, Operation operation)
        : base(new StepName(Scenario, series, "segments", operation.Number), threads: 1)
    {
        _operation = operation;
        _repetition = Math.Max(Operations, operation.Number);
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings)
    {
        (string Series, Func<int, Operation> Of)[] operations =
        [
            ("append", LongOperations.Append),
            ("concatenate", LongOperations.Concatenate),
            ("length", LongOperations.Length),
            ("walk", LongOperations.Walk),
        ];
        return operations.SelectMany(
            _ => StormSettings.Quadruplings(1, settings.SegmentsMost),
            static (operation, segments) => new ChainStep(operation.Series, operation.Of(segments)));
    }

    /// <summary>The chain says how long it is; a walk over it must find the same bytes.</summary>
    public override long CountWrong() => _open!.IsRight() ? 0 : 1;

    public override int CountLeaked() => base.CountLeaked() - _operation.Number;

    protected override MbufArena Prepare()
    {
        int mbufs = _operation.Number + Operations;
        _open = _operation.Open(new MbufArenaOptions { Mbufs = mbufs, Clusters = mbufs });
        return _open.Setting.Arena;
    }

    protected override void Release() => _open?.Dispose();

    protected override void Work(Worker worker)
    {
        do
        {
            long start = Stopwatch.GetTimestamp();
            _open!.Run(_repetition);
            long ticks = Stopwatch.GetTimestamp() - start;
            worker.Latencies.Record(ticks);
            worker.Repeated((long)(ticks * (1e9 / Stopwatch.Frequency)), _repetition);
        }
        while (!worker.IsOver);
    }
}
