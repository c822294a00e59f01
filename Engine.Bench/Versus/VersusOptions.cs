using System.CommandLine;

using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>What the command line of <c>versus</c> asks for.</summary>
internal sealed class VersusOptions(ParseResult said)
{
    private const int RoundsUsual = 5;
    private const int RoundsQuick = 2;
    private const int MillisecondsUsual = 200;
    private const int MillisecondsQuick = 60;

    private static readonly OptionSet s_set = new(
        "versus",
        "The same work by the engine and by every peer on this machine, in alternating processes on one core.",
        static () => $"""
            examples
              versus --json versus.json
              versus --only burst32 --peer dpdk --quick
              versus --before HEAD~10 --peer before

            A ratio is engine time over peer time in one round; shown is the median over the rounds, with its quartiles. In each
            round DPDK runs before and after the engine, and the faster of the two counts; of several ways to do a work, it takes
            the fastest. "must" and "goal" are the most that the ratio to DPDK may be; what is over must is marked. Peers that are
            missing, and works that this machine cannot do, are named and left out.

            works
            {string.Join('\n', OperationFamily.Compared.Select(work => $"  {work.Name,-25}{work.Text}"))}

            peers
              {PeerNames.Dpdk,-14}DPDK's rte_mbuf, built here: apt-get install libdpdk-dev gcc pkg-config (Linux)
              {PeerNames.DpdkByHand,-14}the same without the library's functions: fields set by hand, its code repeated inline for this processor
            {string.Join('\n', Side.Peers.Select(side => $"  {side.Name,-14}{side.Summary}"))}
              {PeerNames.Self,-14}the engine at the smallest work of the family: how cost grows with packets or segments
              {PeerNames.Before,-14}the engine of the checkout that --before names
            """,
        lastCounts: true);

    private static readonly Option<IReadOnlyList<Operation>?> s_only = s_set.List(
        "--only", "WORK", "only this work; may be given several times [default: all]", OperationFamily.FindCompared);

    private static readonly Option<IReadOnlyList<string>?> s_peers = s_set.List(
        "--peer", "PEER", "only against this peer; may be given several times [default: all]", PeerNames.Find);

    private static readonly Option<int?> s_rounds = s_set.Number(
        "--rounds", "N", $"how often each side is measured, each time in fresh processes [default: {RoundsUsual}]", 1, 1000);

    private static readonly Option<int?> s_milliseconds = s_set.Number(
        "--milliseconds", "N", $"how long each process measures, after warming up [default: {MillisecondsUsual}]", 1, 60_000);

    private static readonly Option<bool> s_quick = s_set.Switch(
        "--quick", $"a first look: {RoundsQuick} rounds of {MillisecondsQuick} ms; options behind it count more");

    private static readonly Option<string?> s_before = s_set.Text(
        "--before",
        "CHECKOUT",
        "also against the engine of another checkout, by its own verb measure: a folder, which is built where it is, or a commit of this "
            + $"repository; --peer {PeerNames.Before} leaves the others out");

    private static readonly Option<string?> s_json = s_set.Value(
        "--json", "FILE", "write the results, too, as an array of objects", FileIn);

    public IReadOnlyList<Operation> Works { get; } = said.GetValue(s_only) is { } only ? [.. OperationFamily.Compared.Where(only.Contains)] : OperationFamily.Compared;

    public IReadOnlyList<string> Peers { get; } = said.GetValue(s_peers) ?? PeerNames.All;

    public int Rounds { get; } = Behind(said, s_rounds, RoundsUsual, RoundsQuick);

    public int Milliseconds { get; } = Behind(said, s_milliseconds, MillisecondsUsual, MillisecondsQuick);

    /// <summary>Another checkout to compare with: a folder, or a commit; null for none.</summary>
    public string? Before { get; } = said.GetValue(s_before);

    public string? JsonPath { get; } = said.GetValue(s_json);

    public bool WantsHelp { get; } = s_set.AsksForHelp(said);

    public static string Help => s_set.Help;

    public static VersusOptions Parse(string[] arguments)
    {
        var options = new VersusOptions(s_set.Parse(arguments));
        return options.Before is null && options.Peers != PeerNames.All && options.Peers.Contains(PeerNames.Before)
            ? throw new UsageException($"--peer {PeerNames.Before} needs --before CHECKOUT.")
            : options;
    }

    /// <summary>The value of an option that stands behind --quick, or without it.</summary>
    private static int Behind(ParseResult said, Option<int?> option, int usual, int quickly)
    {
        string[] words = [.. said.Tokens.Select(static token => token.Value)];
        int quick = Array.LastIndexOf(words, s_quick.Name);
        return Array.LastIndexOf(words, option.Name) > quick ? said.GetValue(option) ?? usual : quick >= 0 ? quickly : usual;
    }

    /// <summary>A path to write to at the end; found out now, not then.</summary>
    private static string FileIn(string path)
        => Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))
            ? path
            : throw new UsageException($"--json needs a file in a folder that is there, not '{path}'.");
}
