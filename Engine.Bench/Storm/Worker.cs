using System.Diagnostics;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// What one thread of a step counts while it works. Everything is there before it starts: it allocates nothing.
/// </summary>
internal sealed class Worker
{
    // A prime, so that the bursts that are timed do not fall in step with the exchange of magazines, of two bursts each.
    private const int TimedEach = 31;
    private const int RepetitionsMost = 1 << 16;

    private readonly double[] _repetitions = new double[RepetitionsMost];
    private int _repetitionCount;
    private int _untilTimed = TimedEach;
    private long _burstStart;
    private long _end;
    private volatile bool _stopped;

    public Worker(int number)
    {
        Number = number;
    }

    /// <summary>Which thread of its step it is, from 0.</summary>
    public int Number { get; }

    /// <summary>How long the bursts took that were timed, one in 31.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Packets done in this slice: those that a step counts once, however many threads touch them.</summary>
    public long Packets { get; set; }

    /// <summary>Allocations that the arena refused.</summary>
    public long Denied { get; set; }

    /// <summary>Packets that were lost, came twice, or did not hold what was written.</summary>
    public long Wrong { get; set; }

    /// <summary>Time for which the thread had a processor, waiting for others in a loop included.</summary>
    public long ProcessorNanoseconds { get; set; }

    /// <summary>Managed bytes that the thread allocated while it worked.</summary>
    public long ManagedBytes { get; set; }

    /// <summary>True when another thread failed: what it was to send will not come any more.</summary>
    public bool IsStopped => _stopped;

    /// <summary>True when the slice is over, or another thread failed.</summary>
    public bool IsOver => _stopped || Stopwatch.GetTimestamp() >= _end;

    /// <summary>Nanoseconds a packet, the median of the repetitions; null if the step has none.</summary>
    public double? MedianNanoseconds
    {
        get
        {
            if (_repetitionCount == 0)
            {
                return null;
            }

            Span<double> times = _repetitions.AsSpan(0, _repetitionCount);
            times.Sort();
            return times[_repetitionCount / 2];
        }
    }

    /// <summary>Before a slice.</summary>
    public void Begin(long end)
    {
        (Packets, Denied, Wrong, _repetitionCount) = (0, 0, 0, 0);
        Latencies.Clear();
        _stopped = false;
        _end = end;
    }

    /// <summary>Tells the thread to end early.</summary>
    public void Stop() => _stopped = true;

    /// <summary>The clock is read for one burst of 31: for each it would cost as much as the burst.</summary>
    public void BeginBurst()
    {
        if (--_untilTimed == 0)
        {
            _burstStart = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Ends what <see cref="BeginBurst"/> began.</summary>
    public void EndBurst()
    {
        if (_untilTimed == 0)
        {
            Latencies.Record(Stopwatch.GetTimestamp() - _burstStart);
            _untilTimed = TimedEach;
        }
    }

    /// <summary>Takes back <see cref="BeginBurst"/>: there was nothing to do.</summary>
    public void CancelBurst() => _untilTimed = Math.Max(1, _untilTimed);

    /// <summary>One repetition: how long it took for how many packets, which are counted.</summary>
    public void Repeated(long nanoseconds, int packets)
    {
        Packets += packets;
        if (_repetitionCount < RepetitionsMost)
        {
            _repetitions[_repetitionCount++] = (double)nanoseconds / packets;
        }
    }
}
