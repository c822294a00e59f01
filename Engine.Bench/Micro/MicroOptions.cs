using System.CommandLine;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>What the command line of <c>micro</c> asks for.</summary>
internal sealed record MicroOptions
{
    private static readonly OptionSet s_set = new(
        "micro",
        "BenchmarkDotNet suites of the engine's operations: time, and managed memory, which is to be none.",
        static () => """
            What follows behind -- is BenchmarkDotNet's, such as --exporters json.

            examples
              micro --filter '*AllocateFree*' --quick
              micro --filter share --disasm '*Kernels:*'
              micro --filter chain -- --exporters json

            Each operation is one that gate counts the instructions of, 1,024 at a time; the figures are of one. Without --quick
            BenchmarkDotNet builds a program to measure in: then the current folder must be in the repository.
            """,
        lastCounts: true);

    private static readonly Option<IReadOnlyList<string>?> s_filter = s_set.List(
        "--filter",
        "GLOB",
        "only the operations whose family or name contain it, such as share, '*share*' or '*AllocateFree*'; may be given several times "
            + "[default: all, which takes about half an hour]",
        static written => $"*{written.Trim('*')}*");

    private static readonly Option<bool> s_quick = s_set.Switch(
        "--quick", "a second or two for each operation, in this process: for a look, not for a comparison");

    private static readonly Option<string?> s_disassembled = s_set.Value(
        "--disasm",
        "METHODS",
        "the machine code that methods end up with when the operations run, instead of figures: '*Kernels:*' for the loops with all "
            + "that is inlined into them, or a method such as 'ThreadCache:Push'",
        static written => written);

    private static readonly Option<bool> s_list = s_set.Switch("--list", "the families and their operations");

    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>What is passed on.</summary>
    public required IReadOnlyList<string> Others { get; init; }

    public bool IsQuick { get; private init; }

    public bool Lists { get; private init; }

    /// <summary>Methods whose machine code is wanted; null for none.</summary>
    public string? Disassembled { get; private init; }

    public bool WantsHelp { get; private init; }

    public static string Help => s_set.Help;

    public static MicroOptions Parse(string[] arguments)
    {
        int own = Array.IndexOf(arguments, "--") is >= 0 and int end ? end : arguments.Length;
        ParseResult said = s_set.Parse(arguments[..own]);
        return new MicroOptions
        {
            Filters = said.GetValue(s_filter) ?? ["*"],
            Others = arguments[Math.Min(own + 1, arguments.Length)..],
            IsQuick = said.GetValue(s_quick),
            Lists = said.GetValue(s_list),
            Disassembled = said.GetValue(s_disassembled),
            WantsHelp = s_set.AsksForHelp(said),
        };
    }
}
