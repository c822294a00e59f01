using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Engine.Mbufs.Bench;

/// <summary>Where figures come from: without it they cannot be compared with others.</summary>
/// <param name="Processor">Its name, as the system has it.</param>
/// <param name="Cores">How many of them this process may use.</param>
/// <param name="MemoryBytes">What the process may use: the machine's, or its container's limit.</param>
/// <param name="Runtime">The runtime with its patch version.</param>
/// <param name="InstructionSet">Architecture and the widest vectors that the JIT uses, such as <c>x64-avx512</c>.</param>
/// <param name="OperatingSystem">Name and version.</param>
/// <param name="TransparentHugePages">always, madvise or never; "unknown" where the system has no such thing.</param>
/// <param name="Date">When, in UTC, to the second.</param>
internal sealed record Machine(
    string Processor,
    int Cores,
    long MemoryBytes,
    string Runtime,
    string InstructionSet,
    string OperatingSystem,
    string TransparentHugePages,
    string Date)
{
    private const string Unknown = "unknown";

    /// <summary>
    /// Architecture and the widest vectors that the JIT uses in this process, in the words of .NET's runtime identifiers.
    /// </summary>
    public static string UsedInstructions => RuntimeInformation.RuntimeIdentifier.Split('-')[^1] + Vectors();

    /// <summary>This machine, now.</summary>
    public static Machine Describe() => new(
        ProcessorName(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.FrameworkDescription,
        UsedInstructions,
        RuntimeInformation.OSDescription,
        HugePages(),
        DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    /// <summary>
    /// What can be allocated without anything else having to go: what the system has available, and the process may have.
    /// </summary>
    public static long FreeMemoryBytes()
    {
        long allowed = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string? line = Lines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        string[] fields = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return fields.Length > 1 && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? Math.Min(allowed, kilobytes << 10)
            : allowed;
    }

    // What the runtime uses, which its settings may make less than what the processor has.
    private static string Vectors()
        => Avx512BW.VL.IsSupported ? "-avx512"
        : Avx2.IsSupported ? "-avx2"
        : Sse42.IsSupported ? "-sse42"
        : AdvSimd.IsSupported ? "-advsimd"
        : "";

    private static string ProcessorName()
    {
        const string Field = "model name";
        string? line = Lines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? Unknown;
    }

    // "always [madvise] never": the one in brackets holds.
    private static string HugePages()
    {
        string all = Lines("/sys/kernel/mm/transparent_hugepage/enabled").FirstOrDefault() ?? "";
        int start = all.IndexOf('[', StringComparison.Ordinal);
        int end = all.IndexOf(']', StringComparison.Ordinal);
        return start >= 0 && end > start ? all[(start + 1)..end] : Unknown;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
