using System.Diagnostics;
using System.Numerics;
using Engine.Mbufs.Bench.Measure;

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

        int cpu = LastCpu();
        using var engine = new ManagedPeer(MeasureCommand.Engine, cpu, options.Milliseconds);
        using var arrayPool = new ManagedPeer(MeasureCommand.ArrayPool, cpu, options.Milliseconds, "alloc-free", "burst32");
        using var vector = new ManagedPeer(MeasureCommand.Vector, cpu, options.Milliseconds, "checksum-65536");
        using var dpdk = new DpdkPeer(cpu, options.Milliseconds);
        List<IPeer> peers = Present([dpdk, arrayPool, vector]);
        List<Comparison> comparisons = [.. options.Works.SelectMany(
            work => peers.Where(peer => peer.Does(work)),
            (work, peer) => new Comparison(work, peer.Name))];
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (Work work in options.Works)
            {
                Progress.Show($"round {round} of {options.Rounds}: {work.Name}");
                Round(engine, peers, work, comparisons);
            }
        }

        Progress.Clear();
        VersusReport.WriteTable(Console.Out, comparisons);
        if (options.JsonPath is not null)
        {
            VersusReport.WriteJson(options.JsonPath, comparisons);
        }

        return 0;
    }

    /// <summary>
    /// Every peer runs before and after the engine, and its faster run counts: some peers have a slow mode in some processes.
    /// </summary>
    private static void Round(ManagedPeer engine, List<IPeer> peers, Work work, List<Comparison> comparisons)
    {
        List<IPeer> able = peers.FindAll(peer => peer.Does(work));
        Sample[] before = [.. able.Select(peer => peer.Measure(work))];
        Sample own = engine.Measure(work);
        for (int i = able.Count - 1; i >= 0; i--)
        {
            Sample after = able[i].Measure(work);
            Sample faster = after.Median < before[i].Median ? after : before[i];
            comparisons.First(comparison => comparison.Work == work && comparison.Peer == able[i].Name).Add(own, faster);
        }
    }

    private static List<IPeer> Present(IEnumerable<IPeer> peers)
    {
        var present = new List<IPeer>();
        foreach (IPeer peer in peers)
        {
            if (peer.MissingBecause is string reason)
            {
                Console.Error.WriteLine($"{peer.Name} is missing, its rows are left out: {reason}");
            }
            else
            {
                present.Add(peer);
            }
        }

        return present;
    }

    /// <summary>The last core that this process may use: the first is where a system puts everything else.</summary>
    private static int LastCpu()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows())
        {
            return 0;
        }

        using Process self = Process.GetCurrentProcess();
        return BitOperations.Log2((ulong)self.ProcessorAffinity);
    }
}
