namespace Engine.Mbufs.Bench.Storm;

/// <summary>What came of one step: a row of the table and of the results.</summary>
/// <param name="Scenario">What was done.</param>
/// <param name="Series">In which way; growth is within a series.</param>
/// <param name="Parameter">What grew.</param>
/// <param name="Value">How large it was.</param>
/// <param name="Threads">Threads that worked.</param>
/// <param name="Operations">Packets, or operations, in all rounds.</param>
/// <param name="PerSecond">Of them a second, by all threads together; median of the rounds.</param>
/// <param name="NsPerPacket">Nanoseconds of a processor for each; median of the rounds.</param>
/// <param name="NsLow">Its lower quartile.</param>
/// <param name="NsHigh">Its upper quartile.</param>
/// <param name="Growth">Cost over that of the first step of the series, in the same round; median of the rounds.</param>
/// <param name="GrowthLow">Its lower quartile.</param>
/// <param name="GrowthHigh">Its upper quartile.</param>
/// <param name="P50Ns">Latency of a burst of 32: half of them took no longer.</param>
/// <param name="P90Ns">90 % of them took no longer.</param>
/// <param name="P99Ns">99 % of them took no longer.</param>
/// <param name="P999Ns">99.9 % of them took no longer.</param>
/// <param name="MaxNs">The longest that was timed.</param>
/// <param name="ManagedBytes">Allocated by the working threads in all rounds.</param>
/// <param name="Denied">Allocations that were refused.</param>
/// <param name="Wrong">Packets lost, come twice, or with another content.</param>
/// <param name="Leaked">Mbufs that nobody freed.</param>
/// <param name="Problems">What the arena's audit found wrong.</param>
internal sealed record StormRow(
    string Scenario,
    string Series,
    string Parameter,
    long Value,
    int Threads,
    long Operations,
    double PerSecond,
    double NsPerPacket,
    double NsLow,
    double NsHigh,
    double Growth,
    double GrowthLow,
    double GrowthHigh,
    double P50Ns,
    double P90Ns,
    double P99Ns,
    double P999Ns,
    double MaxNs,
    long ManagedBytes,
    long Denied,
    long Wrong,
    long Leaked,
    IReadOnlyList<string> Problems)
{
    /// <summary>True if no packet was lost, doubled, spoiled or leaked.</summary>
    public bool IsRight() => Wrong == 0 && Leaked == 0 && Problems.Count == 0;
}
