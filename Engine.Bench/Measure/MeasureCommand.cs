using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>The verb <c>measure</c>: one side of one work, in this process.</summary>
internal static class MeasureCommand
{
    private const int CoreMost = 1023;

    private static string Help => $"""
        One side of one work in this process, written as one line: work, median and least nanoseconds a packet, and managed bytes
        a packet.

        usage: measure SIDE WORK [--cpu N] [--partner N] [--milliseconds N]

          SIDE              engine, {string.Join(", ", Side.Peers.Select(side => side.Name))}
          WORK              see versus --help
          --cpu N           pin the measuring thread to a core, once it is warm (Linux)
          --partner N       and the other thread of a work that takes two cores
          --milliseconds N  how long to measure, after warming up (default 300)
        """;

    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(50);

    public static int Run(string[] arguments)
    {
        if (arguments is ["--help" or "-h"])
        {
            Console.WriteLine(Help);
            return 0;
        }

        if (arguments.Length < 2)
        {
            throw new UsageException(Help);
        }

        Operation work = OperationFamily.FindCompared(arguments[1]);
        (int? cpu, int? partner, int milliseconds) = Options(arguments[2..]);
        Side chosen = Side.Find(arguments[0]);
        if (!chosen.Does(work))
        {
            throw new UsageException($"{chosen.Name} does not do {work.Name}; versus --help says who does what.");
        }

        using ISide side = chosen.Create(work);
        Repetitions repetitions = side.Prepare() ?? throw new BenchException($"{chosen.Name} has forgotten {work.Name}.");

        // Pinned only when warm: the compiler's thread must not be confined to the core that keeps it waiting.
        repetitions.WarmUp();
        Pin(repetitions.Partner, cpu, partner);
        repetitions.Measure(s_settle);
        Console.WriteLine(repetitions.Measure(TimeSpan.FromMilliseconds(milliseconds)).ToLine(work.Name));
        return 0;
    }

    private static (int? Cpu, int? Partner, int Milliseconds) Options(string[] arguments)
    {
        int? cpu = null;
        int? partner = null;
        int milliseconds = 300;
        var reader = new ArgumentReader(arguments);
        while (reader.MoveNext())
        {
            switch (reader.Current)
            {
                case "--cpu":
                    cpu = reader.Number(0, CoreMost);
                    break;
                case "--partner":
                    partner = reader.Number(0, CoreMost);
                    break;
                case "--milliseconds":
                    milliseconds = reader.Number(1, 600_000);
                    break;
                default:
                    throw new UsageException($"measure has no option '{reader.Current}'; see measure --help.");
            }
        }

        return (cpu, partner, milliseconds);
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
