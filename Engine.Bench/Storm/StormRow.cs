using static System.FormattableString;

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

/// <summary>The rows of <c>storm</c> for people, a table for each scenario.</summary>
internal static class StormTable
{
    public static void WriteHead(TextWriter output, StormRow first)
    {
        output.WriteLine();
        output.WriteLine(first.Scenario);
        output.WriteLine(
            $"  {first.Parameter,20} {"threads",7} {"packets/s",11} {"ns",8} {"growth",7}  {"quartiles",-11} "
            + $"{"p50",7} {"p90",7} {"p99",7} {"p99.9",8} {"max",8} {"managed",8} {"denied",9} {"wrong",6} {"leaked",6}");
    }

    public static void WriteSeries(TextWriter output, StormRow first) => output.WriteLine($"  {first.Series}");

    public static void Write(TextWriter output, StormRow row)
    {
        string line = Invariant($"  {row.Value,20:N0} {row.Threads,7} {Scaled(row.PerSecond),11} {row.NsPerPacket,8:F2} ")
            + Invariant($"{row.Growth,7:F2}  {$"{Invariant($"{row.GrowthLow:F2}-{row.GrowthHigh:F2}")}",-11} ")
            + $"{Time(row.P50Ns),7} {Time(row.P90Ns),7} {Time(row.P99Ns),7} {Time(row.P999Ns),8} {Time(row.MaxNs),8} "
            + Invariant($"{row.ManagedBytes,8} {row.Denied,9} {row.Wrong,6} {row.Leaked,6}");
        output.WriteLine(line);
        foreach (string problem in row.Problems)
        {
            output.WriteLine("    audit: " + problem);
        }
    }

    private static string Scaled(double perSecond) => Invariant($"{perSecond / 1e6:F2} M");

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => Invariant($"{nanoseconds:F0}ns"),
        < 1e6 => Invariant($"{nanoseconds / 1e3:F1}us"),
        _ => Invariant($"{nanoseconds / 1e6:F1}ms"),
    };
}
