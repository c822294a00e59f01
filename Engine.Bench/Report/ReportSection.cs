using System.Text;
using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>What one file of results becomes: parts, each with its figures and a table.</summary>
internal abstract class ReportSection(string kind, ResultMachine? machine, string? command)
{
    private const string Program = "dotnet run -c Release --project Engine.Bench -- ";

    /// <summary>The verb that made it.</summary>
    public string Kind { get; } = kind;

    /// <summary>Where it was made; null if the file does not say.</summary>
    public ResultMachine? Machine { get; } = machine;

    /// <summary>What makes it again.</summary>
    public string Command { get; } = Program + (command ?? $"{kind} --json {kind}.json");

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

/// <summary>A heading of the report and what is below it.</summary>
/// <param name="Name">What a marker in a document calls its table.</param>
/// <param name="Heading">The heading.</param>
/// <param name="Figures">Plots, as SVG.</param>
/// <param name="Table">The figures in numbers.</param>
internal sealed record ReportPart(string Name, string Heading, IReadOnlyList<XElement> Figures, DataTable Table);

/// <summary>The machine as a file describes it; what it does not say is left out.</summary>
internal sealed record ResultMachine(
    string? Processor = null,
    int? Cores = null,
    long? MemoryBytes = null,
    string? Runtime = null,
    string? InstructionSet = null,
    string? OperatingSystem = null,
    string? TransparentHugePages = null,
    string? Date = null)
{
    /// <summary>All of it on one line.</summary>
    public override string ToString() => string.Join(", ", Facts().OfType<string>());

    private IEnumerable<string?> Facts()
    {
        yield return Processor;
        yield return Cores is int cores ? $"{Figure.Whole(cores)} {(cores == 1 ? "core" : "cores")}" : null;
        yield return MemoryBytes is long bytes ? Figure.Fixed(bytes / (double)(1L << 30), 0) + " GiB" : null;
        yield return Runtime;
        yield return InstructionSet;
        yield return OperatingSystem;
        yield return TransparentHugePages is null ? null : "huge pages: " + TransparentHugePages;
        yield return Date;
    }
}
