using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Micro;
using Engine.Mbufs.Bench.Versus;

namespace Engine.Mbufs.Bench;

/// <summary>The performance suite: one program, one verb for each kind of question.</summary>
internal static class Program
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;

    private const string Help = """
        The performance suite of the engine.

        usage: dotnet run -c Release --project Engine.Bench -- VERB [OPTIONS]

        verbs
          versus   the same work by the engine and by every peer on this machine, in alternating processes on one core
          micro    BenchmarkDotNet suites of the engine's operations; options go to BenchmarkDotNet (--filter X, --disasm)
          measure  one side of one work in this process: what versus runs in each of its processes

        Each verb explains itself: VERB --help. Exit codes: 0 done, 1 failed, 2 wrong usage.
        """;

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
        catch (BenchException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return Failed;
        }
    }

    private static int Run(string[] arguments)
    {
        string verb = arguments.Length > 0 ? arguments[0] : "";
        string[] rest = arguments.Length > 0 ? arguments[1..] : arguments;
        switch (verb)
        {
            case "versus":
                return VersusCommand.Run(rest);
            case "micro":
                return MicroCommand.Run(rest);
            case "measure":
                return MeasureCommand.Run(rest);
            case "--help" or "-h" or "help":
                Console.WriteLine(Help);
                return Succeeded;
            default:
                throw new UsageException(
                    verb.Length == 0 ? Help : $"There is no verb '{verb}': versus, micro or measure, or --help.");
        }
    }
}
