using System.Diagnostics;
using System.Runtime.Versioning;

namespace Engine.Samples.Linux;

/// <summary>The cores that the calling thread may use, and how it is bound to one.</summary>
public static class Cores
{
    /// <summary>As many as glibc has room for.</summary>
    private const int CoresMost = 1024;

    private const int BitsOfWord = 64;
    private const int WordsOfMask = CoresMost / BitsOfWord;
    private const int BytesOfMask = CoresMost / 8;

    /// <summary>Their numbers, ascending; where the system does not say, all of them.</summary>
    public static IReadOnlyList<int> Usable()
    {
        Span<ulong> mask = stackalloc ulong[WordsOfMask];
        if (OperatingSystem.IsLinux() && Libc.GetAffinity(0, BytesOfMask, mask) >= 0)
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
    /// Binds the calling thread to a core for good, if it can be. On Linux only: elsewhere a thread stays where its system puts it, and
    /// figures are a little less steady.
    /// </summary>
    public static void PinThread(int core)
    {
        // Fails where the core was taken away in the meantime; then the thread stays where it is.
        _ = OperatingSystem.IsLinux() && TryBind(core);
    }

    /// <summary>Does something on a core, and goes back: a process that is started by it stays there.</summary>
    /// <exception cref="SystemCallException">The thread cannot be bound to it.</exception>
    [SupportedOSPlatform("linux")]
    public static T On<T>(int core, Func<T> action)
    {
        ulong[] before = new ulong[WordsOfMask];
        if (Libc.GetAffinity(0, BytesOfMask, before) < 0)
        {
            throw SystemCallException.Of("reading the cores of a thread");
        }

        if (!TryBind(core))
        {
            throw SystemCallException.Of($"binding a thread to core {core}");
        }

        try
        {
            return action();
        }
        finally
        {
            _ = Libc.SetAffinity(0, BytesOfMask, before);
        }
    }

    [SupportedOSPlatform("linux")]
    private static bool TryBind(int core)
    {
        if (core >= CoresMost)
        {
            return false;
        }

        Span<ulong> mask = stackalloc ulong[WordsOfMask];
        mask[core / BitsOfWord] = 1UL << (core % BitsOfWord);
        return Libc.SetAffinity(0, BytesOfMask, mask) == 0;
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
}
