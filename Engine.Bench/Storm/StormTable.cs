using System.Globalization;

namespace Engine.Mbufs.Bench.Storm;

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

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
