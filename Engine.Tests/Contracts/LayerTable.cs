using System.Text.RegularExpressions;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The layers of a project as docs/design.md lists them, the lowest first.</summary>
internal sealed partial class LayerTable
{
    private const string Heading = "#### ";

    private readonly Row[] _rows;

    public LayerTable(IEnumerable<Row> rows) => _rows = [.. rows];

    /// <summary>One layer: a folder of the project, or "." for the files beside the folders.</summary>
    /// <param name="Folder">Its name.</param>
    /// <param name="Uses">The folders whose code it names.</param>
    /// <param name="IsConfined">It sees of others what is public.</param>
    /// <param name="IsUsedByNothing">No other folder names it.</param>
    /// <param name="Types">The public types that are declared in it.</param>
    public sealed record Row(string Folder, string[] Uses, bool IsConfined = false, bool IsUsedByNothing = false, string[]? Types = null);

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>The table under the heading that names the project.</summary>
    public static LayerTable Read(string project)
    {
        string page = Repository.Read("docs/design.md");
        int start = page.IndexOf($"{Heading}`{project}`\n", StringComparison.Ordinal);
        if (start < 0)
        {
            throw new InvalidOperationException($"docs/design.md has no heading \"{Heading}`{project}`\".");
        }

        int end = page.IndexOf("\n#", start + 1, StringComparison.Ordinal);
        string[] lines = page[start..(end < 0 ? page.Length : end)].Split('\n');
        return new LayerTable(lines.Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).Select(RowOf));
    }

    /// <summary>The layer of a file: the innermost folder that has a row. Null if none has.</summary>
    public Row? LayerOf(string file)
    {
        string folder = Path.GetDirectoryName(file)!.Replace('\\', '/');
        while (folder.Length > 0 && !_rows.Any(row => row.Folder == folder))
        {
            folder = folder[..Math.Max(0, folder.LastIndexOf('/'))];
        }

        return _rows.FirstOrDefault(row => row.Folder == (folder.Length == 0 ? "." : folder));
    }

    /// <summary>Rows that name a folder which does not stand above them.</summary>
    public IEnumerable<string> Disorder()
        => from row in _rows.Index()
           from used in row.Item.Uses
           where !_rows.Take(row.Index).Any(above => above.Folder == used)
           select $"{row.Item.Folder} uses {used}, which does not stand above it in the table";

    private static Row RowOf(string line)
    {
        string[] cells = [.. line.Trim().Trim('|').Split('|').Select(static cell => cell.Trim())];
        string uses = cells[2];
        return new Row(
            NamesIn(cells[0])[0],
            NamesIn(uses),
            uses.StartsWith("what is public of", StringComparison.Ordinal),
            cells[1].EndsWith("used by nothing", StringComparison.Ordinal),
            cells.Length > 3 ? NamesIn(cells[3]) : null);
    }

    private static string[] NamesIn(string cell) => [.. Quoted().Matches(cell).Select(static match => match.Groups["name"].Value)];

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Quoted();
}
