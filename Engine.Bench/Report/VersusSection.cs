using System.Xml.Linq;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Report;

/// <summary>The engine beside its peers: a chart and a table for each peer.</summary>
internal sealed class VersusSection(List<VersusRow> rows) : ReportSection(Name, null, null)
{
    public const string Name = "versus";

    // Budgets are shares of its time.
    private const string Budgeted = "dpdk";

    private readonly List<VersusRow> _rows = rows;

    public override int Rank => 0;
    public override string Title => "The engine and its peers";

    public override string Explanation
        => "The same work in alternating processes on one core. A ratio is the engine's time over the peer's in one round: "
            + "below 1 the engine is faster. Shown is the median over the rounds, with its quartiles. Budgets are shares of "
            + "DPDK's time.";

    public override string Summary
    {
        get
        {
            List<(VersusRow Row, double Must, double Goal)> budgeted = [.. _rows
                .Select(static row => (row, Budget(row).Must, Budget(row).Goal))
                .Where(static entry => entry.Must is not null && entry.Goal is not null)
                .Select(static entry => (entry.row, entry.Must!.Value, entry.Goal!.Value))];
            string managed = _rows.Exists(static row => row.EngineManagedBytes > 0)
                ? $"{_rows.Count(static row => row.EngineManagedBytes > 0)} rows show managed memory."
                : "No managed memory.";
            string peers = string.Join(", ", Parts.Select(static part => part.Name));
            return budgeted.Count == 0
                ? $"{_rows.Count} comparisons with {peers}. {managed}"
                : $"{_rows.Count} comparisons with {peers}. Of {budgeted.Count} works with a budget, "
                    + $"{budgeted.Count(static entry => entry.Row.Ratio <= entry.Must)} are within their must, and "
                    + $"{budgeted.Count(static entry => entry.Row.Ratio <= entry.Goal)} within their goal. {managed}";
        }
    }

    public override IReadOnlyList<ReportPart> Parts { get; } = [.. rows
        .GroupBy(static row => row.Peer)
        .OrderByDescending(static peer => peer.Key == Budgeted)
        .Select(static peer => MakePart(peer.Key, [.. peer]))];

    private static ReportPart MakePart(string peer, List<VersusRow> rows)
    {
        var table = new DataTable(
            1, "work", "engine ns", peer + " ns", "ratio", "quartiles", "must", "goal", "managed B", "");
        var bars = new List<Bar>();
        foreach (VersusRow row in rows)
        {
            (double? must, double? goal) = Budget(row);
            (string style, string word) = Bar.Judge(row.Ratio, must, goal);
            string description = OperationFamily.Compared.FirstOrDefault(work => work.Name == row.Work)?.Text ?? "";
            string tooltip = Tooltip(row, description);
            bars.Add(new Bar(row.Work, row.Ratio, row.RatioLow, row.RatioHigh, must, goal, style, word, tooltip));
            table.Add(
                row.Work,
                Figure.Digits(row.EngineNs),
                Figure.Digits(row.PeerNs),
                Figure.Ratio(row.Ratio),
                Figure.Range(row.RatioLow, row.RatioHigh),
                must is double most ? Figure.Digits(most) : "",
                goal is double aim ? Figure.Digits(aim) : "",
                Figure.Digits(row.EngineManagedBytes),
                word);
        }

        var chart = new BarChart(
            $"Time of the engine as a share of that of {peer}", $"engine time / {peer} time (1: as fast)", bars);
        return new ReportPart(peer, $"Beside {peer}", [chart.ToSvg(), .. VersusGrowth.Charts(peer, rows)], table);
    }

    private static (double? Must, double? Goal) Budget(VersusRow row)
    {
        Budget? budget = OperationFamily.Compared.FirstOrDefault(work => work.Name == row.Work)?.Budget;
        return budget?.Peer == row.Peer ? (budget.Must, budget.Goal) : (null, null);
    }

    private static string Tooltip(VersusRow row, string description)
        => $"{row.Work}: {description}\nengine {Figure.Time(row.EngineNs)}, {row.Peer} {Figure.Time(row.PeerNs)} a packet\n"
            + $"ratio {Figure.Ratio(row.Ratio)}, quartiles {Figure.Range(row.RatioLow, row.RatioHigh)}";
}

/// <summary>Works that differ in a number only, such as packets in flight: what becomes of both sides as it grows.</summary>
internal static class VersusGrowth
{
    /// <summary>A plot for each family of works of which there are at least three.</summary>
    public static IEnumerable<XElement> Charts(string peer, IEnumerable<VersusRow> rows) => rows
        .Select(static row => (Row: row, Work: OperationFamily.Compared.FirstOrDefault(work => work.Name == row.Work)))
        .Where(static entry => entry.Work is { Number: > 0 })
        .GroupBy(static entry => entry.Work!.Series, static entry => (entry.Row, Number: (long)entry.Work!.Number))
        .Where(static family => family.Count() > 2)
        .Select(family => Chart(peer, family.Key, [.. family.OrderBy(static entry => entry.Number)]));

    private static XElement Chart(string peer, string family, (VersusRow Row, long Number)[] works)
    {
        Curve CurveOf(string side, Func<VersusRow, double> time) => new(side, [.. works.Select((work, place) => new CurvePoint(
            place,
            time(work.Row),
            time(work.Row),
            time(work.Row),
            $"{side}, {work.Row.Work}: {Figure.Time(time(work.Row))}"))]);
        long[] numbers = [.. works.Select(static work => work.Number)];
        bool isInFlight = family.StartsWith("inflight", StringComparison.Ordinal);
        return new CurveChart(
            $"{family}: time as {(isInFlight ? "more are in flight" : "the packet gets longer")}",
            (isInFlight ? "packets in flight (logarithmic)" : "segments (logarithmic)", "time each (logarithmic)"),
            Figure.Time,
            CurvePlace.Logarithmic(numbers),
            [CurveOf("engine", static row => row.EngineNs), CurveOf(peer, static row => row.PeerNs)],
            limits: isInFlight ? GrowthLimit.Of(numbers, works[0].Row.EngineNs) : []).ToSvg();
    }
}

/// <summary>A row of <c>versus</c>, by the names of its JSON.</summary>
internal sealed record VersusRow(
    string Work,
    string Peer,
    double EngineNs,
    double PeerNs,
    double Ratio,
    double RatioLow,
    double RatioHigh,
    double EngineManagedBytes);

/// <summary>How much more a packet may cost when more of them are in flight, where huge pages are to be had.</summary>
internal static class GrowthLimit
{
    private const long First = 1024;
    private const long InCaches = 65_536;
    private const long Beyond = 1_048_576;
    private const double MostInCaches = 1.5;
    private const double MostBeyond = 3;

    /// <summary>The limits for numbers of packets; none if they do not start where the limits do.</summary>
    public static List<CurveLimit> Of(long[] numbers, double cost)
    {
        var limits = new List<CurveLimit>();
        int inCaches = Array.FindLastIndex(numbers, static number => number <= InCaches);
        int beyond = Array.IndexOf(numbers, Beyond);
        if (numbers.Length == 0 || numbers[0] != First)
        {
            return limits;
        }

        if (inCaches > 0)
        {
            limits.Add(new CurveLimit(0, inCaches, MostInCaches * cost, "at most 1.5× up to 64 K"));
        }

        if (beyond > 0)
        {
            limits.Add(new CurveLimit(beyond, beyond, MostBeyond * cost, "at most 3×"));
        }

        return limits;
    }
}
