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

    /// <param name="threads">How many.</param>
    /// <param name="work">What each does until its worker says that the slice is over.</param>
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
