using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>Works that differ in a number only, such as packets in flight: what becomes of both sides as it grows.</summary>
internal static class VersusGrowth
{
    /// <summary>A plot for each family of works of which there are at least three.</summary>
    public static IEnumerable<XElement> Charts(string peer, IEnumerable<VersusRow> rows) => rows
        .Select(static row => (Row: row, Work: Work.All.FirstOrDefault(work => work.Name == row.Work)))
        .Where(static entry => entry.Work is { Number: > 0 })
        .GroupBy(static entry => entry.Work!.Family, static entry => (entry.Row, Number: (long)entry.Work!.Number))
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
