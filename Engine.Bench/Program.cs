using Engine.Mbufs.Bench.Gate;
using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Micro;
using Engine.Mbufs.Bench.Proxy;
using Engine.Mbufs.Bench.Report;
using Engine.Mbufs.Bench.Storm;
using Engine.Mbufs.Bench.Versus;

namespace Engine.Mbufs.Bench;

/// <summary>The performance suite: one program, one verb for each kind of question.</summary>
internal static class Program
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;

    private static readonly Verb[] s_verbs =
    [
        new("versus", "the same work by the engine and by every peer on this machine, in alternating processes", VersusCommand.Run),
        new("storm", "threads, packets in flight, arenas and chains that grow: does cost grow with them", StormCommand.Run),
        new("micro", "BenchmarkDotNet suites of the engine's operations", MicroCommand.Run),
        new("gate", "instructions of each operation, counted and compared with the committed baseline", GateCommand.Run),
        new("proxy", "samples/Proxy and every proxy on this machine under the same load, in alternating bursts", ProxyCommand.Run),
        new("report", "the results of the others as one page with plots, and as tables of a document", ReportCommand.Run),
        new("gate-run", "one operation in this process: what gate counts the instructions of", GateRunCommand.Run),
        new("measure", "one side of one work in this process: what versus runs in each of its processes", MeasureCommand.Run),
    ];

    private static int Main(string[] arguments)
    {
        try
        {
            return Run(arguments);
        }
        catch (UsageException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return WrongUsage;
        }
        catch (Exception failure) when (failure is BenchException or SystemCallException)
        {
            Console.Error.WriteLine(failure.Message);
            return Failed;
        }
    }

    private static int Run(string[] arguments)
    {
        string name = arguments.Length > 0 ? arguments[0] : "";
        if (name is "--help" or "-h" or "help")
        {
            Console.WriteLine(Help());
            return Succeeded;
        }

        Verb verb = s_verbs.FirstOrDefault(verb => verb.Name == name) ?? throw new UsageException(
            name.Length == 0 ? Help() : $"There is no verb '{name}': {string.Join(", ", s_verbs.Select(verb => verb.Name))}, or --help.");
        return verb.Run(arguments[1..]);
    }

    private static string Help() => $"""
        The performance suite of the engine.

        usage: dotnet run -c Release --project Engine.Bench -- VERB [OPTIONS]

        verbs
        {string.Join('\n', s_verbs.Select(verb => $"  {verb.Name,-9}{verb.Summary}"))}

        Each verb explains itself: VERB --help. Exit codes: 0 done, 1 failed, 2 wrong usage.
        """;
}
