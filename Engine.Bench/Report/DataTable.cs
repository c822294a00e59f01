using System.Text;
using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>A table of text, for a page and for a document. Columns of numbers are aligned to the right.</summary>
internal sealed class DataTable
{
    private readonly string[] _columns;
    private readonly int _textColumns;
    private readonly List<string[]> _rows = [];

    /// <param name="textColumns">How many columns from the left hold names; the others hold numbers.</param>
    /// <param name="columns">Their headings; one without a heading holds remarks.</param>
    public DataTable(int textColumns, params string[] columns)
    {
        _textColumns = textColumns;
        _columns = columns;
    }

    public IReadOnlyList<string[]> Rows => _rows;

    public void Add(params string[] cells) => _rows.Add(cells);

    public XElement ToHtml(string caption) => Html.Element(
        "div",
        Html.Attribute("class", "scroll"),
        Html.Element(
            "table",
            Html.Element("caption", caption),
            Html.Element("thead", Html.Element("tr", [.. _columns.Select((column, i) => Cell("th", column, i, "col"))])),
            Html.Element("tbody", [.. _rows.Select(row => Html.Element("tr", [.. row.Select((cell, i) => i == 0
                ? Cell("th", cell, i, "row")
                : Cell("td", cell, i))]))])));

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line(text, _columns);
        Line(text, _columns.Select((_, i) => IsNumber(i) ? "--:" : "---"));
        foreach (string[] row in _rows)
        {
            Line(text, row.Select(Escape));
        }

        return text.ToString();
    }

    /// <summary>Text from anywhere as text, whatever Markdown or HTML would make of it.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (char character in Html.Clean(text).ReplaceLineEndings(" "))
        {
            escaped.Append(character switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '|' or '`' or '*' or '[' or ']' or '\\' => "\\" + character,
                _ => character.ToString(),
            });
        }

        return escaped.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells)
        => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private bool IsNumber(int column) => column >= _textColumns && _columns[column].Length > 0;

    private XElement Cell(string name, string text, int column, string? scope = null)
    {
        XElement cell = Html.Element(name, text);
        if (scope is not null)
        {
            cell.Add(Html.Attribute("scope", scope));
        }

        if (IsNumber(column))
        {
            cell.Add(Html.Attribute("class", "number"));
        }

        return cell;
    }
}
