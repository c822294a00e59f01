namespace Engine.Mbufs.Bench.Report;

/// <summary>What values must not exceed, over a part of a <see cref="CurveChart"/>.</summary>
/// <param name="From">The first place that it holds for.</param>
/// <param name="To">The last.</param>
/// <param name="Value">How high it is.</param>
/// <param name="Label">What is written on it.</param>
internal readonly record struct CurveLimit(int From, int To, double Value, string Label);
