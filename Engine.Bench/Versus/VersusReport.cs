using System.Text.Json;

using static System.FormattableString;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>The results of <c>versus</c>, for people and for programs.</summary>
internal static class VersusReport
{
    /// <summary>Writes the table. A budget is a share of one peer's time, so only its row has it.</summary>
    public static void WriteTable(TextWriter output, IEnumerable<Comparison> comparisons)
    {
        output.WriteLine(
            $"{"work",-24} {"peer",-12} {"engine ns",9} {"peer ns",9} {"ratio",6}   {"quartiles",-13} "
            + $"{"must",5} {"goal",5}  {"managed B",9}");
        foreach (Comparison comparison in comparisons)
        {
            string line = $"{comparison.Work.Name,-24} {comparison.Peer,-12} "
                + Invariant($"{comparison.EngineNanoseconds,9:F2} {comparison.PeerNanoseconds,9:F2} ")
                + Invariant($"{comparison.Ratio(0.5),6:F3}   {comparison.Ratio(0.25):F3}-{comparison.Ratio(0.75):F3}   ")
                + Invariant($"{Share(comparison.Budget?.Must)} {Share(comparison.Budget?.Goal)}  ")
                + Invariant($"{comparison.EngineManagedBytes,9:0.####}  {Verdict(comparison)}");
            output.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Writes the JSON array.</summary>
    public static void WriteJson(string path, IEnumerable<Comparison> comparisons)
    {
        IEnumerable<Row> rows = comparisons.Select(comparison => new Row(
            comparison.Work.Name,
            comparison.Peer,
            Math.Round(comparison.EngineNanoseconds, 3),
            Math.Round(comparison.PeerNanoseconds, 3),
            Math.Round(comparison.Ratio(0.5), 4),
            Math.Round(comparison.Ratio(0.25), 4),
            Math.Round(comparison.Ratio(0.75), 4),
            comparison.EngineManagedBytes));
        ResultFile.WriteText(path, JsonSerializer.Serialize(rows, ResultFile.Json) + "\n");
    }

    private static string Share(double? budget) => budget is double share ? Invariant($"{share,5:0.###}") : "    -";

    /// <summary>
    /// What is to be noticed: a budget that was missed, with what was required; memory that the collector sees.
    /// </summary>
    private static string Verdict(Comparison comparison)
    {
        string managed = comparison.EngineManagedBytes > 0 ? "MANAGED MEMORY, required 0  " : "";
        if (comparison.Budget is not (double must, double goal, _))
        {
            return managed;
        }

        double ratio = comparison.Ratio(0.5);
        return managed + (ratio <= goal ? "within goal"
            : ratio <= must ? "within must"
            : Invariant($"OVER MUST, required {must:0.###}"));
    }

    private sealed record Row(
        string Work,
        string Peer,
        double EngineNs,
        double PeerNs,
        double Ratio,
        double RatioLow,
        double RatioHigh,
        double EngineManagedBytes);
}
