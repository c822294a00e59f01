using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>Which core the proxies run on, and which the load: never the same, and the same in every burst.</summary>
/// <param name="Proxy">The last core that this process may use: the first is where a system puts everything else.</param>
/// <param name="Load">The one before it.</param>
[SupportedOSPlatform("linux")]
internal sealed record Cores(int Proxy, int Load)
{
    /// <summary>Room for 1,024 cores, as glibc has it.</summary>
    private const int MaskWords = 16;

    private const int WordBits = 64;

    /// <summary>The two last cores that this thread may use.</summary>
    public static Cores Choose()
    {
        ulong[] mask = Mask();
        int[] allowed = [.. Enumerable.Range(0, mask.Length * WordBits)
            .Where(core => (mask[core / WordBits] & (1UL << core)) != 0)];
        return allowed.Length >= 2
            ? new Cores(allowed[^1], allowed[^2])
            : throw new BenchException("proxy needs two cores, one for the proxy and one for the load; there is one.");
    }

    /// <summary>Does something on a core: a process that is started by it stays there.</summary>
    public static T On<T>(int core, Func<T> action)
    {
        ulong[] before = Mask();
        Pin(core);
        try
        {
            return action();
        }
        finally
        {
            Set(before);
        }
    }

    private static void Pin(int core)
    {
        ulong[] mask = new ulong[MaskWords];
        mask[core / WordBits] = 1UL << core;
        Set(mask);
    }

    private static ulong[] Mask()
    {
        ulong[] mask = new ulong[MaskWords];
        return Libc.GetAffinity(0, MaskWords * sizeof(ulong), ref mask[0]) == 0
            ? mask
            : throw new BenchException($"The cores of this process cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    private static void Set(ulong[] mask)
    {
        if (Libc.SetAffinity(0, MaskWords * sizeof(ulong), in mask[0]) != 0)
        {
            throw new BenchException($"A thread cannot be bound to a core: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }
}
