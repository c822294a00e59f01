using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>The verb <c>proxy</c>: what a byte and a request cost a proxy on the engine, and what they cost others.</summary>
internal static class ProxyCommand
{
    private const string Kind = "proxy";
    private const int Done = 0;

    public static int Run(string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchException("proxy needs Linux: samples/Proxy is built on epoll.");
        }

        ProxyOptions options = ProxyOptions.Parse(arguments);
        if (options.WantsHelp)
        {
            Console.WriteLine(ProxyOptions.Help);
            return Done;
        }

        // Whoever interrupts wants his machine back: the proxies must not outlive the run.
        using var interruption = new CancellationTokenSource();
        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interruption.Cancel();
        }

        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);
        try
        {
            Measure(options, arguments, interruption.Token);
            return Done;
        }
        catch (OperationCanceledException)
        {
            throw new BenchException("Interrupted; nothing was written.");
        }
        finally
        {
            Progress.Clear();
        }
    }

    [SupportedOSPlatform("linux")]
    private static void Measure(ProxyOptions options, string[] arguments, CancellationToken interruption)
    {
        (int proxyCore, int loadCore) = ChooseCores();
        List<ProxyPeer> present = Present(options.Proxies);
        string folder = Directory.CreateTempSubdirectory("engine-proxy-").FullName;
        try
        {
            List<ProxyRow> rows = Cores.On(loadCore, () => Scenarios(options, present, proxyCore, folder, interruption));
            Progress.Clear();
            ProxyTable.Write(Console.Out, rows);
            if (options.JsonPath is not null)
            {
                ResultFile.Write(options.JsonPath, Kind, arguments, rows);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SupportedOSPlatform("linux")]
    private static List<ProxyRow> Scenarios(
        ProxyOptions options,
        List<ProxyPeer> peers,
        int core,
        string folder,
        CancellationToken interruption)
    {
        using LoadGenerator load = new();
        var rows = new List<ProxyRow>();
        foreach ((int number, Scenario scenario) in options.Scenarios.Index())
        {
            string title = $"scenario {number + 1} of {options.Scenarios.Count}, {scenario.Name}";
            using ScenarioRun run = new(scenario, title, options, load, interruption);
            run.Start(peers, core, folder);
            rows.AddRange(run.Rows());
        }

        return rows;
    }

    /// <summary>
    /// Which core the proxies run on, and which the load: never the same, and the same in every burst. The two last that this process
    /// may use: the first is where a system puts everything else.
    /// </summary>
    private static (int Proxy, int Load) ChooseCores()
        => Cores.Usable() is [.., int load, int proxy]
            ? (proxy, load)
            : throw new BenchException("proxy needs two cores, one for the proxy and one for the load; there is one.");

    [SupportedOSPlatform("linux")]
    private static List<ProxyPeer> Present(IEnumerable<ProxyPeer> peers)
    {
        var present = new List<ProxyPeer>();
        foreach (ProxyPeer peer in peers)
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

        return present.Count > 0 ? present : throw new BenchException("None of these proxies is on this machine.");
    }
}
