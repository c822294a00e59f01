using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench;

/// <summary>The cores that this process may use, and threads pinned to them.</summary>
internal static partial class Cores
{
    private const int CoresMost = 1024;
    private const int BitsOfWord = 64;

    /// <summary>Their numbers, ascending; where the system does not say, all of them.</summary>
    public static IReadOnlyList<int> Usable()
    {
        Span<ulong> mask = stackalloc ulong[CoresMost / BitsOfWord];
        if (OperatingSystem.IsLinux() && GetAffinity(0, CoresMost / 8, mask) >= 0)
        {
            return Set(mask);
        }

        if (OperatingSystem.IsWindows())
        {
            using Process self = Process.GetCurrentProcess();
            mask[0] = (ulong)self.ProcessorAffinity;
            return Set(mask);
        }

        return [.. Enumerable.Range(0, Environment.ProcessorCount)];
    }

    /// <summary>
    /// Pins the calling thread to a core. On Linux only: elsewhere a thread stays where its system puts it, and figures are a
    /// little less steady.
    /// </summary>
    public static void PinThread(int core)
    {
        if (OperatingSystem.IsLinux() && core < CoresMost)
        {
            Span<ulong> mask = stackalloc ulong[CoresMost / BitsOfWord];
            mask[core / BitsOfWord] = 1UL << (core % BitsOfWord);

            // Fails where the core was taken away in the meantime; then the thread stays where it is.
            _ = SetAffinity(0, CoresMost / 8, mask);
        }
    }

    private static List<int> Set(ReadOnlySpan<ulong> mask)
    {
        var cores = new List<int>();
        for (int core = 0; core < mask.Length * BitsOfWord; core++)
        {
            if ((mask[core / BitsOfWord] >> (core % BitsOfWord) & 1) != 0)
            {
                cores.Add(core);
            }
        }

        return cores;
    }

    // Process 0 is the calling thread.
    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int process, nuint length, Span<ulong> mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int process, nuint length, ReadOnlySpan<ulong> mask);
}
