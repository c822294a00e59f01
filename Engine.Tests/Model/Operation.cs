namespace Engine.Mbufs.Tests.Model;

/// <summary>One thing to do with random packets.</summary>
internal delegate Outcome Step(in MbufScope mbufs);

/// <summary>Why an operation may refuse, other than never.</summary>
[Flags]
internal enum Refusals
{
    Never = 0,

    /// <summary>Too few bytes, or nothing that is looked for.</summary>
    Reach = 1,

    /// <summary>No memory.</summary>
    Memory = 2,
}

/// <summary>A row of the table: what is done, how often it is chosen, why it may refuse, and what it came to so far.</summary>
internal sealed class Operation(Step step, int weight, Refusals refusals)
{
    private readonly long[] _counts = new long[Enum.GetValues<Outcome>().Length];

    public string Name { get; } = step.Method.Name;

    public Step Step { get; } = step;

    public int Weight { get; } = weight;

    public Refusals Refusals { get; } = refusals;

    public long CountOf(Outcome outcome) => _counts[(int)outcome];

    public bool MayBe(Outcome outcome) => outcome switch
    {
        Outcome.OutOfReach => (Refusals & Refusals.Reach) != 0,
        Outcome.Exhausted => (Refusals & Refusals.Memory) != 0,
        _ => true,
    };

    public void Count(Outcome outcome)
    {
        if (!MayBe(outcome))
        {
            Churn.Differ($"The operation never refuses so, and did: {outcome}.");
        }

        _counts[(int)outcome]++;
    }
}
