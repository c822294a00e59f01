using System.CommandLine;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>What the command line of <c>measure</c> asks for.</summary>
/// <param name="Side">The name of the side.</param>
/// <param name="Work">The name of the work.</param>
/// <param name="Cpu">The core of the measuring thread; null for any.</param>
/// <param name="Partner">The core of the other thread; null for any.</param>
/// <param name="Milliseconds">How long to measure.</param>
internal sealed record MeasureOptions(string Side, string Work, int? Cpu, int? Partner, int Milliseconds)
{
    private const int CoreMost = 1023;
    private const int MillisecondsUsual = 300;
    private const string Missing = "measure needs a side and a work: measure SIDE WORK; see measure --help.";

    private static readonly OptionSet s_set = new(
        "measure",
        """
        One side of one work in this process, written as one line: work, median and least nanoseconds a packet, and managed bytes
        a packet.
        """,
        static () => $"""
            sides
              engine, {string.Join(", ", Bench.Measure.Side.Peers.Select(side => side.Name))}
            """,
        lastCounts: true);

    private static readonly Argument<string> s_side = s_set.Argument("SIDE", "the engine or a peer, see below", Missing);
    private static readonly Argument<string> s_work = s_set.Argument("WORK", "see versus --help", Missing);

    private static readonly Option<int?> s_cpu = s_set.Number(
        "--cpu", "N", "pin the measuring thread to a core, once it is warm (Linux)", 0, CoreMost);

    private static readonly Option<int?> s_partner = s_set.Number(
        "--partner", "N", "and the other thread of a work that takes two cores", 0, CoreMost);

    private static readonly Option<int?> s_milliseconds = s_set.Number(
        "--milliseconds", "N", $"how long to measure, after warming up [default: {MillisecondsUsual}]", 1, 600_000);

    public static string Help => s_set.Help;

    /// <summary>What a command line says; null if it asks for help.</summary>
    public static MeasureOptions? Parse(string[] arguments)
    {
        ParseResult said = s_set.Parse(arguments);
        return s_set.AsksForHelp(said) ? null : new MeasureOptions(
            said.GetValue(s_side)!,
            said.GetValue(s_work)!,
            said.GetValue(s_cpu),
            said.GetValue(s_partner),
            said.GetValue(s_milliseconds) ?? MillisecondsUsual);
    }
}
