using System.Diagnostics;
using System.Globalization;
using System.Runtime;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// Times a piece of work by many short repetitions, of which the median counts: a repetition in which the core was taken away is
/// one of thousands, not part of a mean.
/// </summary>
/// <remarks>
/// Warming up ends when the JIT is done and the figures stand still. It compiles a hot method anew, in the background, when it
/// was called often, nothing new came for a tenth of a second, and there is a core for it: a fixed number of calls measures the
/// first compilation on a busy machine. So the work is done in small pieces first, many calls with sleep between them, until no
/// more methods come.
/// </remarks>
internal sealed class Repetitions(Action<int> work, int packets, Partner? partner = null)
{
    private const int RepetitionsMax = 100_000;

    // More calls than the JIT counts before it compiles a method anew (30), in each turn.
    private const int CallsOfTurn = 64;
    private const int PacketsOfCall = 8 * Sizes.Burst;
    private const int TurnsLeast = 20;

    // Longer together than the tenth of a second for which it waits.
    private const int TurnsWithoutNews = 8;

    private const int WindowsMost = 12;
    private const int WindowsStill = 4;
    private const double StillWithin = 1.03;

    private static readonly TimeSpan s_compilingMost = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_sleep = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(50);

    private readonly Action<int> _work = work;
    private readonly int _packets = packets;
    private readonly double[] _times = new double[RepetitionsMax];
    private int _count;

    /// <summary>The other thread of a work that takes two.</summary>
    public Partner? Partner { get; } = partner;

    /// <summary>Does the work once, for a number of packets that is not more than a repetition's, untimed.</summary>
    public void Run(int packets) => _work(Math.Min(packets, _packets));

    /// <summary>
    /// Repeats until no method was compiled anew for a while, and then until four medians in a row agree within 3 %; a few
    /// seconds at most.
    /// </summary>
    public void WarmUp()
    {
        Compile();
        Span<double> medians = stackalloc double[WindowsMost];
        for (int window = 0; window < WindowsMost; window++)
        {
            medians[window] = Measure(s_window).Median;
            if (window + 1 >= WindowsStill && IsStill(medians[(window + 1 - WindowsStill)..(window + 1)]))
            {
                return;
            }
        }
    }

    /// <summary>Repeats for a time, and sums up.</summary>
    public Sample Measure(TimeSpan duration)
    {
        long bytesBefore = AllocatedBytes();
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

        long bytes = AllocatedBytes() - bytesBefore;
        Span<double> times = _times.AsSpan(0, _count);
        times.Sort();
        double nanoseconds = 1e9 / Stopwatch.Frequency / _packets;
        return new Sample(times[_count / 2] * nanoseconds, times[0] * nanoseconds, bytes / ((double)_count * _packets));
    }

    private void Compile()
    {
        long methods = 0;
        int withoutNews = 0;
        long start = Stopwatch.GetTimestamp();
        for (int turn = 0; turn < TurnsLeast || withoutNews < TurnsWithoutNews; turn++)
        {
            if (Stopwatch.GetElapsedTime(start) > s_compilingMost)
            {
                return;
            }

            for (int i = 0; i < CallsOfTurn; i++)
            {
                Run(PacketsOfCall);
            }

            Thread.Sleep(s_sleep);
            long before = methods;
            methods = JitInfo.GetCompiledMethodCount();
            withoutNews = methods == before ? withoutNews + 1 : 0;
        }
    }

    private long AllocatedBytes() => GC.GetAllocatedBytesForCurrentThread() + (Partner?.AllocatedBytes ?? 0);

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

/// <summary>What one process measured of one work.</summary>
/// <param name="Median">Nanoseconds a packet, median of the repetitions.</param>
/// <param name="Least">Nanoseconds a packet, the fastest repetition.</param>
/// <param name="ManagedBytes">Managed bytes allocated for each packet, by the measuring thread.</param>
internal readonly record struct Sample(double Median, double Least, double ManagedBytes)
{
    /// <summary>The line that a measuring process writes: <c>work median min managed-bytes</c>.</summary>
    public string ToLine(string work)
        => string.Create(CultureInfo.InvariantCulture, $"{work} {Median:F3} {Least:F3} {ManagedBytes}");

    /// <summary>Reads the line of a work; a process without a managed heap leaves the last figure out.</summary>
    public static Sample Parse(string output, string work)
    {
        string[] fields = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length is 3 or 4 && fields[0] == work
            && Number(fields[1], out double median)
            && Number(fields[2], out double least)
            && Number(fields.Length == 4 ? fields[3] : "0", out double managedBytes)
            ? new Sample(median, least, managedBytes)
            : throw new BenchException($"A measuring process answered '{output.Trim()}' instead of the figures of {work}.");
    }

    private static bool Number(string text, out double number)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
