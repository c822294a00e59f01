namespace Engine.Mbufs.Bench.Micro;

/// <summary>What the command line of <c>micro</c> asks for.</summary>
internal sealed class MicroOptions
{
    private readonly List<string> _filters = [];

    public IReadOnlyList<string> Filters => _filters.Count > 0 ? _filters : ["*"];

    /// <summary>What is passed on.</summary>
    public IReadOnlyList<string> Others { get; private set; } = [];

    public bool IsQuick { get; private set; }

    public bool Lists { get; private set; }

    /// <summary>Methods whose machine code is wanted; null for none.</summary>
    public string? Disassembled { get; private set; }

    public bool WantsHelp { get; private set; }

    public static string Help => """
        BenchmarkDotNet suites of the engine's operations: time, and managed memory, which is to be none.

        usage: micro [--filter GLOB]... [--quick] [-- OPTIONS]
               micro [--filter GLOB]... --disasm METHODS
               micro --list

          --filter GLOB     only the operations whose family or name contain it, such as share, '*share*' or '*AllocateFree*';
                            may be given several times (default: all, which takes about half an hour)
          --quick           a second or two for each operation, in this process: for a look, not for a comparison
          --disasm METHODS  the machine code that methods end up with when the operations run, instead of figures:
                            '*Operations*:*' for the loops with all that is inlined into them, or a method such as 'ThreadCache:Push'
          --list            the families and their operations
          -- OPTIONS        what follows is BenchmarkDotNet's, such as --exporters json

        Each operation is one that gate counts the instructions of, 1,024 at a time; the figures are of one. Without --quick
        BenchmarkDotNet builds a program to measure in: then the current folder must be in the repository.
        """;

    public static MicroOptions Parse(string[] arguments)
    {
        MicroOptions options = new();
        var reader = new ArgumentReader(arguments);
        for (int read = 1; reader.MoveNext(); read++)
        {
            switch (reader.Current)
            {
                case "--filter":
                    options._filters.Add($"*{reader.Value().Trim('*')}*");
                    read++;
                    break;
                case "--quick":
                    options.IsQuick = true;
                    break;
                case "--disasm":
                    options.Disassembled = reader.Value();
                    read++;
                    break;
                case "--list":
                    options.Lists = true;
                    break;
                case "--help" or "-h":
                    options.WantsHelp = true;
                    break;
                case "--":
                    options.Others = arguments[read..];
                    return options;
                default:
                    throw new UsageException($"micro has no option '{reader.Current}'; see micro --help.");
            }
        }

        return options;
    }
}
