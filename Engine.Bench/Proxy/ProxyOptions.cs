using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>What the command line of <c>proxy</c> asks for.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ProxyOptions
{
    private const int QuickRounds = 3;
    private const double QuickBurstSeconds = 0.2;
    private const double LongestBurst = 60;
    private const double ShortestBurst = 0.05;

    public IReadOnlyList<Scenario> Scenarios { get; private set; } = Scenario.All;

    public IReadOnlyList<ProxyPeer> Proxies { get; private set; } = ProxyPeer.All;

    public int Rounds { get; private set; } = 15;

    public double BurstSeconds { get; private set; } = 0.4;

    /// <summary>How long each of the bursts takes that warm up a .NET proxy.</summary>
    public TimeSpan WarmUp { get; private set; } = TimeSpan.FromSeconds(0.5);

    public string? JsonPath { get; private set; }

    public bool WantsHelp { get; private set; }

    public static string Help => $"""
        samples/Proxy and every other proxy on this machine under the same load, in alternating bursts. Linux, two cores.

        usage: proxy [--only SCENARIO]... [--proxies NAME,...] [--rounds N] [--burst-seconds N] [--quick] [--json FILE]

          --only SCENARIO    only this scenario; may be given several times (default: all)
          --proxies NAME,... only these proxies (default: all that are installed)
          --rounds N         bursts of each proxy in each scenario (default 15)
          --burst-seconds N  how long a burst is measured (default 0.4)
          --quick            {QuickRounds} rounds of {QuickBurstSeconds} s: a minute instead of five, and wide quartiles
          --json FILE        write the results, too

        Proxies run on one core, each with one thread of work, and the load on another. In each round every proxy has one burst,
        right after the one before; CPU is the user and system time of its process for the same work, and a ratio that to
        haproxy's in the same round: shown is the median over the rounds, with its quartiles. Every response's length is
        checked, the bytes of small ones always and those of large ones in a burst before the first round.
        The load generator and the origin are built in. Proxies that are missing are named and left out, with what to install.
        Without haproxy there are no ratios.

        scenarios
        {string.Join('\n', Scenario.All.Select(scenario => $"  {scenario.Name,-16}{scenario.Description}"))}

        proxies
          engine          samples/Proxy, one worker
          haproxy         without splice, one thread: apt-get install haproxy
          haproxy-splice  with splice in both directions
          nginx           its stream module, one process: apt-get install nginx libnginx-mod-stream
          copytoasync     samples/BaselineProxies: sockets and Stream.CopyToAsync
          pipelines       samples/BaselineProxies: Kestrel's connections and System.IO.Pipelines

        Exit codes: 0 done, 1 failed or interrupted, 2 wrong usage.
        """;

    public static ProxyOptions Parse(string[] arguments)
    {
        var options = new ProxyOptions();
        var only = new List<Scenario>();
        int? rounds = null;
        double? seconds = null;
        bool isQuick = false;
        var reader = new ArgumentReader(arguments);
        while (reader.MoveNext())
        {
            switch (reader.Current)
            {
                case "--only":
                    only.Add(Scenario.Find(reader.Value()));
                    break;
                case "--proxies":
                    options.Proxies = [.. reader.Value().Split(',').Select(ProxyPeer.Find).Distinct()];
                    break;
                case "--rounds":
                    rounds = reader.Number(1, 1000);
                    break;
                case "--burst-seconds":
                    seconds = reader.Fraction(ShortestBurst, LongestBurst);
                    break;
                case "--quick":
                    isQuick = true;
                    break;
                case "--json":
                    options.JsonPath = Writable(reader.Value());
                    break;
                case "--help" or "-h":
                    options.WantsHelp = true;
                    break;
                default:
                    throw new UsageException($"proxy has no option '{reader.Current}'; see proxy --help.");
            }
        }

        options.Scenarios = only.Count > 0 ? [.. only.Distinct()] : options.Scenarios;
        options.Rounds = rounds ?? (isQuick ? QuickRounds : options.Rounds);
        options.WarmUp = isQuick ? TimeSpan.FromSeconds(QuickBurstSeconds) : options.WarmUp;
        options.BurstSeconds = seconds ?? (isQuick ? QuickBurstSeconds : options.BurstSeconds);
        return options;
    }

    /// <summary>Before minutes of measuring, not after.</summary>
    private static string Writable(string path)
        => Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) && !Directory.Exists(path)
            ? path
            : throw new UsageException($"--json needs a file in a folder that is there, not '{path}'.");
}
