namespace Engine.Mbufs.Bench.Storm;

/// <summary>One scenario with one value of what grows: an arena, threads, and what they do.</summary>
internal abstract class StormStep(StepName name, int threads) : IDisposable
{
    private Crew? _crew;
    private MbufArena? _arena;

    public StepName Name { get; } = name;
    public int Threads { get; } = threads;

    /// <summary>Bytes that will be resident while the step lives, roughly; 0 for little.</summary>
    public virtual long ResidentBytes => 0;

    public IReadOnlyList<Worker> Workers => _crew!.Workers;

    /// <summary>Reserves memory and starts threads: nothing before that costs anything.</summary>
    public void Open()
    {
        _arena = Prepare();
        _crew = new Crew(Threads, Work);
    }

    /// <summary>All threads work for a time.</summary>
    /// <returns>Seconds that it took.</returns>
    public double Run(TimeSpan duration)
    {
        BeforeSlice();
        return _crew!.Run(duration);
    }

    /// <summary>
    /// With all threads at rest: looks whether every packet is what it should be, in ways that would cost too much on the way.
    /// </summary>
    /// <returns>How many were not, or did not come.</returns>
    public abstract long CountWrong();

    /// <summary>With all threads at rest and nothing handed over: mbufs that nobody has freed.</summary>
    public virtual int CountLeaked() => Arena.LiveMbufs;

    /// <summary>What the arena's own audit finds wrong, a sentence each.</summary>
    public virtual IReadOnlyList<string> Audit() => Arena.Audit().Problems;

    public void Dispose()
    {
        _crew?.Dispose();
        Release();
    }

    /// <summary>The arena, once the step is open.</summary>
    protected MbufArena Arena => _arena!;

    /// <summary>Reserves the memory.</summary>
    protected abstract MbufArena Prepare();

    /// <summary>Gives back what <see cref="Prepare"/> took; called without it, too.</summary>
    protected virtual void Release() => _arena?.Dispose();

    /// <summary>What each thread does until its worker says that the slice is over.</summary>
    protected abstract void Work(Worker worker);

    protected virtual void BeforeSlice()
    {
    }
}

/// <summary>Where a step stands: steps of one scenario and series differ in one number, along which cost may grow.</summary>
/// <param name="Scenario">What is done.</param>
/// <param name="Series">In which way.</param>
/// <param name="Parameter">What grows.</param>
/// <param name="Value">How large it is here.</param>
internal sealed record StepName(string Scenario, string Series, string Parameter, long Value);

/// <summary>How large the steps of the scenarios may be.</summary>
/// <param name="Threads">Most threads of a step.</param>
/// <param name="Limit">Most packets in flight, and mbufs of the largest arena.</param>
/// <param name="SegmentsMost">Segments of the longest chain.</param>
internal sealed record StormSettings(int Threads, int Limit, int SegmentsMost)
{
    /// <summary>1, 2, 4 and so on, up to a number.</summary>
    public static IEnumerable<int> Doublings(int most)
    {
        for (int value = 1; value <= most; value *= 2)
        {
            yield return value;
        }
    }

    /// <summary>A number, four times it and so on, up to another.</summary>
    public static IEnumerable<int> Quadruplings(int first, int most)
    {
        for (long value = first; value <= most; value *= 4)
        {
            yield return (int)value;
        }
    }
}

/// <summary>A kind of load, as a series of steps or several.</summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="Share">Its share of the time of all, in percent.</param>
/// <param name="Description">A line of the help page.</param>
/// <param name="Steps">Its steps, the smallest of a series first.</param>
internal sealed record Scenario(string Name, int Share, string Description, Func<StormSettings, IEnumerable<StormStep>> Steps)
{
    /// <summary>Every scenario, in the order of the tables.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            HandoverStep.Scenario,
            15,
            "allocated on some threads, handed over in bursts of 32 through rings, freed on others",
            HandoverStep.Steps),
        new(SharedStep.Scenario, 10, "one payload under several packets, each freed by another thread", SharedStep.Steps),
        new(InFlightStep.Scenario, 30, "more and more packets out at a time, of a shuffled pool", InFlightStep.Steps),
        new(ArenaStep.Scenario, 12, "the same load in larger and larger arenas", ArenaStep.Steps),
        new(ChainStep.Scenario, 10, "longer and longer chains: appended to, joined, measured, walked", ChainStep.Steps),
        new(ThreadsStep.Scenario, 8, "more and more threads, each with packets of its own", ThreadsStep.Steps),
        new(ExhaustionStep.Scenario, 5, "threads that want more than there is, again and again", ExhaustionStep.Steps),
        new(SoakStep.Scenario, 10, "all of it mixed", SoakStep.Steps),
    ];

    /// <summary>The scenario of a name.</summary>
    public static Scenario Find(string name)
        => All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new UsageException(
                $"There is no scenario '{name}': {string.Join(", ", All.Select(scenario => scenario.Name))}.");
}
