using System.Diagnostics;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// Times a piece of work by many short repetitions, of which the median counts: a repetition in which the core was taken away is
/// one of thousands, not part of a mean.
/// </summary>
/// <remarks>
/// Warming up ends when the figures stand still, because the JIT compiles a hot loop anew, in the background, whenever it gets a
/// core for it: a fixed number of calls measures the first compilation on a busy machine.
/// </remarks>
internal sealed class Repetitions
{
    private const int RepetitionsMax = 100_000;
    private const int WindowsLeast = 10;
    private const int WindowsMost = 50;
    private const int WindowsStill = 5;
    private const double StillWithin = 1.03;

    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(100);

    private readonly Action<int> _work;
    private readonly int _packets;
    private readonly double[] _times = new double[RepetitionsMax];
    private int _count;

    /// <param name="work">Does the work for a number of packets.</param>
    /// <param name="packets">Packets of a repetition.</param>
    public Repetitions(Action<int> work, int packets)
    {
        _work = work;
        _packets = packets;
    }

    /// <summary>
    /// Repeats, for a tenth of a second at a time, until five medians in a row agree within 3 %; five seconds at most.
    /// </summary>
    public void WarmUp()
    {
        Span<double> medians = stackalloc double[WindowsMost];
        for (int window = 0; window < WindowsMost; window++)
        {
            medians[window] = Measure(s_window).Median;
            if (window + 1 >= WindowsLeast && IsStill(medians[(window + 1 - WindowsStill)..(window + 1)]))
            {
                return;
            }
        }
    }

    /// <summary>Repeats for a time, and sums up.</summary>
    public Sample Measure(TimeSpan duration)
    {
        long bytesBefore = GC.GetAllocatedBytesForCurrentThread();
        _count = 0;
        long start = Stopwatch.GetTimestamp();
        long end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        do
        {
            _work(_packets);
            long stop = Stopwatch.GetTimestamp();
            _times[_count++] = stop - start;
            start = stop;
        }
        while (start < end && _count < RepetitionsMax);

        long bytes = GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
        Span<double> times = _times.AsSpan(0, _count);
        times.Sort();
        double nanoseconds = 1e9 / Stopwatch.Frequency / _packets;
        return new Sample(times[_count / 2] * nanoseconds, times[0] * nanoseconds, bytes / ((double)_count * _packets));
    }

    private static bool IsStill(ReadOnlySpan<double> medians)
    {
        double least = medians[0];
        double most = medians[0];
        foreach (double median in medians)
        {
            least = Math.Min(least, median);
            most = Math.Max(most, median);
        }

        return most <= least * StillWithin;
    }
}
