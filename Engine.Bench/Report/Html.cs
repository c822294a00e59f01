using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>
/// Elements of a page as XML, which escapes what they hold: text from a file can become nothing but text.
/// </summary>
internal static class Html
{
    private static readonly string[] s_void = ["meta", "br", "hr"];

    /// <summary>An element; strings become text. One that may be empty in HTML is closed as HTML wants it.</summary>
    public static XElement Element(string name, params object?[] content)
    {
        var element = new XElement(name, [.. content.Select(static item => item is string text ? Clean(text) : item)]);
        if (element.IsEmpty && !s_void.Contains(name))
        {
            element.Add("");
        }

        return element;
    }

    public static XAttribute Attribute(string name, string value) => new(name, Clean(value));

    /// <summary>The text without characters that no page can hold.</summary>
    public static string Clean(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
        {
            return text;
        }

        var clean = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isGood = rune.Utf16SequenceLength > 1 || XmlConvert.IsXmlChar((char)rune.Value);
            clean.Append(isGood ? rune.ToString() : "\uFFFD");
        }

        return clean.ToString();
    }
}

/// <summary>The few shapes that the plots are made of.</summary>
internal static class Svg
{
    /// <summary>A picture that scales with the page, with a name for who cannot see it.</summary>
    public static XElement Picture(double width, double height, string label) => new(
        "svg",
        new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"),
        new XAttribute("role", "img"),
        Html.Attribute("aria-label", label),
        new XElement("title", Html.Clean(label)));

    public static XElement Text(double x, double y, string style, string text) => new(
        "text",
        new XAttribute("x", Number(x)),
        new XAttribute("y", Number(y)),
        new XAttribute("class", style),
        Html.Clean(text));

    /// <summary>Text along the left side, read from below.</summary>
    public static XElement Upright(double x, double y, string style, string text)
    {
        XElement element = Text(x, y, style, text);
        element.Add(new XAttribute("transform", $"rotate(-90 {Number(x)} {Number(y)})"));
        return element;
    }

    public static XElement Line(double x1, double y1, double x2, double y2, string style) => new(
        "line",
        new XAttribute("x1", Number(x1)),
        new XAttribute("y1", Number(y1)),
        new XAttribute("x2", Number(x2)),
        new XAttribute("y2", Number(y2)),
        new XAttribute("class", style));

    public static XElement Rectangle(double x, double y, double width, double height, string style) => new(
        "rect",
        new XAttribute("x", Number(x)),
        new XAttribute("y", Number(y)),
        new XAttribute("width", Number(Math.Max(0, width))),
        new XAttribute("height", Number(Math.Max(0, height))),
        new XAttribute("rx", "2"),
        new XAttribute("class", style));

    public static XElement Circle(double x, double y, double radius, string style) => new(
        "circle",
        new XAttribute("cx", Number(x)),
        new XAttribute("cy", Number(y)),
        new XAttribute("r", Number(radius)),
        new XAttribute("class", style));

    public static XElement Path(IEnumerable<(double X, double Y)> points, string style) => new(
        "polyline",
        new XAttribute("points", string.Join(' ', points.Select(static point => $"{Number(point.X)},{Number(point.Y)}"))),
        new XAttribute("class", style));

    /// <summary>Shapes that belong together, with what a pointer on them tells.</summary>
    public static XElement Group(string tooltip, params XElement[] shapes)
        => new("g", new XElement("title", Html.Clean(tooltip)), shapes);

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>A table of text, for a page and for a document. Columns of numbers are aligned to the right.</summary>
/// <param name="textColumns">How many columns from the left hold names; the others hold numbers.</param>
/// <param name="columns">Their headings; one without a heading holds remarks.</param>
internal sealed class DataTable(int textColumns, params string[] columns)
{
    private readonly string[] _columns = columns;
    private readonly int _textColumns = textColumns;
    private readonly List<string[]> _rows = [];

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
