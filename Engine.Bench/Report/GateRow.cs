namespace Engine.Mbufs.Bench.Report;

/// <summary>A row of <c>gate</c>, by the names of its JSON.</summary>
internal sealed record GateRow(string Kernel, double? Before, double? Now, double? Growth);
