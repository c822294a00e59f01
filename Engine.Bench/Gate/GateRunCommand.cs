using System.Runtime.ExceptionServices;

using Engine.Mbufs.Bench.Kernels;

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
        Kernel kernel = KernelFamily.FindFamily(arguments[0]).Kernels.FirstOrDefault(kernel => kernel.Name == arguments[1])
            ?? throw new UsageException($"There is no kernel '{arguments[1]}' in the family {arguments[0]}.");
        Console.WriteLine(CountingEnvironment.Current);
        RunOnItsOwnStack(() => RunRegions(kernel, arguments.Length == 3));
        return 0;
    }

    private static void RunRegions(Kernel kernel, bool planted)
    {
        // The finalizer's thread starts beside this one, and is at work for a while: not in a region that is counted.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using OpenKernel open = kernel.Open(planted);
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
