using System.Diagnostics;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// The threads of a step, which live as long as it does: what a thread allocates when it first enters an arena, and the cache
/// that it then has, belong to warming up.
/// </summary>
internal sealed class Crew : IDisposable
{
    private readonly Action<Worker> _work;
    private readonly Thread[] _threads;
    private readonly Barrier _start;
    private readonly Barrier _end;
    private volatile bool _isOver;
    private Exception? _failure;

    public Crew(int threads, Action<Worker> work)
    {
        _work = work;
        Workers = [.. Enumerable.Range(0, threads).Select(static number => new Worker(number))];
        _start = new Barrier(threads + 1);
        _end = new Barrier(threads + 1);
        _threads = [.. Workers.Select(worker => new Thread(() => Live(worker)) { IsBackground = true })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    public IReadOnlyList<Worker> Workers { get; }

    /// <summary>All threads work for a time.</summary>
    /// <returns>Seconds until the last had ended.</returns>
    /// <exception cref="BenchException">One of them failed.</exception>
    public double Run(TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (Worker worker in Workers)
        {
            worker.Begin(start + (long)(duration.TotalSeconds * Stopwatch.Frequency));
        }

        _start.SignalAndWait();
        _end.SignalAndWait();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return _failure is null
            ? seconds
            : throw new BenchException($"A thread failed: {_failure.GetType().Name}: {_failure.Message}");
    }

    public void Dispose()
    {
        _isOver = true;
        _start.SignalAndWait();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _start.Dispose();
        _end.Dispose();
    }

    private void Live(Worker worker)
    {
        while (true)
        {
            _start.SignalAndWait();
            if (_isOver)
            {
                return;
            }

            Work(worker);
            _end.SignalAndWait();
        }
    }

    /// <summary>An exception ends the slice of all: the others may wait for what this thread will not do any more.</summary>
    private void Work(Worker worker)
    {
        long bytesBefore = GC.GetAllocatedBytesForCurrentThread();
        long start = ProcessorClock.Nanoseconds();
        try
        {
            _work(worker);
        }
        catch (Exception failure)
        {
            _failure = failure;
            foreach (Worker other in Workers)
            {
                other.Stop();
            }
        }

        worker.ProcessorNanoseconds = ProcessorClock.Nanoseconds() - start;
        worker.ManagedBytes = GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
    }
}

/// <summary>
/// What one thread of a step counts while it works. Everything is there before it starts: it allocates nothing.
/// </summary>
internal sealed class Worker(int number)
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

    /// <summary>Which thread of its step it is, from 0.</summary>
    public int Number { get; } = number;

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
