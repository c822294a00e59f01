using System.CommandLine;

namespace Engine.Mbufs.Bench.Report;

/// <summary>What the command line of <c>report</c> asks for.</summary>
internal sealed class ReportOptions(ParseResult said)
{
    private const string DefaultPage = "report.html";

    private static readonly OptionSet s_set = new(
        "report",
        "Draws results: one HTML page with plots and tables in it, or tables in Markdown.",
        static () => """
            examples
              report --out all.html versus.json storm.json
              report --update docs/performance.md proxy.json

            A table of a document that is replaced stands between <!-- table: NAME --> and <!-- end -->; NAME is versus, storm, proxy
            or gate for all of its tables, or one of them: versus:dpdk, storm:in-flight, proxy:small-64.
            A file that is not what one of the verbs writes is named, and nothing is written.
            """,
        lastCounts: true);

    private static readonly Argument<string[]> s_files = s_set.Arguments(
        "RESULTS",
        "what versus, storm, proxy and gate write with --json FILE",
        "report needs the files that versus, storm, proxy or gate wrote with --json; see report --help.");

    private static readonly Option<string?> s_page = s_set.Text(
        "--out", "FILE", $"the page; it needs nothing but itself [default: {DefaultPage}, unless one of the others is asked for]");

    private static readonly Option<string?> s_markdown = s_set.Text("--markdown", "FILE", "all tables as Markdown");

    private static readonly Option<string?> s_update = s_set.Text(
        "--update", "FILE", "replace the tables of a document that are marked in it");

    /// <summary>Files with results, in the order given.</summary>
    public IReadOnlyList<string> Files { get; } = s_set.AsksForHelp(said) ? [] : said.GetValue(s_files)!;

    /// <summary>Where the page goes; null for none.</summary>
    public string? PagePath { get; } = said.GetValue(s_page)
        ?? (said.GetValue(s_markdown) is null && said.GetValue(s_update) is null ? DefaultPage : null);

    /// <summary>Where the tables go, as Markdown; null for nowhere.</summary>
    public string? MarkdownPath { get; } = said.GetValue(s_markdown);

    /// <summary>The document whose marked tables are replaced; null for none.</summary>
    public string? UpdatePath { get; } = said.GetValue(s_update);

    public bool WantsHelp { get; } = s_set.AsksForHelp(said);

    public static string Help => s_set.Help;

    public static ReportOptions Parse(string[] arguments) => new(s_set.Parse(arguments));
}
