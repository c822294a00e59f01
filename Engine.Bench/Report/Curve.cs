namespace Engine.Mbufs.Bench.Report;

/// <summary>One curve of a <see cref="CurveChart"/>.</summary>
/// <param name="Name">Beside its end.</param>
/// <param name="Points">From left to right.</param>
internal sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points);
