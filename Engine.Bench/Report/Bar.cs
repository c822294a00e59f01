namespace Engine.Mbufs.Bench.Report;

/// <summary>A bar of a <see cref="BarChart"/>: a ratio with its quartiles, and what it should be.</summary>
/// <param name="Label">On its left.</param>
/// <param name="Value">Its length.</param>
/// <param name="Low">Where the whisker starts.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Must">The most that is accepted; null if nothing is required.</param>
/// <param name="Goal">What is aimed at.</param>
/// <param name="Style">Its colour: good, fair, bad or plain.</param>
/// <param name="Note">Behind the value on its right: what the colour says, in words.</param>
/// <param name="Tooltip">All that is known of it.</param>
internal sealed record Bar(
    string Label,
    double Value,
    double Low,
    double High,
    double? Must,
    double? Goal,
    string Style,
    string Note,
    string Tooltip)
{
    /// <summary>The style and the word for a ratio beside its budgets.</summary>
    public static (string Style, string Word) Judge(double ratio, double? must, double? goal)
        => must is null && goal is null ? ("plain", "")
        : ratio <= goal ? ("good", "within goal")
        : must is null || ratio <= must ? ("fair", "within must")
        : ("bad", "over must");
}
