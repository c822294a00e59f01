using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>The verb <c>gate-run</c>: one kernel in three regions, in a process whose instructions are counted.</summary>
internal static class GateRunCommand
{
    /// <summary>Operations of the two regions that count, in order: what they have in common cancels out.</summary>
    public static readonly int[] Regions = [1000, 3000];

    // Several times, because the runtime improves some calls when they are made again, and some are made once in a run.
    public const int WarmUps = 5;
    private const int WarmUp = 400;

    /// <summary>The option that asks for the kernel with its regression.</summary>
    public const string Planted = "--planted";

    private const string Help = """
        One kernel in this process, warmed up, then in two regions (1,000 operations, and 3,000), which callgrind finds by the
        function bsearch. Writes the version of the runtime and the instruction set. Linux only.

        usage: gate-run FAMILY KERNEL [--planted]

          FAMILY     see micro --list
          KERNEL     see gate --help
          --planted  with a regression in it
        """;

    public static int Run(string[] arguments)
    {
        if (arguments is ["--help" or "-h"])
        {
            Console.WriteLine(Help);
            return 0;
        }

        if (arguments is not ([_, _] or [_, _, Planted]))
        {
            throw new UsageException(Help);
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new BenchException("gate-run works on Linux only.");
        }

        // Of no other family even a name is looked at: whatever was compiled before could change what is counted.
        Operation kernel = OperationFamily.Find(arguments[0]).Operations
            .FirstOrDefault(kernel => kernel.IsCounted && kernel.Name == arguments[1])
            ?? throw new UsageException($"There is no kernel '{arguments[1]}' in the family {arguments[0]}.");
        Console.WriteLine(CountingEnvironment.Current);
        RunOnItsOwnStack(() => RunRegions(kernel, arguments.Length == 3));
        return 0;
    }

    private static void RunRegions(Operation kernel, bool planted)
    {
        // The finalizer's thread starts beside this one, and is at work for a while: not in a region that is counted.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using OpenOperation open = kernel.Open(planted);
        for (int i = 0; i < WarmUps; i++)
        {
            Region.Run(open, WarmUp);
        }

        if (open.LiveMbufs != 0)
        {
            throw new BenchException($"{kernel.Name} left {open.LiveMbufs} mbufs behind.");
        }

        Instrumentation.Start();
        foreach (int count in Regions)
        {
            Region.Run(open, count);
        }

        // Not by way of the runtime, whose ending would take longer to instrument than all the rest took to run.
        Region.EndProcess();
    }

    /// <summary>
    /// On a thread: where the main thread's stack starts depends on the length of the environment, and some copies take another
    /// path for another alignment.
    /// </summary>
    private static void RunOnItsOwnStack(Action work)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }
}

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

    private static OpenOperation? s_kernel;
    private static int s_count;
    private static ExceptionDispatchInfo? s_failure;

    /// <summary>Runs a kernel a number of times: one region.</summary>
    public static void Run(OpenOperation kernel, int count)
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

/// <summary>
/// Tells callgrind, from inside of the counted process, to instrument it from now on. Until then it runs at valgrind's plain
/// speed, which makes starting a runtime three times as fast.
/// </summary>
/// <remarks>
/// Valgrind is asked by a sequence of instructions that does nothing on a processor: four rotations of a register, which together
/// turn it once around, and an exchange of a register with itself. No compiler emits it, so it lies in a page of ours. Unsafe for
/// writing it there and calling it; harmless where there is no valgrind.
/// </remarks>
internal static unsafe partial class Instrumentation
{
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;
    private const int PrivateAnonymous = 0x22;
    private const int PageLength = 4096;

    // A tool's requests start at its two letters, "CT"; the fifth of callgrind's starts instrumentation.
    private const ulong StartRequest = (((ulong)'C' << 24) | ((ulong)'T' << 16)) + 4;

    /// <summary>True if valgrind can be asked on this kind of processor; else it instruments from start to end.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private static ReadOnlySpan<byte> Code =>
    [
        0x48, 0x89, 0xF8, // mov rax, rdi: the request and its five arguments
        0x31, 0xD2, // xor edx, edx: the answer if there is nobody to give one
        0x48, 0xC1, 0xC7, 0x03, // rol rdi, 3
        0x48, 0xC1, 0xC7, 0x0D, // rol rdi, 13
        0x48, 0xC1, 0xC7, 0x3D, // rol rdi, 61
        0x48, 0xC1, 0xC7, 0x33, // rol rdi, 51
        0x48, 0x87, 0xDB, // xchg rbx, rbx
        0x48, 0x89, 0xD0, // mov rax, rdx
        0xC3, // ret
    ];

    /// <summary>From here on it is instrumented.</summary>
    public static void Start()
    {
        if (!IsSupported)
        {
            return;
        }

        void* page = Map(null, PageLength, ReadWrite, PrivateAnonymous, -1, 0);
        if (page == (void*)-1)
        {
            throw new BenchException("The system gives no page of memory.");
        }

        Code.CopyTo(new Span<byte>(page, Code.Length));
        if (Protect(page, PageLength, ReadExecute) != 0)
        {
            throw new BenchException("The system lets nobody execute a page that was written.");
        }

        // The request and its arguments, of which these have none.
        ulong* words = stackalloc ulong[6];
        words[0] = StartRequest;
        ((delegate* unmanaged<ulong*, ulong>)page)(words);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);
}
