namespace Engine.Mbufs.Bench.Report;

/// <summary>Instructions of each operation beside the accepted ones.</summary>
internal sealed class GateSection(ResultMachine? machine, string? command, string? outcome, List<GateRow> rows) : ReportSection(Name, machine, command)
{
    public const string Name = "gate";

    private const double Allowed = 0.02;

    private readonly List<GateRow> _rows = rows;
    private readonly string? _outcome = outcome;

    public override int Rank => 3;
    public override string Title => "Instructions counted";

    public override string Explanation
        => "Instructions that one operation executes, counted under callgrind: the same in every run, whatever else the machine "
            + "does. The baseline is what was accepted for this runtime and instruction set; growth of more than 2 % fails.";

    public override string Summary
        => $"{_rows.Count} operations, {_rows.Count(static row => row.Growth > Allowed)} grown by more than 2 %."
            + (_outcome is null ? "" : $" Outcome: {_outcome.Replace('_', ' ')}.");

    public override IReadOnlyList<ReportPart> Parts { get; } = [new ReportPart("counts", "Instructions of an operation", [], MakeTable(rows))];

    private static DataTable MakeTable(List<GateRow> rows)
    {
        var table = new DataTable(1, "operation", "baseline", "now", "growth", "");
        foreach (GateRow row in rows)
        {
            string remark = row.Before is null ? "not in the baseline"
                : row.Now is null ? "not counted"
                : row.Growth > Allowed ? "grown"
                : "";
            table.Add(
                row.Kernel,
                row.Before is double before ? Count(before) : "",
                row.Now is double now ? Count(now) : "",
                row.Growth is double growth ? Figure.Fixed(growth * 100, 1) + " %" : "",
                remark);
        }

        return table;
    }

    private static string Count(double instructions)
        => instructions.ToString("#,0.##", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A row of <c>gate</c>, by the names of its JSON.</summary>
internal sealed record GateRow(string Kernel, double? Before, double? Now, double? Growth);
