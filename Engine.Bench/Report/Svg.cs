using System.Globalization;
using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

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
