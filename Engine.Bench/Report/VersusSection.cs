namespace Engine.Mbufs.Bench.Report;

/// <summary>The engine beside its peers: a chart and a table for each peer.</summary>
internal sealed class VersusSection : ReportSection
{
    public const string Name = "versus";

    // Budgets are shares of its time.
    private const string Budgeted = "dpdk";

    private readonly List<VersusRow> _rows;

    public VersusSection(List<VersusRow> rows) : base(Name, null, null)
    {
        _rows = rows;
        Parts = [.. rows
            .GroupBy(static row => row.Peer)
            .OrderByDescending(static peer => peer.Key == Budgeted)
            .Select(static peer => MakePart(peer.Key, [.. peer]))];
    }

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

    public override IReadOnlyList<ReportPart> Parts { get; }

    private static ReportPart MakePart(string peer, List<VersusRow> rows)
    {
        var table = new DataTable(
            1, "work", "engine ns", peer + " ns", "ratio", "quartiles", "must", "goal", "managed B", "");
        var bars = new List<Bar>();
        foreach (VersusRow row in rows)
        {
            (double? must, double? goal) = Budget(row);
            (string style, string word) = Bar.Judge(row.Ratio, must, goal);
            string description = Work.All.FirstOrDefault(work => work.Name == row.Work)?.Description ?? "";
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
        Work? work = row.Peer == Budgeted ? Work.All.FirstOrDefault(work => work.Name == row.Work) : null;
        return (work?.Must, work?.Goal);
    }

    private static string Tooltip(VersusRow row, string description)
        => $"{row.Work}: {description}\nengine {Figure.Time(row.EngineNs)}, {row.Peer} {Figure.Time(row.PeerNs)} a packet\n"
            + $"ratio {Figure.Ratio(row.Ratio)}, quartiles {Figure.Range(row.RatioLow, row.RatioHigh)}";
}
