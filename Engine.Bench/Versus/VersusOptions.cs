namespace Engine.Mbufs.Bench.Versus;

/// <summary>What the command line of <c>versus</c> asks for.</summary>
internal sealed class VersusOptions
{
    public IReadOnlyList<Work> Works { get; private set; } = Work.All;

    public string? JsonPath { get; private set; }

    public int Rounds { get; private set; } = 7;

    public int Milliseconds { get; private set; } = 300;

    public bool WantsHelp { get; private set; }

    public static string Help => $"""
        The same work by the engine and by every peer on this machine, in alternating processes on one core.

        usage: versus [--only WORK]... [--rounds N] [--milliseconds N] [--json FILE]

          --only WORK       only this work; may be given several times (default: all)
          --rounds N        how often each side is measured, each time in fresh processes (default 7)
          --milliseconds N  how long each process measures, after warming up (default 300)
          --json FILE       write the results, too, as an array of objects

        A ratio is engine time over peer time in one round; shown is the median over the rounds, with its quartiles. In each
        round DPDK runs before and after the engine, and the faster of the two counts. Peers that are missing are named.

        works
        {string.Join('\n', Work.All.Select(work => $"  {work.Name,-24}{work.Description}"))}

        peers
          dpdk       rte_mbuf, built here: apt-get install libdpdk-dev gcc pkg-config
          arraypool  ArrayPool<byte>.Shared, without header or chain
          vector     32 bytes loaded and added at a time, nothing else: a checksum at 0.7 of its speed has a ratio of 1.43
        """;

    public static VersusOptions Parse(string[] arguments)
    {
        var options = new VersusOptions();
        var only = new List<Work>();
        var reader = new ArgumentReader(arguments);
        while (reader.MoveNext())
        {
            switch (reader.Current)
            {
                case "--only":
                    only.Add(Work.Find(reader.Value()));
                    break;
                case "--rounds":
                    options.Rounds = reader.Number(1, 1000);
                    break;
                case "--milliseconds":
                    options.Milliseconds = reader.Number(1, 60_000);
                    break;
                case "--json":
                    options.JsonPath = reader.Value();
                    break;
                case "--help" or "-h":
                    options.WantsHelp = true;
                    break;
                default:
                    throw new UsageException($"versus has no option '{reader.Current}'; see versus --help.");
            }
        }

        options.Works = only.Count > 0 ? only.Distinct().ToList() : options.Works;
        return options;
    }
}
