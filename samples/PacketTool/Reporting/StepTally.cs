namespace PacketTool;

/// <summary>How often a step ended in which way.</summary>
internal sealed class StepTally(string name)
{
    private readonly long[] _counts = new long[Enum.GetValues<StepOutcome>().Length];

    public string Name { get; } = name;

    public long this[StepOutcome outcome] => _counts[(int)outcome];

    public StepOutcome Count(StepOutcome outcome)
    {
        _counts[(int)outcome]++;
        return outcome;
    }
}
