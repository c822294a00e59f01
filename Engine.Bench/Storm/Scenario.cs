namespace Engine.Mbufs.Bench.Storm;

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
