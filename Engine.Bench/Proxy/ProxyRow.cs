using System.Globalization;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>One proxy in one scenario: a line of the table, and an object of the JSON file.</summary>
internal sealed record ProxyRow
{
    private const double Micro = 1e6;
    private const double NanosecondsAMicrosecond = 1e3;

    public required string Scenario { get; init; }
    public required string Proxy { get; init; }

    /// <summary>Null for streams, whose requests say nothing.</summary>
    public required double? RequestsPerSecond { get; init; }

    public required double BytesPerSecond { get; init; }

    /// <summary>Null for streams.</summary>
    public required double? CpuPerRequestUs { get; init; }

    /// <summary>Null for small requests.</summary>
    public required double? CpuPerGbS { get; init; }

    /// <summary>CPU for the same work, as a multiple of the reference's in the same round: median and quartiles.</summary>
    public required double? Ratio { get; init; }

    public required double? RatioLow { get; init; }
    public required double? RatioHigh { get; init; }
    public required double? LatencyP50Us { get; init; }
    public required double? LatencyP90Us { get; init; }
    public required double? LatencyP99Us { get; init; }
    public required double? LatencyP999Us { get; init; }

    /// <summary>Null where there is no garbage collector.</summary>
    public required long? GcCollections { get; init; }

    public required long? ManagedBytes { get; init; }
    public required long PeakMemoryBytes { get; init; }

    /// <summary>The share of the time for which the proxy's core was at work for it.</summary>
    public required double Busy { get; init; }

    /// <summary>Sums up what was measured.</summary>
    public static ProxyRow Of(
        Scenario scenario,
        string proxy,
        IReadOnlyList<BurstResult> bursts,
        IReadOnlyList<BurstResult>? reference,
        ManagedFigures? managed,
        long peakMemoryBytes)
    {
        double[] ratios = reference is null ? [] : Ratios(scenario, bursts, reference);
        LatencyHistogram? latencies = scenario.IsBulk ? null : Merged(bursts);
        return new ProxyRow
        {
            Scenario = scenario.Name,
            Proxy = proxy,
            RequestsPerSecond = scenario.IsBulk ? null : Median(bursts, burst => burst.Responses / burst.Seconds, 0),
            BytesPerSecond = Median(bursts, burst => burst.Bytes / burst.Seconds, 0),
            CpuPerRequestUs = scenario.IsBulk ? null : Median(bursts, burst => burst.ProcessorSecondsPerResponse * Micro, 3),
            CpuPerGbS = scenario.IsSmall ? null : Median(bursts, burst => burst.ProcessorSecondsPerGigabyte, 4),
            Ratio = Quantile(ratios, 0.5),
            RatioLow = Quantile(ratios, 0.25),
            RatioHigh = Quantile(ratios, 0.75),
            LatencyP50Us = Latency(latencies, 0.5),
            LatencyP90Us = Latency(latencies, 0.9),
            LatencyP99Us = Latency(latencies, 0.99),
            LatencyP999Us = Latency(latencies, 0.999),
            GcCollections = managed?.Collections,
            ManagedBytes = managed?.Bytes,
            PeakMemoryBytes = peakMemoryBytes,
            Busy = Median(bursts, burst => burst.ProcessorSeconds / burst.Seconds, 3),
        };
    }

    /// <summary>The ratio of cost in each round: of a response's, or in a stream of a byte's.</summary>
    internal static double[] Ratios(Scenario scenario, IReadOnlyList<BurstResult> own, IReadOnlyList<BurstResult> reference)
        => [.. own.Zip(reference, (burst, other) => scenario.IsBulk
            ? burst.ProcessorSecondsPerGigabyte / other.ProcessorSecondsPerGigabyte
            : burst.ProcessorSecondsPerResponse / other.ProcessorSecondsPerResponse)];

    private static LatencyHistogram Merged(IReadOnlyList<BurstResult> bursts)
    {
        var all = new LatencyHistogram();
        foreach (BurstResult burst in bursts)
        {
            all.Add(burst.Latencies);
        }

        return all;
    }

    private static double Median(IReadOnlyList<BurstResult> bursts, Func<BurstResult, double> value, int digits)
        => Math.Round(Quantiles.Of(bursts.Select(value), 0.5), digits);

    private static double? Quantile(double[] ratios, double fraction)
        => ratios.Length == 0 ? null : Math.Round(Quantiles.Of(ratios, fraction), 4);

    private static double? Latency(LatencyHistogram? latencies, double fraction)
        => latencies is null ? null : Math.Round(latencies.Percentile(fraction) / NanosecondsAMicrosecond, 1);
}

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
