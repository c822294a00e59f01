using System.Xml.Linq;

using Engine.Mbufs.Bench.Storm;

namespace Engine.Mbufs.Bench.Report;

/// <summary>How cost grows: for each scenario a curve of growth, curves of latency, and a table.</summary>
internal sealed class StormSection(ResultMachine? machine, string? command, List<StormRow> rows) : ReportSection(StormCommand.Kind, machine, command)
{
    private const string InFlight = "in-flight";

    private const string Threads = "threads";

    // Its latencies are of thousands of operations, which says nothing that the cost does not.
    private const string Chain = "chain";

    private readonly List<StormRow> _rows = rows;

    public override int Rank => 1;
    public override string Title => "How cost grows";

    public override string Explanation
        => "Growth is the processor's time for a packet, over that of the first step of the series in the same round; points are "
            + "medians of the rounds, bars their quartiles. Latencies are those of bursts of 32 packets, waiting for a processor "
            + "included, as the scheduler of a shared machine gives them.";

    public override string Summary
    {
        get
        {
            long operations = _rows.Sum(static row => row.Operations);
            long wrong = _rows.Sum(static row => row.Wrong);
            long leaked = _rows.Sum(static row => row.Leaked);
            int problems = _rows.Sum(static row => row.Problems.Count);
            return $"{Figure.Count(operations)} operations: {Figure.Whole(wrong)} packets lost, doubled or spoiled, "
                + $"{Figure.Whole(leaked)} mbufs leaked, {problems} problems found by the audit, "
                + $"{Figure.Whole(_rows.Sum(static row => row.ManagedBytes))} managed bytes.";
        }
    }

    public override IReadOnlyList<ReportPart> Parts { get; } = [.. rows.GroupBy(static row => row.Scenario).Select(static scenario => MakePart(scenario.Key, [.. scenario]))];

    private static ReportPart MakePart(string name, List<StormRow> rows)
    {
        var figures = new List<XElement>();
        List<IGrouping<string, StormRow>> series = [.. rows.GroupBy(static row => row.Series)];
        long[] values = [.. rows.Select(static row => row.Value).Distinct().Order()];
        if (values.Length > 1)
        {
            figures.Add(Growth(name, rows[0].Parameter, values, series));
            figures.AddRange(series.Where(_ => name != Chain).Select(one => Latency(name, rows[0].Parameter, values, one)));
        }

        string description = Scenario.All.FirstOrDefault(scenario => scenario.Name == name)?.Description ?? "";
        return new ReportPart(name, description.Length > 0 ? $"{name}: {description}" : name, figures, MakeTable(rows));
    }

    private static XElement Growth(string name, string parameter, long[] values, List<IGrouping<string, StormRow>> series)
    {
        List<Curve> curves = [.. series.Select(one => new Curve(one.Key, [.. one.Select(row => new CurvePoint(
            Array.IndexOf(values, row.Value),
            row.Growth,
            row.GrowthLow,
            row.GrowthHigh,
            $"{row.Series}, {Figure.Whole(row.Value)} {row.Parameter}\n{Figure.Time(row.NsPerPacket)} "
                + $"({Figure.Time(row.NsLow)} to {Figure.Time(row.NsHigh)})\n{Figure.Ratio(row.Growth)} of the first, quartiles "
                + $"{Figure.Range(row.GrowthLow, row.GrowthHigh)}"))]))];
        return new CurveChart(
            $"{name}: cost over that of the first step",
            (parameter + " (logarithmic)", "growth (logarithmic)"),
            static value => Figure.Digits(value) + "×",
            CurvePlace.Logarithmic(values),
            curves,
            limits: name == InFlight ? GrowthLimit.Of(values, 1) : []).ToSvg();
    }

    private static XElement Latency(string name, string parameter, long[] values, IGrouping<string, StormRow> series)
    {
        (string Name, Func<StormRow, double> Value)[] percentiles =
        [
            ("p50", static row => row.P50Ns),
            ("p90", static row => row.P90Ns),
            ("p99", static row => row.P99Ns),
            ("p99.9", static row => row.P999Ns),
        ];
        CurvePoint PointOf(StormRow row, string percentile, double nanoseconds) => new(
            Array.IndexOf(values, row.Value),
            nanoseconds,
            nanoseconds,
            nanoseconds,
            $"{percentile} with {Figure.Whole(row.Value)} {row.Parameter}: {Figure.Time(nanoseconds)}");
        List<Curve> curves = [.. percentiles.Select(percentile => new Curve(
            percentile.Name,
            [.. series.Select(row => PointOf(row, percentile.Name, percentile.Value(row)))]))];
        return new CurveChart(
            $"{name}, {series.Key}: latency of a burst",
            (parameter + " (logarithmic)", "time of a burst (logarithmic)"),
            Figure.Time,
            CurvePlace.Logarithmic(values),
            curves,
            isOrdered: true).ToSvg();
    }

    private static DataTable MakeTable(List<StormRow> rows)
    {
        string parameter = rows[0].Parameter;
        string[] threads = parameter == Threads ? [] : [Threads];
        var table = new DataTable(
            1,
            [
                "series", parameter, .. threads, "a second", "ns each", "growth", "quartiles",
                "p50", "p90", "p99", "p99.9", "longest", "managed B", "denied", "wrong", "leaked",
            ]);
        foreach (StormRow row in rows)
        {
            table.Add(
            [
                row.Series,
                Figure.Whole(row.Value),
                .. threads.Select(_ => Figure.Whole(row.Threads)),
                Figure.Count(row.PerSecond),
                Figure.Digits(row.NsPerPacket),
                Figure.Fixed(row.Growth, 2),
                $"{Figure.Fixed(row.GrowthLow, 2)}–{Figure.Fixed(row.GrowthHigh, 2)}",
                Figure.Time(row.P50Ns),
                Figure.Time(row.P90Ns),
                Figure.Time(row.P99Ns),
                Figure.Time(row.P999Ns),
                Figure.Time(row.MaxNs),
                Figure.Whole(row.ManagedBytes),
                Figure.Whole(row.Denied),
                Figure.Whole(row.Wrong),
                Figure.Whole(row.Leaked),
            ]);
        }

        return table;
    }
}
