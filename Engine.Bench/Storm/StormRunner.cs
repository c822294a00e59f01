using System.Diagnostics;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Measures the steps of a scenario in rounds, one after the other in each round, so that a minute in which the machine is busy
/// with something else is a minute of all of them.
/// </summary>
internal sealed class StormRunner(StormOptions options, TextWriter notes)
{
    private const double WarmingShare = 0.25;

    // Seconds in which the JIT compiles what all steps of a series run, on a machine that has other work, too.
    private const double FirstWarming = 0.3;
    private const double StillWithin = 1.05;
    private const int StillWindows = 3;

    private readonly StormOptions _options = options;
    private readonly StormSettings _settings = options.Settings;
    private readonly TextWriter _notes = notes;

    /// <summary>Every row, a scenario at a time.</summary>
    public IEnumerable<StormRow> Run()
    {
        int shares = _options.Scenarios.Sum(static scenario => scenario.Share);
        return _options.Scenarios.SelectMany(scenario => Run(scenario, _options.Seconds * (double)scenario.Share / shares));
    }

    /// <summary>
    /// Leaves out what does not fit into half of the memory that is free: measuring a machine that swaps tells nothing, and
    /// others need some.
    /// </summary>
    internal static IEnumerable<StormStep> WithinMemory(IEnumerable<StormStep> steps, long free, TextWriter notes)
    {
        long budget = free / 2;
        long used = 0;
        foreach (StormStep step in steps)
        {
            used += step.ResidentBytes;
            if (used > budget)
            {
                notes.WriteLine(
                    $"{step.Name.Scenario} with {Describe(step.Name)} and more is left out: it needs {Mebibytes(used)} MiB, and "
                    + $"half of the memory that is free is {Mebibytes(budget)} MiB.");
                yield break;
            }

            yield return step;
        }
    }

    private List<StormRow> Run(Scenario scenario, double seconds)
    {
        List<StormStep> steps = [.. WithinMemory(scenario.Steps(_settings), Machine.FreeMemoryBytes(), _notes)];
        try
        {
            List<StepFigures> figures = [.. steps.Select(static step => new StepFigures(step))];
            double each = seconds / Math.Max(1, steps.Count);
            foreach (StepFigures step in figures)
            {
                Progress.Show($"{step.Step.Name.Scenario}: warming up, {Describe(step.Step.Name)}");
                step.Step.Open();
                bool isFirst = figures.First(other => other.Step.Name.Series == step.Step.Name.Series) == step;
                WarmUp(step, Math.Max(each * WarmingShare, isFirst ? FirstWarming : 0));
            }

            TimeSpan slice = TimeSpan.FromSeconds(each * (1 - WarmingShare) / _options.Rounds);
            for (int round = 1; round <= _options.Rounds; round++)
            {
                foreach (StepFigures step in figures)
                {
                    Progress.Show(
                        $"{step.Step.Name.Scenario}: round {round} of {_options.Rounds}, {Describe(step.Step.Name)}");
                    step.Measure(slice);
                }
            }

            return [.. figures
                .GroupBy(static step => step.Step.Name.Series)
                .SelectMany(static series => series, static (series, step) => step.ToRow(series.First()))];
        }
        finally
        {
            Progress.Clear();
            steps.ForEach(static step => step.Dispose());
        }
    }

    /// <summary>Until three figures in a row agree within 5 %, or the time for it is over.</summary>
    private static void WarmUp(StepFigures step, double seconds)
    {
        TimeSpan window = TimeSpan.FromSeconds(Math.Min(0.1, seconds / StillWindows));
        double spent = 0;
        var windows = new List<double>();
        do
        {
            windows.Add(step.Measure(window));
            spent += window.TotalSeconds;
        }
        while (spent < seconds && !(windows.Count > StillWindows && IsStill(windows.TakeLast(StillWindows))));

        step.Forget();
    }

    private static bool IsStill(IEnumerable<double> figures) => figures.Max() <= figures.Min() * StillWithin;

    private static string Describe(StepName name)
        => FormattableString.Invariant($"{name.Value:N0} {name.Parameter}, {name.Series}");

    private static long Mebibytes(long bytes) => bytes >> 20;
}

/// <summary>What the rounds of a step gave, until they are summed up.</summary>
internal sealed class StepFigures(StormStep step)
{
    private readonly List<double> _nanoseconds = [];
    private readonly List<double> _perSecond = [];
    private readonly LatencyHistogram _latencies = new();
    private long _operations;
    private long _managedBytes;
    private long _denied;
    private long _wrong;
    private long _leaked;

    public StormStep Step { get; } = step;

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
        _perSecond.Add(operations / seconds);
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
