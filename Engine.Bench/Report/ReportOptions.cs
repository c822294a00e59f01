namespace Engine.Mbufs.Bench.Report;

/// <summary>What the command line of <c>report</c> asks for.</summary>
internal sealed class ReportOptions
{
    private const string DefaultPage = "report.html";

    /// <summary>Files with results, in the order given.</summary>
    public List<string> Files { get; } = [];

    /// <summary>Where the page goes; null for none.</summary>
    public string? PagePath { get; private set; }

    /// <summary>Where the tables go, as Markdown; null for nowhere.</summary>
    public string? MarkdownPath { get; private set; }

    /// <summary>The document whose marked tables are replaced; null for none.</summary>
    public string? UpdatePath { get; private set; }

    public bool WantsHelp { get; private set; }

    public static string Help => $"""
        Draws results: one HTML page with plots and tables in it, or tables in Markdown.

        usage: report [--out FILE] [--markdown FILE] [--update FILE] RESULTS...

          RESULTS          what versus, storm, proxy and gate write with --json FILE
          --out FILE       the page (default {DefaultPage}, unless one of the others is asked for); it needs nothing but itself
          --markdown FILE  all tables as Markdown
          --update FILE    replace the tables of a document that stand between <!-- table: NAME --> and <!-- end -->; NAME is
                           versus, storm, proxy or gate for all of its tables, or one of them: versus:dpdk, storm:in-flight,
                           proxy:small-64

        A file that is not what one of the verbs writes is named, and nothing is written.
        """;

    public static ReportOptions Parse(string[] arguments)
    {
        var options = new ReportOptions();
        var reader = new ArgumentReader(arguments);
        while (reader.MoveNext())
        {
            switch (reader.Current)
            {
                case "--out":
                    options.PagePath = reader.Value();
                    break;
                case "--markdown":
                    options.MarkdownPath = reader.Value();
                    break;
                case "--update":
                    options.UpdatePath = reader.Value();
                    break;
                case "--help" or "-h":
                    options.WantsHelp = true;
                    break;
                case ['-', ..] option:
                    throw new UsageException($"report has no option '{option}'; see report --help.");
                default:
                    options.Files.Add(reader.Current);
                    break;
            }
        }

        if (options.MarkdownPath is null && options.UpdatePath is null)
        {
            options.PagePath ??= DefaultPage;
        }

        return options.Files.Count > 0 || options.WantsHelp
            ? options
            : throw new UsageException(
                "report needs the files that versus, storm, proxy or gate wrote with --json; see report --help.");
    }
}
