using System.Globalization;
using System.Text.Json;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>The results of <c>gate</c>, for people and for programs.</summary>
internal static class GateReport
{
    /// <summary>Instructions of one operation, before and now.</summary>
    public static void WriteTable(TextWriter output, IEnumerable<Comparison> comparisons)
    {
        output.WriteLine($"{"kernel",-22} {"before",11} {"now",11} {"growth",8}");
        foreach (Comparison comparison in comparisons)
        {
            string growth = comparison.Growth?.ToString("+0.0 %;-0.0 %;0.0 %", CultureInfo.InvariantCulture) ?? "-";
            string line = $"{comparison.Kernel,-22} {Number(comparison.Before),11} {Number(comparison.Now),11} {growth,8}"
                + $"  {Remark(comparison)}";
            output.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Writes everything as JSON.</summary>
    public static void WriteJson(
        string path,
        IEnumerable<string> arguments,
        CountingEnvironment environment,
        GateOutcome outcome,
        IReadOnlyList<Comparison> comparisons)
    {
        var result = new
        {
            Kind = "gate",
            Machine = Machine.Describe(),
            Command = ResultFile.Command("gate", arguments),
            Baseline = environment,
            Outcome = JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()),
            Rows = comparisons.Select(static row => new
            {
                row.Kernel,
                row.Before,
                row.Now,
                Growth = row.Growth is decimal growth ? Math.Round(growth, 6) : (decimal?)null,
            }),
        };
        ResultFile.WriteText(path, JsonSerializer.Serialize(result, ResultFile.Json) + "\n");
    }

    private static string Number(decimal? count) => count?.ToString("0.####", CultureInfo.InvariantCulture) ?? "-";

    private static string Remark(Comparison comparison)
        => comparison.Before is null ? "not in the baseline"
        : comparison.Now is null ? "not counted"
        : comparison.IsGrown ? "grown"
        : "";
}
