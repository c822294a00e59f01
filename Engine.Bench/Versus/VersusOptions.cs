using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>What the command line of <c>versus</c> asks for.</summary>
internal sealed class VersusOptions
{
    private const int RoundsUsual = 5;
    private const int RoundsQuick = 2;
    private const int MillisecondsUsual = 200;
    private const int MillisecondsQuick = 60;

    public IReadOnlyList<Operation> Works { get; private set; } = OperationFamily.Compared;

    public IReadOnlyList<string> Peers { get; private set; } = PeerNames.All;

    /// <summary>Another checkout to compare with: a folder, or a commit; null for none.</summary>
    public string? Before { get; private set; }

    public string? JsonPath { get; private set; }

    public int Rounds { get; private set; } = RoundsUsual;

    public int Milliseconds { get; private set; } = MillisecondsUsual;

    public bool WantsHelp { get; private set; }

    public static string Help => $"""
        The same work by the engine and by every peer on this machine, in alternating processes on one core.

        usage: versus [--only WORK]... [--peer PEER]... [--rounds N] [--milliseconds N] [--quick] [--before CHECKOUT]
                      [--json FILE]

          --only WORK       only this work; may be given several times (default: all)
          --peer PEER       only against this peer; may be given several times (default: all)
          --rounds N        how often each side is measured, each time in fresh processes (default {RoundsUsual})
          --milliseconds N  how long each process measures, after warming up (default {MillisecondsUsual})
          --quick           a first look: {RoundsQuick} rounds of {MillisecondsQuick} ms; options behind it count more
          --before CHECKOUT also against the engine of another checkout, by its own verb measure: a folder, which is built
                            where it is, or a commit of this repository; --peer {PeerNames.Before} leaves the others out
          --json FILE       write the results, too, as an array of objects

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
        """;

    public static VersusOptions Parse(string[] arguments)
    {
        var options = new VersusOptions();
        var only = new List<Operation>();
        var peers = new List<string>();
        var reader = new ArgumentReader(arguments);
        while (reader.MoveNext())
        {
            switch (reader.Current)
            {
                case "--only":
                    only.Add(OperationFamily.FindCompared(reader.Value()));
                    break;
                case "--peer":
                    peers.Add(PeerNames.Find(reader.Value()));
                    break;
                case "--rounds":
                    options.Rounds = reader.Number(1, 1000);
                    break;
                case "--milliseconds":
                    options.Milliseconds = reader.Number(1, 60_000);
                    break;
                case "--quick":
                    options.Rounds = RoundsQuick;
                    options.Milliseconds = MillisecondsQuick;
                    break;
                case "--before":
                    options.Before = reader.Value();
                    break;
                case "--json":
                    options.JsonPath = FileIn(reader.Value());
                    break;
                case "--help" or "-h":
                    options.WantsHelp = true;
                    break;
                default:
                    throw new UsageException($"versus has no option '{reader.Current}'; see versus --help.");
            }
        }

        options.Works = only.Count > 0 ? [.. OperationFamily.Compared.Where(only.Contains)] : options.Works;
        options.Peers = peers.Count > 0 ? peers : options.Peers;
        return options.Before is null && peers.Contains(PeerNames.Before)
            ? throw new UsageException($"--peer {PeerNames.Before} needs --before CHECKOUT.")
            : options;
    }

    /// <summary>A path to write to at the end; found out now, not then.</summary>
    private static string FileIn(string path)
        => Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))
            ? path
            : throw new UsageException($"--json needs a file in a folder that is there, not '{path}'.");
}
