using System.Globalization;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>The results of <c>proxy</c> for people.</summary>
internal static class ProxyTable
{
    private const double Mega = 1e6;
    private const double Mebi = 1 << 20;

    /// <summary>Writes a table for each scenario.</summary>
    public static void Write(TextWriter output, IReadOnlyList<ProxyRow> rows)
    {
        foreach (IGrouping<string, ProxyRow> group in rows.GroupBy(row => row.Scenario))
        {
            var scenario = Scenario.Find(group.Key);
            output.WriteLine($"{scenario.Name}: {scenario.Description}");
            output.WriteLine(
                $"  {"proxy",-15} {"req/s",8} {"MB/s",6} {"CPU us/req",10} {"CPU s/GB",8} {"ratio",6} {"quartiles",-13} "
                + $"{"p50 us",8} {"p90",8} {"p99",8} {"p99.9",8} {"GCs",5} {"managed B",12} {"peak MiB",8} {"busy",5}");
            foreach (ProxyRow row in group)
            {
                output.WriteLine(Line(row).TrimEnd());
            }

            output.WriteLine();
        }
    }

    private static string Line(ProxyRow row)
        => $"  {row.Proxy,-15} "
            + Cell(row.RequestsPerSecond, 8, "F0") + Cell(row.BytesPerSecond / Mega, 6, "F0")
            + Cell(row.CpuPerRequestUs, 10, "F2") + Cell(row.CpuPerGbS, 8, "F3")
            + Cell(row.Ratio, 6, "F3") + $"{QuartilesOf(row),-13} "
            + Cell(row.LatencyP50Us, 8, "F1") + Cell(row.LatencyP90Us, 8, "F1")
            + Cell(row.LatencyP99Us, 8, "F1") + Cell(row.LatencyP999Us, 8, "F1")
            + Cell(row.GcCollections, 5, "F0") + Cell(row.ManagedBytes, 12, "F0")
            + Cell(row.PeakMemoryBytes / Mebi, 8, "F1") + Cell(row.Busy, 5, "F2");

    private static string QuartilesOf(ProxyRow row)
        => row.Ratio is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{row.RatioLow:F3}-{row.RatioHigh:F3}");

    private static string Cell(double? value, int width, string format)
        => (value?.ToString(format, CultureInfo.InvariantCulture) ?? "-").PadLeft(width) + " ";
}
