using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>
/// Ratios as bars from 0, with whiskers from quartile to quartile and marks for what is required. The line at 1 is the peer.
/// </summary>
internal sealed class BarChart(string title, string axis, IReadOnlyList<Bar> bars)
{
    /// <summary>The class of pictures that need the room of two.</summary>
    public const string Wide = "wide";

    // From here on no other picture stands beside it.
    private const int ManyBars = 10;

    private const double Width = 920;
    private const double Left = 200;
    private const double Right = 700;
    private const double Top = 34;
    private const double RowHeight = 26;
    private const double BarHeight = 13;
    private const double Foot = 62;

    private readonly string _title = title;
    private readonly string _axis = axis;
    private readonly IReadOnlyList<Bar> _bars = bars;
    private readonly double _most = bars.SelectMany(static bar => (double[])[bar.Value, bar.High, bar.Must ?? 0, 1])
            .Where(double.IsFinite)
            .Max() * 1.04;

    public XElement ToSvg()
    {
        double bottom = Top + (_bars.Count * RowHeight);
        XElement picture = Svg.Picture(Width, bottom + Foot, _title);
        picture.Add(new XAttribute("class", _bars.Count > ManyBars ? Wide + " tall" : Wide), Svg.Text(0, 16, "title", _title));
        foreach (double tick in Ticks())
        {
            picture.Add(Svg.Line(X(tick), Top, X(tick), bottom, "grid"));
            picture.Add(Svg.Text(X(tick), bottom + 16, "tick middle", Figure.Digits(tick)));
        }

        for (int i = 0; i < _bars.Count; i++)
        {
            picture.Add(Row(_bars[i], Top + (i * RowHeight)));
        }

        picture.Add(Svg.Line(X(1), Top - 4, X(1), bottom + 4, "reference"));
        picture.Add(Svg.Text((Left + Right) / 2, bottom + 34, "axis middle", _axis));
        AddLegend(picture, bottom + 54);
        return picture;
    }

    private XElement Row(Bar bar, double top)
    {
        double middle = top + (RowHeight / 2);
        var shapes = new List<XElement>
        {
            Svg.Rectangle(0, top, Width, RowHeight, "hit"),
            Svg.Text(Left - 10, middle + 4, "label end", bar.Label),
            Svg.Rectangle(Left, middle - (BarHeight / 2), X(bar.Value) - Left, BarHeight, "bar " + bar.Style),
            Svg.Line(X(bar.Low), middle, X(bar.High), middle, "whisker"),
            Svg.Line(X(bar.Low), middle - 4, X(bar.Low), middle + 4, "whisker"),
            Svg.Line(X(bar.High), middle - 4, X(bar.High), middle + 4, "whisker"),
            Svg.Text(Right + 14, middle + 4, "value", $"{Figure.Ratio(bar.Value)}  {bar.Note}"),
        };
        if (bar.Must is double must)
        {
            shapes.Add(Svg.Line(X(must), middle - 10, X(must), middle + 10, "must"));
        }

        if (bar.Goal is double goal)
        {
            shapes.Add(Svg.Line(X(goal), middle - 10, X(goal), middle + 10, "goal"));
        }

        return Svg.Group(bar.Tooltip, [.. shapes]);
    }

    private void AddLegend(XElement picture, double y)
    {
        picture.Add(Svg.Line(Left, y - 4, Left + 22, y - 4, "whisker"));
        picture.Add(Svg.Line(Left, y - 8, Left, y, "whisker"));
        picture.Add(Svg.Line(Left + 22, y - 8, Left + 22, y, "whisker"));
        picture.Add(Svg.Text(Left + 29, y, "tick", "quartiles of the rounds"));
        if (_bars.Any(static bar => bar.Must is not null))
        {
            picture.Add(Svg.Line(Left + 196, y - 12, Left + 196, y + 3, "must"));
            picture.Add(Svg.Text(Left + 204, y, "tick", "must"));
            picture.Add(Svg.Line(Left + 256, y - 12, Left + 256, y + 3, "goal"));
            picture.Add(Svg.Text(Left + 264, y, "tick", "goal"));
        }
    }

    private double X(double value)
        => Left + ((Right - Left) * Math.Clamp(double.IsNaN(value) ? 0 : value / _most, 0, 1));

    private IEnumerable<double> Ticks()
    {
        double[] steps = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000, 10_000];
        double step = steps.FirstOrDefault(step => _most / step <= 9, _most);
        for (int i = 0; i * step <= _most; i++)
        {
            yield return i * step;
        }
    }
}

/// <summary>A bar of a <see cref="BarChart"/>: a ratio with its quartiles, and what it should be.</summary>
/// <param name="Label">On its left.</param>
/// <param name="Value">Its length.</param>
/// <param name="Low">Where the whisker starts.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Must">The most that is accepted; null if nothing is required.</param>
/// <param name="Goal">What is aimed at.</param>
/// <param name="Style">Its colour: good, fair, bad or plain.</param>
/// <param name="Note">Behind the value on its right: what the colour says, in words.</param>
/// <param name="Tooltip">All that is known of it.</param>
internal sealed record Bar(
    string Label,
    double Value,
    double Low,
    double High,
    double? Must,
    double? Goal,
    string Style,
    string Note,
    string Tooltip)
{
    /// <summary>The style and the word for a ratio beside its budgets.</summary>
    public static (string Style, string Word) Judge(double ratio, double? must, double? goal)
        => must is null && goal is null ? ("plain", "")
        : ratio <= goal ? ("good", "within goal")
        : must is null || ratio <= must ? ("fair", "within must")
        : ("bad", "over must");
}
