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

/// <summary>A kernel's count beside the one that was accepted.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Before">Instructions of one operation in the baseline; null if it is not there.</param>
/// <param name="Now">Instructions of one operation as counted; null if there is no such kernel any more.</param>
internal sealed record Comparison(string Kernel, decimal? Before, decimal? Now)
{
    /// <summary>What is let pass: 2 %.</summary>
    private const decimal Allowed = 0.02m;

    /// <summary>Growth as a fraction of before; null if there is nothing to compare.</summary>
    public decimal? Growth => Before is > 0 && Now is not null ? (Now / Before) - 1 : null;

    /// <summary>True if it takes more than 2 % more.</summary>
    public bool IsGrown => Before is decimal before && Now is decimal now && now > before * (1 + Allowed);

    /// <summary>True if it takes less than was accepted: by so much could it grow again unnoticed.</summary>
    public bool IsShrunk => Now < Before;

    /// <summary>True if it is in the baseline and not counted, or the reverse.</summary>
    public bool IsMissing => Before is null || Now is null;

    /// <summary>Compares counts with a baseline.</summary>
    public static IReadOnlyList<Comparison> Of(
        IReadOnlyDictionary<string, decimal> baseline, IReadOnlyList<Count> counts, bool isPart)
    {
        IEnumerable<Comparison> counted = counts.Select(count => new Comparison(
            count.Kernel,
            baseline.TryGetValue(count.Kernel, out decimal before) ? before : null,
            count.Instructions));
        IEnumerable<Comparison> gone = baseline
            .Where(entry => !isPart && counts.All(count => count.Kernel != entry.Key))
            .Select(static entry => new Comparison(entry.Key, entry.Value, null));
        return [.. counted, .. gone];
    }
}

/// <summary>How a comparison ended: the exit codes of the verb <c>gate</c>. 1 and 2 are those of every verb.</summary>
internal enum GateOutcome
{
    /// <summary>No kernel takes more than 2 % more than was accepted.</summary>
    Same = 0,

    /// <summary>A kernel does.</summary>
    Grown = 3,

    /// <summary>Nothing was accepted yet for this runtime and instruction set.</summary>
    NoBaseline = 4,

    /// <summary>A kernel of the baseline was not counted, or the reverse.</summary>
    KernelMissing = 5,

    /// <summary>Code was counted that the JIT has not optimised.</summary>
    MinOpts = 6,

    /// <summary>There is nothing to count with.</summary>
    NoValgrind = 7,
}
