using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

using Engine.Mbufs.Bench.Kernels;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>
/// Runs work inside of a function of the C library that callgrind can be told to count in, and does nothing else:
/// <c>bsearch</c> over one element calls its comparer exactly once.
/// </summary>
/// <remarks>
/// Unsafe for the address of that comparer, a static method here, and of the element, which it does not look at.
/// </remarks>
internal static unsafe partial class Region
{
    /// <summary>The function's name, for callgrind.</summary>
    public const string Function = "bsearch";

    private static OpenKernel? s_kernel;
    private static int s_count;
    private static ExceptionDispatchInfo? s_failure;

    /// <summary>Runs a kernel a number of times: one region.</summary>
    public static void Run(OpenKernel kernel, int count)
    {
        s_kernel = kernel;
        s_count = count;
        byte element = 0;
        Search(&element, &element, 1, 1, &Compare);
        s_failure?.Throw();
    }

    /// <summary>Ends the process at once, but for what the JIT has still to write to its file.</summary>
    public static void EndProcess()
    {
        _ = Flush(0);
        Exit(0);
    }

    [UnmanagedCallersOnly]
    private static int Compare(void* key, void* element)
    {
        try
        {
            s_kernel!.Run(s_count);
        }
        catch (Exception failure)
        {
            // No exception may pass the C library.
            s_failure = ExceptionDispatchInfo.Capture(failure);
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "fflush")]
    private static partial int Flush(nint all);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);

    [LibraryImport("libc", EntryPoint = Function)]
    private static partial void* Search(
        void* key, void* elements, nuint count, nuint size, delegate* unmanaged<void*, void*, int> compare);
}
