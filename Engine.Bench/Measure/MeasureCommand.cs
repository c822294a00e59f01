using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>The verb <c>measure</c>: one side of one work, in this process.</summary>
internal static class MeasureCommand
{
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(50);

    public static int Run(string[] arguments)
    {
        if (MeasureOptions.Parse(arguments) is not { } options)
        {
            Console.WriteLine(MeasureOptions.Help);
            return 0;
        }

        Operation work = OperationFamily.FindCompared(options.Work);
        Side chosen = Side.Find(options.Side);
        if (!chosen.Does(work))
        {
            throw new UsageException($"{chosen.Name} does not do {work.Name}; versus --help says who does what.");
        }

        using ISide side = chosen.Create(work);
        Repetitions repetitions = side.Prepare() ?? throw new BenchException($"{chosen.Name} has forgotten {work.Name}.");

        // Pinned only when warm: the compiler's thread must not be confined to the core that keeps it waiting.
        repetitions.WarmUp();
        Pin(repetitions.Partner, options.Cpu, options.Partner);
        repetitions.Measure(s_settle);
        Console.WriteLine(repetitions.Measure(TimeSpan.FromMilliseconds(options.Milliseconds)).ToLine(work.Name));
        return 0;
    }

    private static void Pin(Partner? other, int? cpu, int? partner)
    {
        if (partner is int second)
        {
            other?.Pin(second);
        }

        if (cpu is int first)
        {
            Cores.PinThread(first);
        }
    }
}
