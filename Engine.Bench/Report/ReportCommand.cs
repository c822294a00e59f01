namespace Engine.Mbufs.Bench.Report;

/// <summary>The verb <c>report</c>: results as a page to look at, and as the tables of a document.</summary>
internal static class ReportCommand
{
    public static int Run(string[] arguments)
    {
        ReportOptions options = ReportOptions.Parse(arguments);
        if (options.WantsHelp)
        {
            Console.WriteLine(ReportOptions.Help);
            return 0;
        }

        // Everything is read and made before anything is written.
        List<ReportSection> sections = [.. options.Files.Select(ResultReader.Read).OrderBy(static section => section.Rank)];
        string? updated = options.UpdatePath is null ? null : MarkedTables.Replace(options.UpdatePath, sections);
        if (options.PagePath is not null)
        {
            Write(options.PagePath, ReportPage.Make(sections));
        }

        if (options.MarkdownPath is not null)
        {
            Write(options.MarkdownPath, string.Join('\n', sections.Select(static section => section.ToMarkdown())));
        }

        if (updated is not null)
        {
            Write(options.UpdatePath!, updated);
        }

        return 0;
    }

    private static void Write(string path, string text)
    {
        ResultFile.WriteText(path, text);
        Console.WriteLine($"{path} is written.");
    }
}
