using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>
/// The verb <c>versus</c>: the engine and its peers at the same work, on the same core, in alternating processes.
/// </summary>
/// <remarks>
/// A process differs from the next of the same program by more than its repetitions differ from each other, because pages lie
/// elsewhere, and a shared machine is faster in one minute than in the next. So each round measures both sides in new
/// processes, one right after the other, and what counts is the ratio within the round.
/// </remarks>
internal static class VersusCommand
{
    public static int Run(string[] arguments)
    {
        VersusOptions options = VersusOptions.Parse(arguments);
        if (options.WantsHelp)
        {
            Console.WriteLine(VersusOptions.Help);
            return 0;
        }

        var placement = Placement.OfThisProcess(options.Milliseconds);
        List<Operation> works = Possible(options.Works, placement);
        using var engine = new EnginePeer(new ManagedPeer(Side.Engine, placement));
        List<IPeer> peers = Present(options, engine, works, placement);
        try
        {
            var match = new Match(engine, peers, works);
            match.Play(options.Rounds);
            Report(match.Comparisons, options.JsonPath);
        }
        finally
        {
            peers.ForEach(static peer => peer.Dispose());
        }

        return 0;
    }

    private static void Report(IReadOnlyList<Comparison> comparisons, string? jsonPath)
    {
        VersusReport.WriteTable(Console.Out, comparisons);
        if (jsonPath is not null)
        {
            VersusReport.WriteJson(jsonPath, comparisons);
        }
    }

    private static List<Operation> Possible(IReadOnlyList<Operation> works, Placement placement)
    {
        var possible = new List<Operation>();
        foreach (Operation work in works)
        {
            if (placement.Hinders(work, Machine.FreeMemoryBytes()) is string reason)
            {
                Console.Error.WriteLine($"{work.Name} is left out: {reason}.");
            }
            else
            {
                possible.Add(work);
            }
        }

        return possible;
    }

    private static List<IPeer> Present(
        VersusOptions options, EnginePeer engine, IReadOnlyList<Operation> works, Placement placement)
    {
        var present = new List<IPeer>();
        foreach (string name in PeerNames.All.Where(options.Peers.Contains))
        {
            if (name == PeerNames.Before && options.Before is null)
            {
                continue;
            }

            IPeer peer = name switch
            {
                PeerNames.Dpdk => new DpdkPeer(placement),
                PeerNames.DpdkByHand => new DpdkPeer(placement, byHand: true),
                PeerNames.Self => new SelfPeer(engine, works),
                PeerNames.Before => MakeBefore(options.Before!, works, placement),
                _ => new ManagedPeer(Side.Find(name), placement),
            };
            if (peer.MissingBecause is string reason)
            {
                Console.Error.WriteLine($"{peer.Name} is missing, its rows are left out: {reason}");
                peer.Dispose();
            }
            else
            {
                present.Add(peer);
            }
        }

        return present;
    }

    private static BeforePeer MakeBefore(string checkout, IReadOnlyList<Operation> works, Placement placement)
    {
        Progress.Show($"building {checkout}");
        var before = new BeforePeer(checkout, placement);
        Progress.Clear();
        string[] unknown = [.. works.Where(work => !before.Does(work)).Select(static work => work.Name)];
        if (before.MissingBecause is null && unknown.Length > 0)
        {
            string names = string.Join(", ", unknown);
            Console.Error.WriteLine($"{checkout} does not know these works, their rows are left out: {names}.");
        }

        return before;
    }
}
