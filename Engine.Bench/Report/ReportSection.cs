using System.Text;

namespace Engine.Mbufs.Bench.Report;

/// <summary>What one file of results becomes: parts, each with its figures and a table.</summary>
internal abstract class ReportSection
{
    private const string Program = "dotnet run -c Release --project Engine.Bench -- ";

    protected ReportSection(string kind, ResultMachine? machine, string? command)
    {
        Kind = kind;
        Machine = machine;
        Command = Program + (command ?? $"{kind} --json {kind}.json");
    }

    /// <summary>The verb that made it.</summary>
    public string Kind { get; }

    /// <summary>Where it was made; null if the file does not say.</summary>
    public ResultMachine? Machine { get; }

    /// <summary>What makes it again.</summary>
    public string Command { get; }

    /// <summary>Its place in the report.</summary>
    public abstract int Rank { get; }

    public abstract string Title { get; }

    /// <summary>What came out, in a sentence or two.</summary>
    public abstract string Summary { get; }

    /// <summary>How to read it.</summary>
    public abstract string Explanation { get; }

    public abstract IReadOnlyList<ReportPart> Parts { get; }

    /// <summary>The tables of all parts, or of one.</summary>
    public string ToMarkdown(string? part = null)
    {
        var text = new StringBuilder();
        string machine = Machine is null ? "" : $" on {DataTable.Escape(Machine.ToString())}";
        string command = Command.Replace('`', '\'').ReplaceLineEndings(" ");
        text.Append("Made by `").Append(command).Append('`').Append(machine).Append(".\n");
        foreach (ReportPart table in Parts.Where(candidate => part is null || candidate.Name == part))
        {
            text.Append('\n');
            if (part is null)
            {
                text.Append("**").Append(DataTable.Escape(table.Heading)).Append("**\n\n");
            }

            text.Append(table.Table.ToMarkdown());
        }

        return text.ToString();
    }
}
