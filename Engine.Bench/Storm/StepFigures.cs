using System.Diagnostics;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>What the rounds of a step gave, until they are summed up.</summary>
internal sealed class StepFigures
{
    private readonly List<double> _nanoseconds = [];
    private readonly List<double> _perSecond = [];
    private readonly LatencyHistogram _latencies = new();
    private long _operations;
    private long _managedBytes;
    private long _denied;
    private long _wrong;
    private long _leaked;

    public StepFigures(StormStep step)
    {
        Step = step;
    }

    public StormStep Step { get; }

    /// <summary>Nanoseconds of a processor for each packet, by rounds.</summary>
    public IReadOnlyList<double> Nanoseconds => _nanoseconds;

    /// <summary>One slice, after which nothing may be out.</summary>
    /// <returns>Nanoseconds of a processor for each packet.</returns>
    public double Measure(TimeSpan duration)
    {
        double seconds = Step.Run(duration);
        long operations = Step.Workers.Sum(static worker => worker.Packets);
        double nanoseconds = CostOf(operations);
        _nanoseconds.Add(nanoseconds);
        _perSecond.Add(Step.HasUntimedWork ? 1e9 / nanoseconds : operations / seconds);
        _operations += operations;
        foreach (Worker worker in Step.Workers)
        {
            _latencies.Add(worker.Latencies);
            _managedBytes += worker.ManagedBytes;
            _denied += worker.Denied;
            _wrong += worker.Wrong;
        }

        _wrong += Step.CountWrong();
        _leaked = Math.Max(_leaked, Step.CountLeaked());
        return nanoseconds;
    }

    /// <summary>Forgets what warming up measured, but for packets that were wrong.</summary>
    public void Forget()
    {
        _nanoseconds.Clear();
        _perSecond.Clear();
        _latencies.Clear();
        (_operations, _managedBytes, _denied) = (0, 0, 0);
    }

    /// <summary>The row of the step, beside the first of its series, which was measured in the same rounds.</summary>
    public StormRow ToRow(StepFigures first)
    {
        double[] growth = [.. _nanoseconds.Zip(first._nanoseconds, static (own, other) => own / other)];
        double Latency(double fraction) => Round(_latencies.Percentile(fraction) * 1e9 / Stopwatch.Frequency);
        return new StormRow(
            Step.Name.Scenario,
            Step.Name.Series,
            Step.Name.Parameter,
            Step.Name.Value,
            Step.Threads,
            _operations,
            Math.Round(Quantiles.Of(_perSecond, 0.5)),
            Round(Quantiles.Of(_nanoseconds, 0.5)),
            Round(Quantiles.Of(_nanoseconds, 0.25)),
            Round(Quantiles.Of(_nanoseconds, 0.75)),
            Round(Quantiles.Of(growth, 0.5)),
            Round(Quantiles.Of(growth, 0.25)),
            Round(Quantiles.Of(growth, 0.75)),
            Latency(0.5),
            Latency(0.9),
            Latency(0.99),
            Latency(0.999),
            Latency(1),
            _managedBytes,
            _denied,
            _wrong,
            _leaked,
            Step.Audit());
    }

    /// <summary>
    /// Threads that work each for itself time their own repetitions, and the median of them is their cost. Where they wait for
    /// each other, it is all their time, and waiting is part of it.
    /// </summary>
    private double CostOf(long operations)
    {
        if (operations == 0)
        {
            throw new BenchException(
                $"{Step.Name.Scenario} with {Step.Name.Value} {Step.Name.Parameter}: nothing was done in time.");
        }

        double[] medians = [.. Step.Workers.Select(static worker => worker.MedianNanoseconds).OfType<double>()];
        return medians.Length > 0
            ? Quantiles.Of(medians, 0.5)
            : Step.Workers.Sum(static worker => worker.ProcessorNanoseconds) / (double)operations;
    }

    private static double Round(double value) => Math.Round(value, 3);
}
