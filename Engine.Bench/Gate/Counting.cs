using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

using Engine.Mbufs.Bench.Operations;

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
    public static Count Measure(Operation kernel, bool planted)
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
    private static ProcessStartInfo StartOf(Operation kernel, bool planted, string folder)
    {
        var start = new ProcessStartInfo(Program) { WorkingDirectory = folder };
        string[] arguments =
        [
            .. s_arguments, Runtime(), Assembly.GetExecutingAssembly().Location, "gate-run",
            OperationFamily.Of(kernel).Name, kernel.Name,
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

/// <summary>One file of callgrind's: what was counted up to one end of a region.</summary>
internal static class CallgrindPart
{
    private const string Totals = "totals: ";
    private const string Events = "events: ";
    private const string Instructions = "Ir";

    /// <summary>The instructions of each region, in order.</summary>
    /// <param name="path">Callgrind's output file: what is dumped on the way has a number behind it, from 1.</param>
    public static IEnumerable<long> ReadAll(string path)
    {
        for (int number = 1; File.Exists($"{path}.{number}"); number++)
        {
            yield return Read(File.ReadLines($"{path}.{number}"));
        }
    }

    /// <summary>The instructions of one file.</summary>
    /// <exception cref="BenchException">The file is none of callgrind's, or was cut short.</exception>
    public static long Read(IEnumerable<string> lines)
    {
        bool countsInstructions = false;
        foreach (string line in lines)
        {
            // More events may follow, if other things are counted, too.
            countsInstructions |= line.StartsWith(Events, StringComparison.Ordinal) && FirstWord(line, Events) == Instructions;
            if (line.StartsWith(Totals, StringComparison.Ordinal)
                && countsInstructions
                && long.TryParse(FirstWord(line, Totals), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                return count;
            }
        }

        throw new BenchException("A file of callgrind's has no total of instructions.");
    }

    private static string FirstWord(string line, string label) => line[label.Length..].Split(' ')[0];
}

/// <summary>What the JIT says that it has compiled: counts of code that was not optimised would mean nothing.</summary>
internal static class CompilationSummary
{
    private const string Compiled = "JIT compiled ";
    private const string Optimised = "[FullOpts";
    private const string Measured = "Engine.Mbufs.Bench.Operations.";

    /// <summary>What is wrong with the code of a counted process: nothing, as a rule.</summary>
    /// <param name="lines">Lines such as "4: JIT compiled Space.Type:Method() [FullOpts, IL size=46, code size=63]".</param>
    public static IReadOnlyList<string> Problems(IEnumerable<string> lines)
    {
        string[] methods = [.. lines
            .Where(static line => line.Contains(Compiled, StringComparison.Ordinal))
            .Select(static line => line[(line.IndexOf(Compiled, StringComparison.Ordinal) + Compiled.Length)..])];
        return methods.Any(static method => method.StartsWith(Measured, StringComparison.Ordinal))
            ? [.. methods.Where(static method => !method.Contains(Optimised, StringComparison.Ordinal))]
            : ["the JIT has not said how it compiled the kernel"];
    }
}

/// <summary>The instructions of a kernel.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Instructions">Of one operation; a fraction where something is done once in several.</param>
/// <param name="Environment">What the count holds for.</param>
/// <param name="Problems">What speaks against it: code that was not optimised.</param>
internal sealed record Count(
    string Kernel, decimal Instructions, CountingEnvironment Environment, IReadOnlyList<string> Problems);

/// <summary>What instruction counts depend on beside the code: the key of a baseline.</summary>
/// <param name="Runtime">The version of the runtime, with its patch.</param>
/// <param name="InstructionSet">Architecture and vectors that the JIT used; a counting tool may offer it fewer than the machine
/// has.</param>
internal sealed record CountingEnvironment(string Runtime, string InstructionSet)
{
    /// <summary>That of this process.</summary>
    public static CountingEnvironment Current => new(Environment.Version.ToString(3), Machine.UsedInstructions);

    /// <summary>What <see cref="ToString"/> wrote.</summary>
    public static CountingEnvironment Parse(string text) => text.Trim().Split(' ') is [string runtime, string instructionSet]
        && Version.TryParse(runtime, out _)
        ? new CountingEnvironment(runtime, instructionSet)
        : throw new BenchException($"A counted process answered '{text.Trim()}' instead of its runtime and instruction set.");

    public override string ToString() => $"{Runtime} {InstructionSet}";
}
