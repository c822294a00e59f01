using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>The verb <c>gate</c>: the engine's operations take no more instructions than was accepted.</summary>
internal static class GateCommand
{
    public static int Run(string[] arguments)
    {
        GateOptions options = GateOptions.Parse(arguments);
        if (options.WantsHelp)
        {
            Console.WriteLine(GateOptions.Help);
            return 0;
        }

        return (int)Run(options, arguments);
    }

    private static GateOutcome Run(GateOptions options, string[] arguments)
    {
        if (Callgrind.MissingBecause() is string reason)
        {
            Console.Error.WriteLine($"Nothing was counted: {reason}");
            return GateOutcome.NoValgrind;
        }

        // One alone first: it says what baseline is needed, and whether the build is one to count.
        Count first = Callgrind.Measure(options.Kernels[0], options.Plant);
        Baseline? baseline = Baseline.Find(first.Environment);
        if (first.Problems.Count > 0)
        {
            return RefuseMinOpts([first]);
        }

        if (baseline is null && !options.Update)
        {
            Console.Error.WriteLine(
                $"There is no baseline for {first.Environment}: nothing was compared. "
                + "'gate --update' accepts what is counted now.");
            return GateOutcome.NoBaseline;
        }

        IReadOnlyDictionary<string, decimal> before = baseline?.Kernels ?? new Dictionary<string, decimal>();
        IReadOnlyList<Count> counts = [Settled(first, before, () => Callgrind.Measure(options.Kernels[0], options.Plant)), .. MeasureAll(options, before)];
        Progress.Clear();
        if (counts.Any(static count => count.Problems.Count > 0))
        {
            return RefuseMinOpts(counts);
        }

        IReadOnlyList<Comparison> comparisons = Comparison.Of(before, counts, options.IsPart);
        GateOutcome outcome = options.Update ? Accept(first.Environment, before, counts, options.IsPart, comparisons)
            : Judge(first.Environment, comparisons, options.ShowAll);
        if (options.JsonPath is not null)
        {
            GateReport.WriteJson(options.JsonPath, arguments, first.Environment, outcome, comparisons);
        }

        return outcome;
    }

    /// <summary>What a comparison means, in the order in which it matters.</summary>
    public static GateOutcome OutcomeOf(IReadOnlyList<Comparison> comparisons)
        => comparisons.Any(static comparison => comparison.IsMissing) ? GateOutcome.KernelMissing
        : comparisons.Any(static comparison => comparison.IsGrown) ? GateOutcome.Grown
        : GateOutcome.Same;

    /// <summary>All but the first, some at a time; only the first has a regression planted.</summary>
    private static Count[] MeasureAll(GateOptions options, IReadOnlyDictionary<string, decimal> before)
    {
        IReadOnlyList<Operation> kernels = options.Kernels;
        var counts = new Count[kernels.Count - 1];
        int done = 0;
        Parallel.For(0, counts.Length, new ParallelOptions { MaxDegreeOfParallelism = options.Jobs }, number =>
        {
            Operation kernel = kernels[number + 1];
            counts[number] = Settled(Count(), before, Count);
            Progress.Show($"{Interlocked.Increment(ref done) + 1} of {kernels.Count}: {kernel.Name}");

            Count Count() => Callgrind.Measure(kernel, planted: false);
        });
        return counts;
    }

    /// <summary>
    /// A count that is not the one that was accepted is taken once more, and the less of the two holds. One free in 2^20 lets its mbuf
    /// rest, by a number that is random in each process: a region that meets it has millions of instructions more, because
    /// the JIT compiles what does that. What an operation really costs is in both.
    /// </summary>
    internal static Count Settled(Count count, IReadOnlyDictionary<string, decimal> before, Func<Count> measureAgain)
    {
        if (before.TryGetValue(count.Kernel, out decimal accepted) && accepted == count.Instructions)
        {
            return count;
        }

        Count again = measureAgain();
        return again.Instructions < count.Instructions ? again : count;
    }

    private static GateOutcome RefuseMinOpts(IReadOnlyList<Count> counts)
    {
        Console.Error.WriteLine("Code was counted that is not optimised, so the counts mean nothing (is this a Release build?):");
        foreach (Count count in counts.Where(static count => count.Problems.Count > 0))
        {
            Console.Error.WriteLine($"  {count.Kernel}: {count.Problems[0]}, and {count.Problems.Count - 1} more");
        }

        return GateOutcome.MinOpts;
    }

    private static GateOutcome Accept(
        CountingEnvironment environment,
        IReadOnlyDictionary<string, decimal> before,
        IReadOnlyList<Count> counts,
        bool isPart,
        IReadOnlyList<Comparison> comparisons)
    {
        var kernels = new Dictionary<string, decimal>();
        foreach (Operation kernel in OperationFamily.Counted)
        {
            if (counts.FirstOrDefault(count => count.Kernel == kernel.Name) is Count count)
            {
                kernels[kernel.Name] = count.Instructions;
            }
            else if (isPart && before.TryGetValue(kernel.Name, out decimal old))
            {
                kernels[kernel.Name] = old;
            }
        }

        GateReport.WriteTable(Console.Out, comparisons);
        string path = new Baseline(environment.Runtime, environment.InstructionSet, kernels).Save();
        Console.WriteLine($"The baseline for {environment} holds {kernels.Count} kernels now: {Path.GetRelativePath(".", path)}");
        return GateOutcome.Same;
    }

    private static GateOutcome Judge(CountingEnvironment environment, IReadOnlyList<Comparison> comparisons, bool showAll)
    {
        Comparison[] shown = [.. comparisons.Where(comparison => showAll || comparison.Now != comparison.Before)];
        if (shown.Length > 0)
        {
            GateReport.WriteTable(Console.Out, shown);
        }

        GateOutcome outcome = OutcomeOf(comparisons);
        int grown = comparisons.Count(static comparison => comparison.IsGrown);
        int missing = comparisons.Count(static comparison => comparison.IsMissing);
        Console.WriteLine($"{comparisons.Count} kernels, {environment}: " + outcome switch
        {
            GateOutcome.KernelMissing => $"{missing} missing, {grown} grown. "
                + "Kernels that come and go on purpose are accepted by 'gate --update'.",
            GateOutcome.Grown => $"{grown} grown by more than 2 %. What is meant to cost more is accepted by 'gate --update'.",
            _ => "none grown by more than 2 %.",
        });
        if (outcome == GateOutcome.Same && comparisons.Any(static comparison => comparison.IsShrunk))
        {
            Console.WriteLine("Some take less: 'gate --update' keeps it so.");
        }

        return outcome;
    }
}
