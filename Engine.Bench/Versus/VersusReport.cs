using System.Globalization;
using System.Text.Json;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>The results of <c>versus</c>, for people and for programs.</summary>
internal static class VersusReport
{
    private const string Dpdk = "dpdk";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Writes the table. The budgets are shares of DPDK's time, so only its rows have them.</summary>
    public static void WriteTable(TextWriter output, IEnumerable<Comparison> comparisons)
    {
        output.WriteLine(
            $"{"work",-23} {"peer",-10} {"engine ns",9} {"peer ns",8} {"ratio",6}   {"quartiles",-13} "
            + $"{"must",5} {"goal",5}  {"managed B",9}");
        foreach (Comparison comparison in comparisons)
        {
            string budget = comparison.Peer == Dpdk
                ? Invariant($"{comparison.Work.Must,5:F2} {comparison.Work.Goal,5:F2}")
                : "    -     -";
            string line = $"{comparison.Work.Name,-23} {comparison.Peer,-10} "
                + Invariant($"{comparison.EngineNanoseconds,9:F2} {comparison.PeerNanoseconds,8:F2} ")
                + Invariant($"{comparison.Ratio(0.5),6:F3}   {comparison.Ratio(0.25):F3}-{comparison.Ratio(0.75):F3}   ")
                + Invariant($"{budget}  {comparison.EngineManagedBytes,9:0.####}  {Verdict(comparison)}");
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
        try
        {
            File.WriteAllText(path, JsonSerializer.Serialize(rows, s_json) + "\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"The results could not be written to {path}: {failure.Message}");
        }
    }

    private static string Verdict(Comparison comparison)
    {
        double ratio = comparison.Ratio(0.5);
        return comparison.Peer != Dpdk ? ""
            : ratio <= comparison.Work.Goal ? "within goal"
            : ratio <= comparison.Work.Must ? "within must"
            : "over must";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

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
