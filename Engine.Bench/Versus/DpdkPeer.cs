using System.Globalization;
using System.Reflection;

using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>
/// DPDK's rte_mbuf: a C program that this assembly carries as a resource, built with the system's compiler against the installed
/// library, for exactly this processor.
/// </summary>
internal sealed class DpdkPeer : IPeer
{
    // The start of the names that the sources have as resources (Engine.Bench.csproj).
    private const string Resources = "dpdk/";

    private const string Installation = "apt-get install libdpdk-dev gcc pkg-config";

    private const string ByHand = "by-hand";

    private readonly TemporaryFolder _folder = new();
    private readonly Placement _placement;
    private readonly string _milliseconds;
    private readonly string _program;
    private readonly string _compiler;
    private readonly bool _byHand;

    public DpdkPeer(Placement placement, bool byHand = false, string? compiler = null)
    {
        _placement = placement;
        _byHand = byHand;
        _compiler = compiler ?? (Environment.GetEnvironmentVariable("CC") is { Length: > 0 } chosen ? chosen : "cc");

        // The program spends a third of its time on warming up.
        _milliseconds = Text(placement.Milliseconds * 3 / 2);
        _program = Path.Combine(_folder.Path, "dpdk_mbuf");
        MissingBecause = OperatingSystem.IsLinux() ? TryBuild() : "it is built on Linux only";
    }

    public string Name => _byHand ? PeerNames.DpdkByHand : PeerNames.Dpdk;
    public bool RunsTwice => true;
    public string? MissingBecause { get; }

    public bool Does(Operation work) => work.Peers.Contains(Name);

    public Sample Measure(Operation work)
    {
        string cores = Text(_placement.Core);
        if (work.Cores > 1 && _placement.SecondCore is int second)
        {
            cores += "," + Text(second);
        }

        string[] arguments = [cores, _milliseconds, work.Name, .. _byHand ? [ByHand] : Array.Empty<string>()];
        return Sample.Parse(ChildProcess.Output(_program, arguments), work.Name);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Builds and tries the program; returns why it cannot be had, or null.</summary>
    private string? TryBuild()
    {
        try
        {
            List<string> sources = WriteSources();

            // The package asks for an old processor; the later option wins. Pools are plug-ins: the linker sees no use of them.
            string[] arguments =
            [
                "-O3", .. PackageConfiguration("--cflags"), "-march=native", .. sources, "-o", _program,
                .. PackageConfiguration("--libs"), "-Wl,--no-as-needed", "-lrte_mempool_ring", "-lrte_mempool_stack",
            ];
            ChildProcess.Output(_compiler, arguments);
            ChildProcess.Output(_program, [Text(_placement.Core), "1", OperationFamily.Compared[0].Name]);
            return null;
        }
        catch (BenchException failure)
        {
            return $"{failure.Message} Install it with: {Installation}";
        }
    }

    private static string[] PackageConfiguration(string what)
        => ChildProcess.Output("pkg-config", [what, "libdpdk"]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private List<string> WriteSources()
    {
        var sources = new List<string>();
        var assembly = Assembly.GetExecutingAssembly();
        string[] names = assembly.GetManifestResourceNames();
        foreach (string name in names.Where(static name => name.StartsWith(Resources, StringComparison.Ordinal)))
        {
            string path = Path.Combine(_folder.Path, name[Resources.Length..]);
            using Stream resource = assembly.GetManifestResourceStream(name)!;
            using FileStream file = File.Create(path);
            resource.CopyTo(file);
            if (Path.GetExtension(path) == ".c")
            {
                sources.Add(path);
            }
        }

        return sources;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
