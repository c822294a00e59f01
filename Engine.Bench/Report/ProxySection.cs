using System.Xml.Linq;
using Engine.Mbufs.Bench.Proxy;

namespace Engine.Mbufs.Bench.Report;

/// <summary>Proxies under the same load: for each scenario the processor's time as ratios, latencies, and a table.</summary>
internal sealed class ProxySection(ResultMachine? machine, string? command, List<ProxyRow> rows) : ReportSection(Name, machine, command)
{
    public const string Name = "proxy";

    private const string Engine = "engine";
    private const string Reference = "haproxy";
    private const double NanosecondsAMicrosecond = 1e3;

    private readonly List<ProxyRow> _rows = rows;

    public override int Rank => 2;
    public override string Title => "Proxies under the same load";

    public override string Explanation
        => "All proxies get the same load in alternating bursts, over the loopback interface. A ratio is the processor's time "
            + "for the same work over that of HAProxy, without splice, in the same round: below 1 the proxy needs less.";

    public override string Summary
    {
        get
        {
            IEnumerable<string> ratios = _rows
                .Where(static row => row.Proxy == Engine && row.Ratio is not null)
                .Select(static row => $"{row.Scenario} {Figure.Ratio(row.Ratio!.Value)}");
            string all = string.Join(", ", ratios);
            return all.Length > 0
                ? $"The engine's proxy, as a share of HAProxy's processor time: {all}."
                : $"{_rows.Count} rows, without HAProxy to compare with.";
        }
    }

    public override IReadOnlyList<ReportPart> Parts { get; } = [.. rows.GroupBy(static row => row.Scenario).Select(static scenario => MakePart(scenario.Key, [.. scenario]))];

    private static ReportPart MakePart(string name, List<ProxyRow> rows)
    {
        var figures = new List<XElement>();
        List<Bar> bars = [.. rows.Where(static row => row.Ratio is not null && row.Proxy != Reference).Select(MakeBar)];
        if (bars.Count > 0)
        {
            figures.Add(new BarChart(
                $"{name}: processor time as a share of HAProxy's", "processor time / HAProxy's (1: as much)", bars).ToSvg());
        }

        List<Curve> latencies = [.. rows.Where(static row => row.LatencyP50Us is not null).Select(MakeCurve)];
        if (latencies.Count > 0)
        {
            figures.Add(new CurveChart(
                $"{name}: latency of a request",
                ("share of the requests that took no longer", "latency (logarithmic)"),
                Figure.Time,
                CurvePlace.Even("50 %", "90 %", "99 %", "99.9 %"),
                latencies).ToSvg());
        }

        string description = Bench.Proxy.Scenario.All.FirstOrDefault(scenario => scenario.Name == name)?.Description ?? "";
        return new ReportPart(name, description.Length > 0 ? $"{name}: {description}" : name, figures, MakeTable(rows));
    }

    private static Bar MakeBar(ProxyRow row)
    {
        double ratio = row.Ratio!.Value;
        (double? must, double? goal) = Budget(row);
        (string style, string word) = Bar.Judge(ratio, must, goal);
        double low = row.RatioLow ?? ratio;
        double high = row.RatioHigh ?? ratio;
        string cost = row.CpuPerRequestUs is double request ? $"{Figure.Digits(request)} µs of a processor for each request"
            : row.CpuPerGbS is double gigabyte ? $"{Figure.Digits(gigabyte)} s of a processor for each GB"
            : "";
        return new Bar(
            row.Proxy,
            ratio,
            low,
            high,
            must,
            goal,
            style,
            word,
            $"{row.Proxy}, {row.Scenario}: {cost}\nratio {Figure.Ratio(ratio)}, quartiles {Figure.Range(low, high)}");
    }

    private static Curve MakeCurve(ProxyRow row)
    {
        double?[] values = [row.LatencyP50Us, row.LatencyP90Us, row.LatencyP99Us, row.LatencyP999Us];
        string[] names = ["p50", "p90", "p99", "p99.9"];
        return new Curve(row.Proxy, [.. values
            .Select((value, place) => (Nanoseconds: value * NanosecondsAMicrosecond, Place: place))
            .Where(static point => point.Nanoseconds is not null)
            .Select(point => new CurvePoint(
                point.Place,
                point.Nanoseconds!.Value,
                point.Nanoseconds.Value,
                point.Nanoseconds.Value,
                $"{row.Proxy}, {names[point.Place]}: {Figure.Time(point.Nanoseconds.Value)}"))]);
    }

    /// <summary>What is required of the engine's proxy: small requests and bulk; nothing of what lies between.</summary>
    private static (double? Must, double? Goal) Budget(ProxyRow row)
        => row.Proxy != Engine ? (null, null)
            : row.Scenario.StartsWith("small-", StringComparison.Ordinal) ? (1.0, 0.95)
            : row.Scenario.StartsWith("bulk-", StringComparison.Ordinal) ? (0.8, 0.7)
            : (null, null);

    private static DataTable MakeTable(List<ProxyRow> rows)
    {
        var table = new DataTable(
            1, "proxy", "requests/s", "MB/s", "CPU µs/request", "CPU s/GB", "ratio", "quartiles",
            "p50", "p90", "p99", "p99.9", "GCs", "managed B", "peak memory");
        foreach (ProxyRow row in rows)
        {
            table.Add(
                row.Proxy,
                Cell(row.RequestsPerSecond, static value => Figure.Whole((long)value)),
                Figure.Whole((long)(row.BytesPerSecond / 1e6)),
                Cell(row.CpuPerRequestUs, Figure.Digits),
                Cell(row.CpuPerGbS, Figure.Digits),
                Cell(row.Ratio, Figure.Ratio),
                row.RatioLow is double low && row.RatioHigh is double high ? Figure.Range(low, high) : "",
                Latency(row.LatencyP50Us),
                Latency(row.LatencyP90Us),
                Latency(row.LatencyP99Us),
                Latency(row.LatencyP999Us),
                Cell(row.GcCollections, static value => Figure.Whole((long)value)),
                Cell(row.ManagedBytes, static value => Figure.Whole((long)value)),
                Figure.Bytes(row.PeakMemoryBytes));
        }

        return table;
    }

    private static string Latency(double? microseconds) => Cell(microseconds * NanosecondsAMicrosecond, Figure.Time);

    private static string Cell(double? value, Func<double, string> format) => value is double number ? format(number) : "";
}
