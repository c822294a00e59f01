using System.Diagnostics;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>The verb <c>measure</c>: one side of one work, in this process.</summary>
internal static class MeasureCommand
{
    public const string Engine = "engine";
    public const string ArrayPool = "arraypool";
    public const string Vector = "vector";

    private const string Help = """
        One side of one work in this process, written as one line: work, median and least nanoseconds a packet, and managed bytes
        a packet.

        usage: measure SIDE WORK [--cpu N] [--milliseconds N]

          SIDE              engine, arraypool or vector
          WORK              see versus --help
          --cpu N           pin the measuring thread to a core (Linux and Windows), once it is warm
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

        Work work = Work.Find(arguments[1]);
        (int? cpu, int milliseconds) = Options(arguments[2..]);
        using ISide side = Side(arguments[0]);
        Repetitions repetitions = side.Prepare(work.Name)
            ?? throw new UsageException($"{arguments[0]} does not do {work.Name}.");

        // Pinned only when warm: the compiler's thread must not be confined to the core that keeps it waiting.
        repetitions.WarmUp();
        Pin(cpu);
        repetitions.Measure(s_settle);
        Console.WriteLine(repetitions.Measure(TimeSpan.FromMilliseconds(milliseconds)).ToLine(work.Name));
        return 0;
    }

    private static (int? Cpu, int Milliseconds) Options(string[] arguments)
    {
        int? cpu = null;
        int milliseconds = 300;
        var reader = new ArgumentReader(arguments);
        while (reader.MoveNext())
        {
            switch (reader.Current)
            {
                case "--cpu":
                    cpu = reader.Number(0, 63);
                    break;
                case "--milliseconds":
                    milliseconds = reader.Number(1, 600_000);
                    break;
                default:
                    throw new UsageException($"measure has no option '{reader.Current}'; see measure --help.");
            }
        }

        return (cpu, milliseconds);
    }

    private static ISide Side(string name) => name switch
    {
        Engine => new EngineSide(),
        ArrayPool => new ArrayPoolSide(),
        Vector => new VectorSide(),
        _ => throw new UsageException($"There is no side '{name}': {Engine}, {ArrayPool} or {Vector}."),
    };

    private static void Pin(int? cpu)
    {
        if (cpu is int number && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            // On Linux this reaches only the main thread, which is the one that measures.
            using Process self = Process.GetCurrentProcess();
            self.ProcessorAffinity = (nint)(1L << number);
        }
    }
}
