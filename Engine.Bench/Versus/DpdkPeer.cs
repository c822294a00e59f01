using System.Globalization;
using System.Reflection;
using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>
/// DPDK's rte_mbuf: a C program that this assembly carries as a resource, built with the system's compiler against the installed
/// library, for exactly this processor.
/// </summary>
internal sealed class DpdkPeer : IPeer
{
    private const string Source = "dpdk_mbuf.c";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("engine-bench-");
    private readonly string _cpu;
    private readonly string _milliseconds;
    private readonly string _program;

    public DpdkPeer(int cpu, int milliseconds)
    {
        _cpu = cpu.ToString(CultureInfo.InvariantCulture);

        // The program spends a third of its time on warming up.
        _milliseconds = (milliseconds * 3 / 2).ToString(CultureInfo.InvariantCulture);
        _program = Path.Combine(_folder.FullName, "dpdk_mbuf");
        MissingBecause = OperatingSystem.IsLinux() ? TryBuild() : "it is built on Linux only";
    }

    public string Name => "dpdk";

    public string? MissingBecause { get; }

    public bool Does(Work work) => true;

    public Sample Measure(Work work) => Sample.Parse(ChildProcess.Output(_program, [_cpu, _milliseconds, work.Name]), work.Name);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Builds and tries the program; returns why it cannot be had, or null.</summary>
    private string? TryBuild()
    {
        try
        {
            string source = Path.Combine(_folder.FullName, Source);
            WriteSource(source);
            string compiler = Environment.GetEnvironmentVariable("CC") is { Length: > 0 } chosen ? chosen : "cc";

            // The package asks for an old processor; the later option wins.
            string[] arguments =
            [
                "-O3", .. PackageConfiguration("--cflags"), "-march=native", source, "-o", _program,
                .. PackageConfiguration("--libs"), "-Wl,--no-as-needed", "-lrte_mempool_ring",
            ];
            ChildProcess.Output(compiler, arguments);
            ChildProcess.Output(_program, [_cpu, "1", Work.All[0].Name]);
            return null;
        }
        catch (BenchException failure)
        {
            return failure.Message;
        }
    }

    private static string[] PackageConfiguration(string what)
        => ChildProcess.Output("pkg-config", [what, "libdpdk"]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static void WriteSource(string path)
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(Source)
            ?? throw new BenchException($"{Source} is not in the assembly.");
        using FileStream file = File.Create(path);
        resource.CopyTo(file);
    }
}
