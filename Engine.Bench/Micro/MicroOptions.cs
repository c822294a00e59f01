using System.CommandLine;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>What the command line of <c>micro</c> asks for.</summary>
internal sealed class MicroOptions(ParseResult said, IReadOnlyList<string> others)
{
    private static readonly OptionSet s_set = new(
        "micro",
        "BenchmarkDotNet suites of the engine's operations: time, and managed memory, which is to be none.",
        static () => """
            What follows behind -- is BenchmarkDotNet's, such as --exporters json.

            examples
              micro --filter '*AllocateFree*' --quick
              micro --filter share --disasm '*Operations*:*'
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

    private static readonly Option<string?> s_disassembled = s_set.Text(
        "--disasm",
        "METHODS",
        "the machine code that methods end up with when the operations run, instead of figures: '*Operations*:*' for the loops with all "
            + "that is inlined into them, or a method such as 'ThreadCache:Push'");

    private static readonly Option<bool> s_list = s_set.Switch("--list", "the families and their operations");

    public IReadOnlyList<string> Filters { get; } = said.GetValue(s_filter) ?? ["*"];

    /// <summary>What is passed on.</summary>
    public IReadOnlyList<string> Others { get; } = others;

    public bool IsQuick { get; } = said.GetValue(s_quick);

    public bool Lists { get; } = said.GetValue(s_list);

    /// <summary>Methods whose machine code is wanted; null for none.</summary>
    public string? Disassembled { get; } = said.GetValue(s_disassembled);

    public bool WantsHelp { get; } = s_set.AsksForHelp(said);

    public static string Help => s_set.Help;

    public static MicroOptions Parse(string[] arguments)
    {
        int own = Array.IndexOf(arguments, "--") is >= 0 and int end ? end : arguments.Length;
        return new MicroOptions(s_set.Parse(arguments[..own]), arguments[Math.Min(own + 1, arguments.Length)..]);
    }
}
