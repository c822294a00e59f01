using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>What the command line of <c>proxy</c> asks for.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ProxyOptions(ParseResult said)
{
    private const int RoundsUsual = 15;
    private const int RoundsQuick = 3;
    private const double BurstUsual = 0.4;
    private const double BurstQuick = 0.2;
    private const double BurstShortest = 0.05;
    private const double BurstLongest = 60;
    private const double WarmUpUsual = 0.5;

    private static readonly OptionSet s_set = new(
        "proxy",
        "samples/Proxy and every other proxy on this machine under the same load, in alternating bursts. Linux, two cores.",
        static () => $"""
            examples
              proxy --json proxy.json
              proxy --only small-64 --proxies engine,haproxy --quick

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
            """,
        lastCounts: true);

    private static readonly Option<IReadOnlyList<Scenario>?> s_only = s_set.List(
        "--only", "SCENARIO", "only this scenario; may be given several times [default: all]", Scenario.Find);

    private static readonly Option<IReadOnlyList<ProxyPeer>?> s_proxies = s_set.Value<IReadOnlyList<ProxyPeer>>(
        "--proxies",
        "NAME,...",
        "only these proxies [default: all that are installed]",
        static written => [.. written.Split(',').Select(ProxyPeer.Find).Distinct()]);

    private static readonly Option<int?> s_rounds = s_set.Number(
        "--rounds", "N", $"bursts of each proxy in each scenario [default: {RoundsUsual}]", 1, 1000);

    private static readonly Option<double?> s_seconds = s_set.Value<double?>(
        "--burst-seconds", "N", FormattableString.Invariant($"how long a burst is measured [default: {BurstUsual}]"), Seconds);

    private static readonly Option<bool> s_quick = s_set.Switch(
        "--quick",
        FormattableString.Invariant($"{RoundsQuick} rounds of {BurstQuick} s: a minute instead of five, and wide quartiles"));

    private static readonly Option<string?> s_json = s_set.Value("--json", "FILE", "write the results, too", Writable);

    public IReadOnlyList<Scenario> Scenarios { get; } = said.GetValue(s_only)?.Distinct().ToList() ?? Scenario.All;

    public IReadOnlyList<ProxyPeer> Proxies { get; } = said.GetValue(s_proxies) ?? ProxyPeer.All;

    public int Rounds { get; } = said.GetValue(s_rounds) ?? (said.GetValue(s_quick) ? RoundsQuick : RoundsUsual);

    public double BurstSeconds { get; } = said.GetValue(s_seconds) ?? (said.GetValue(s_quick) ? BurstQuick : BurstUsual);

    /// <summary>How long each of the bursts takes that warm up a .NET proxy.</summary>
    public TimeSpan WarmUp { get; } = TimeSpan.FromSeconds(said.GetValue(s_quick) ? BurstQuick : WarmUpUsual);

    public string? JsonPath { get; } = said.GetValue(s_json);

    public bool WantsHelp { get; } = s_set.AsksForHelp(said);

    public static string Help => s_set.Help;

    public static ProxyOptions Parse(string[] arguments) => new(s_set.Parse(arguments));

    private static double? Seconds(string written)
        => double.TryParse(written, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && number is >= BurstShortest and <= BurstLongest
            ? number
            : throw new UsageException(FormattableString.Invariant(
                $"--burst-seconds: '{written}' is not a number, such as 0.5, from {BurstShortest} to {BurstLongest}"));

    /// <summary>Before minutes of measuring, not after.</summary>
    private static string Writable(string path)
        => Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) && !Directory.Exists(path)
            ? path
            : throw new UsageException($"--json needs a file in a folder that is there, not '{path}'.");
}
