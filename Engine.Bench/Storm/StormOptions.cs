namespace Engine.Mbufs.Bench.Storm;

/// <summary>What the command line of <c>storm</c> asks for.</summary>
internal sealed class StormOptions
{
    private const int LimitLeast = 1024;
    private const int LimitMost = 4 << 20;
    private const int SegmentsMost = 4096;
    private const int QuickLimit = 65_536;
    private const int QuickSegments = 1024;

    private int? _seconds;
    private int? _threads;
    private int? _limit;

    public IReadOnlyList<Scenario> Scenarios { get; private set; } = Scenario.All;

    public string? JsonPath { get; private set; }

    public bool IsQuick { get; private set; }

    public bool WantsHelp { get; private set; }

    /// <summary>Seconds for all scenarios together, without what setting up and checking takes.</summary>
    public int Seconds => _seconds ?? (IsQuick ? 15 : 120);

    /// <summary>How often each step is measured.</summary>
    public int Rounds => IsQuick ? 3 : 7;

    public StormSettings Settings => new(
        _threads ?? (IsQuick ? 4 : 8),
        _limit ?? (IsQuick ? QuickLimit : 1 << 20),
        IsQuick ? QuickSegments : SegmentsMost);

    public static string Help => $"""
        Loads the engine with threads, and shows how cost grows.

        usage: storm [--only SCENARIO]... [--seconds N] [--threads N] [--limit N] [--quick] [--json FILE]

          --only SCENARIO  only this scenario; may be given several times (default: all)
          --seconds N      time of all scenarios together, without setting up (default 120); a scenario that runs alone has all
                           of it: storm --only soak --seconds 3600
          --threads N      most threads of a step (default 8, whatever the number of processors)
          --limit N        most packets in flight and largest arena (default 1,048,576, which needs 7 GiB of free memory; what
                           does not fit is left out and named)
          --quick          less of everything, in half a minute
          --json FILE      write the results, too; "report" draws them

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
        """;

    public static StormOptions Parse(string[] arguments)
    {
        var options = new StormOptions();
        var only = new List<Scenario>();
        var reader = new ArgumentReader(arguments);
        while (reader.MoveNext())
        {
            switch (reader.Current)
            {
                case "--only":
                    only.Add(Scenario.Find(reader.Value()));
                    break;
                case "--seconds":
                    options._seconds = reader.Number(1, 86_400);
                    break;
                case "--threads":
                    options._threads = reader.Number(1, 32);
                    break;
                case "--limit":
                    options._limit = reader.Number(LimitLeast, LimitMost);
                    break;
                case "--quick":
                    options.IsQuick = true;
                    break;
                case "--json":
                    options.JsonPath = reader.Value();
                    break;
                case "--help" or "-h":
                    options.WantsHelp = true;
                    break;
                default:
                    throw new UsageException($"storm has no option '{reader.Current}'; see storm --help.");
            }
        }

        options.Scenarios = only.Count > 0 ? only.Distinct().ToList() : options.Scenarios;
        return options;
    }
}
