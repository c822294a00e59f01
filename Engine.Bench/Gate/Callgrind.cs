using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

using Engine.Mbufs.Bench.Kernels;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>
/// Counts the instructions of a kernel: in a process of its own, so that no kernel changes another one's count.
/// </summary>
internal static class Callgrind
{
    private const string Program = "valgrind";
    private const string JitSummary = "jit";
    private const string Parts = "parts";

    // Where instrumentation starts late, the regions that warm up are over by then.
    private static readonly int s_regionsSeen
        = GateRunCommand.Regions.Length + (Instrumentation.IsSupported ? 0 : GateRunCommand.WarmUps);

    // Compiled once and fully; no collector, profiler or other thread that would run beside it. Numbers are hexadecimal.
    private static readonly (string Name, string Value)[] s_settings =
    [
        ("DOTNET_TieredCompilation", "0"),
        ("DOTNET_TieredPGO", "0"),
        ("DOTNET_gcConcurrent", "0"),
        ("DOTNET_gcServer", "0"),
        ("DOTNET_GCHeapHardLimit", "8000000"),
        ("DOTNET_GCgen0size", "4000000"),
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_JitDisasmSummary", "1"),
        ("DOTNET_JitStdOutFile", JitSummary),
    ];

    // The address decides: without it the JIT finds no memory within reach of its calls, and falls back to MinOpts.
    private static readonly string[] s_arguments =
    [
        "--tool=callgrind", "-q", "--vgdb=no", "--aspace-minaddr=0x200000000",
        "--collect-atstart=no", "--toggle-collect=" + Region.Function, "--dump-after=" + Region.Function,
        "--callgrind-out-file=" + Parts, Instrumentation.IsSupported ? "--instr-atstart=no" : "--instr-atstart=yes",
    ];

    /// <summary>Why nothing can be counted here, or null.</summary>
    public static string? MissingBecause()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "callgrind counts on Linux only.";
        }

        try
        {
            ChildProcess.Output(Program, ["--version"]);
            return null;
        }
        catch (BenchException failure)
        {
            return failure.Message + " It comes with: apt-get install valgrind";
        }
    }

    /// <summary>Counts.</summary>
    /// <param name="kernel">What to run.</param>
    /// <param name="planted">With its regression.</param>
    public static Count Measure(Kernel kernel, bool planted)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("engine-gate-");
        try
        {
            string answer = ChildProcess.Output(StartOf(kernel, planted, folder.FullName));
            long[] regions = [.. CallgrindPart.ReadAll(Path.Combine(folder.FullName, Parts))];
            if (regions.Length != s_regionsSeen)
            {
                throw new BenchException($"Callgrind saw {regions.Length} regions of {kernel.Name} instead of {s_regionsSeen}.");
            }

            decimal operations = GateRunCommand.Regions[^1] - GateRunCommand.Regions[^2];
            string summary = Path.Combine(folder.FullName, JitSummary);
            return new Count(
                kernel.Name,
                (regions[^1] - regions[^2]) / operations,
                CountingEnvironment.Parse(answer),
                CompilationSummary.Problems(File.Exists(summary) ? File.ReadAllLines(summary) : []));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// With nothing of our environment but the path: settings of the runtime, of valgrind and of the loader would count. In an
    /// empty folder, which is its home, too: both may hold settings for valgrind.
    /// </summary>
    private static ProcessStartInfo StartOf(Kernel kernel, bool planted, string folder)
    {
        var start = new ProcessStartInfo(Program) { WorkingDirectory = folder };
        string[] arguments =
        [
            .. s_arguments, Runtime(), Assembly.GetExecutingAssembly().Location, "gate-run",
            KernelFamily.Of(kernel).Name, kernel.Name,
            .. planted ? [GateRunCommand.Planted] : Array.Empty<string>(),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = folder;
        foreach ((string name, string value) in s_settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>The program that starts this very runtime, three folders above its libraries.</summary>
    private static string Runtime()
    {
        string program = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(program) ? program : throw new BenchException($"The runtime has no program to start it: {program}.");
    }
}
