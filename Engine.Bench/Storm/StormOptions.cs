using System.CommandLine;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>What the command line of <c>storm</c> asks for.</summary>
internal sealed class StormOptions(ParseResult said)
{
    private const int LimitLeast = 1024;
    private const int LimitMost = 4 << 20;
    private const int SegmentsMost = 4096;
    private const int QuickLimit = 65_536;
    private const int QuickSegments = 1024;

    private static readonly OptionSet s_set = new(
        "storm",
        "Loads the engine with threads, and shows how cost grows.",
        static () => $"""
            examples
              storm --json storm.json
              storm --only soak --seconds 3600

            scenarios
            {string.Join('\n', Scenario.All.Select(scenario => $"  {scenario.Name,-12}{scenario.Description}"))}

            The steps of a scenario are measured in turn, in several rounds. "ns" is the time of a processor for one packet (one
            operation of a chain, one segment of a walk; on Linux, time in which the thread did not run is left out): the median of a
            thread's own repetitions where threads work each for itself, else that of all threads together, waiting in loops
            included. "growth" is that over the first step of the series in the same round, median of the rounds, with its quartiles.
            Latencies are of whole bursts: 32 packets, of which one in 31 is timed, or 1,024 operations of a chain.

            Every payload carries a number that is looked for at the other end. A packet that is lost, doubled, spoiled or leaked,
            and an arena whose audit fails, is named and makes the exit code 1. Denied allocations are expected of exhaustion and
            soak.
            """,
        lastCounts: true);

    private static readonly Option<IReadOnlyList<Scenario>?> s_only = s_set.List(
        "--only", "SCENARIO", "only this scenario; may be given several times [default: all]", Scenario.Find);

    private static readonly Option<int?> s_seconds = s_set.Number(
        "--seconds", "N", "time of all scenarios together, without setting up; one that runs alone has all of it [default: 120]", 1, 86_400);

    private static readonly Option<int?> s_threads = s_set.Number(
        "--threads", "N", "most threads of a step [default: 8, whatever the number of processors]", 1, 32);

    private static readonly Option<int?> s_limit = s_set.Number(
        "--limit",
        "N",
        "most packets in flight and largest arena; what does not fit is left out and named [default: 1,048,576, which needs 7 GiB of "
            + "free memory]",
        LimitLeast,
        LimitMost);

    private static readonly Option<bool> s_quick = s_set.Switch("--quick", "less of everything, in half a minute");

    private static readonly Option<string?> s_json = s_set.Text("--json", "FILE", "write the results, too; \"report\" draws them");

    public IReadOnlyList<Scenario> Scenarios { get; } = said.GetValue(s_only)?.Distinct().ToList() ?? Scenario.All;

    public string? JsonPath { get; } = said.GetValue(s_json);

    public bool IsQuick { get; } = said.GetValue(s_quick);

    public bool WantsHelp { get; } = s_set.AsksForHelp(said);

    /// <summary>Seconds for all scenarios together, without what setting up and checking takes.</summary>
    public int Seconds { get; } = said.GetValue(s_seconds) ?? (said.GetValue(s_quick) ? 15 : 120);

    /// <summary>How often each step is measured.</summary>
    public int Rounds => IsQuick ? 3 : 7;

    public StormSettings Settings { get; } = new(
        said.GetValue(s_threads) ?? (said.GetValue(s_quick) ? 4 : 8),
        said.GetValue(s_limit) ?? (said.GetValue(s_quick) ? QuickLimit : 1 << 20),
        said.GetValue(s_quick) ? QuickSegments : SegmentsMost);

    public static string Help => s_set.Help;

    public static StormOptions Parse(string[] arguments) => new(s_set.Parse(arguments));
}
