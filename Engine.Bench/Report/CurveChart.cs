using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>Curves over a few places, on a logarithmic axis.</summary>
internal sealed class CurveChart
{
    private const double Width = 440;
    private const double Height = 300;
    private const double Left = 76;
    private const double Top = 36;
    private const double Bottom = 242;

    // Between the ends of the axis and the first and the last place.
    private const double EndRoom = 14;

    // Room for the names of the curves.
    private const double NamesWidth = 112;
    private const double LabelHeight = 15;

    private readonly string _title;
    private readonly string _horizontal;
    private readonly string _vertical;
    private readonly Func<double, string> _format;
    private readonly IReadOnlyList<CurvePlace> _places;
    private readonly IReadOnlyList<Curve> _curves;
    private readonly IReadOnlyList<CurveLimit> _limits;
    private readonly LogAxis _axis;
    private readonly string _styles;
    private readonly double _right;

    public CurveChart(
        string title,
        (string Horizontal, string Vertical) axes,
        Func<double, string> format,
        IReadOnlyList<CurvePlace> places,
        IReadOnlyList<Curve> curves,
        bool isOrdered = false,
        params IReadOnlyList<CurveLimit> limits)
    {
        _title = title;
        (_horizontal, _vertical) = axes;
        _format = format;
        _places = places;
        _curves = curves;
        _limits = limits;
        _styles = isOrdered ? "o" : "s";
        _right = Width - 8 - (curves.Count > 1 ? NamesWidth : 0);
        _axis = new LogAxis(
            curves.SelectMany(static curve => curve.Points)
                .SelectMany(static point => (double[])[point.Low, point.Value, point.High])
                .Concat(limits.Select(static limit => limit.Value)),
            Bottom,
            Top);
    }

    public XElement ToSvg()
    {
        XElement picture = Svg.Picture(Width, Height, _title);
        picture.Add(Svg.Text(0, 16, "title", _title));
        AddAxes(picture);
        foreach (CurveLimit limit in _limits)
        {
            double y = _axis.Position(limit.Value);
            picture.Add(Svg.Line(X(limit.From) - 8, y, X(limit.To) + 8, y, "limit"));
            picture.Add(Svg.Text(X(limit.From) - 8, y - 5, "tick", limit.Label));
        }

        for (int i = 0; i < _curves.Count; i++)
        {
            AddCurve(picture, _curves[i], StyleOf(i));
        }

        if (_curves.Count > 1)
        {
            AddNames(picture);
        }

        return picture;
    }

    private void AddAxes(XElement picture)
    {
        foreach (double tick in _axis.Ticks())
        {
            double y = _axis.Position(tick);
            picture.Add(Svg.Line(Left, y, _right, y, "grid"));
            picture.Add(Svg.Text(Left - 8, y + 4, "tick end", _format(tick)));
        }

        for (int place = 0; place < _places.Count; place++)
        {
            picture.Add(Svg.Line(X(place), Bottom, X(place), Bottom + 4, "base"));
            picture.Add(Svg.Text(X(place), Bottom + 19, "tick middle", _places[place].Label));
        }

        picture.Add(Svg.Line(Left, Bottom, _right, Bottom, "base"));
        picture.Add(Svg.Text((Left + _right) / 2, Bottom + 42, "axis middle", _horizontal));
        picture.Add(Svg.Upright(14, (Top + Bottom) / 2, "axis middle", _vertical));
    }

    private void AddCurve(XElement picture, Curve curve, string style)
    {
        picture.Add(Svg.Path(curve.Points.Select(point => (X(point.Place), _axis.Position(point.Value))), "curve " + style));
        foreach (CurvePoint point in curve.Points)
        {
            (double x, double y) = (X(point.Place), _axis.Position(point.Value));
            picture.Add(Svg.Group(
                point.Tooltip,
                Svg.Line(x, _axis.Position(point.Low), x, _axis.Position(point.High), "spread " + style),
                Svg.Circle(x, y, 4, "point " + style),
                Svg.Circle(x, y, 11, "hit")));
        }
    }

    /// <summary>Names beside the ends of the curves, moved apart where the ends are close.</summary>
    private void AddNames(XElement picture)
    {
        double free = Top;
        (Curve Curve, int Number, double Y)[] ends = [.. _curves
            .Select((curve, number) => (Curve: curve, Number: number, Y: _axis.Position(curve.Points[^1].Value)))
            .OrderBy(static end => end.Y)
            .ThenByDescending(static end => end.Number)];

        // Pushed down by what is above it, but not so far that the last ones leave the picture.
        for (int i = 0; i < ends.Length; i++)
        {
            double y = Math.Min(Math.Max(ends[i].Y, free), Bottom - ((ends.Length - 1 - i) * LabelHeight));
            free = y + LabelHeight;
            picture.Add(Svg.Circle(_right + 14, y, 4, "point " + StyleOf(ends[i].Number)));
            picture.Add(Svg.Text(_right + 23, y + 4, "label", ends[i].Curve.Name));
        }
    }

    // The styles of the page: eight colours, or five shades of one.
    private string StyleOf(int curve) => _styles + (curve % (_styles == "o" ? 5 : 8));

    private double X(int place)
    {
        double first = _places[0].Position;
        double range = _places[^1].Position - first;
        double share = range > 0 ? (_places[place].Position - first) / range : 0.5;
        return Left + EndRoom + ((_right - Left - (2 * EndRoom)) * share);
    }
}

/// <summary>One curve of a <see cref="CurveChart"/>.</summary>
/// <param name="Name">Beside its end.</param>
/// <param name="Points">From left to right.</param>
internal sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points);

/// <summary>A point of a <see cref="Curve"/>.</summary>
/// <param name="Place">Which of the chart's places along the horizontal axis it stands at.</param>
/// <param name="Value">Its height.</param>
/// <param name="Low">Where its whisker starts.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Tooltip">All that is known of it.</param>
internal readonly record struct CurvePoint(int Place, double Value, double Low, double High, string Tooltip);

/// <summary>A place along the horizontal axis of a <see cref="CurveChart"/>.</summary>
/// <param name="Label">What is written there.</param>
/// <param name="Position">How far along it is, in any unit.</param>
internal readonly record struct CurvePlace(string Label, double Position)
{
    /// <summary>Places for numbers that grow, each as far from the next as their logarithms are.</summary>
    public static CurvePlace[] Logarithmic(IEnumerable<long> numbers)
        => [.. numbers.Select(static number => new CurvePlace(Figure.Binary(number), Math.Log2(Math.Max(1, number))))];

    /// <summary>Places as far from each other as the next ones.</summary>
    public static CurvePlace[] Even(params string[] labels)
        => [.. labels.Select(static (label, place) => new CurvePlace(label, place))];
}

/// <summary>What values must not exceed, over a part of a <see cref="CurveChart"/>.</summary>
/// <param name="From">The first place that it holds for.</param>
/// <param name="To">The last.</param>
/// <param name="Value">How high it is.</param>
/// <param name="Label">What is written on it.</param>
internal readonly record struct CurveLimit(int From, int To, double Value, string Label);

/// <summary>A logarithmic axis for positive values.</summary>
internal sealed class LogAxis
{
    private static readonly double[] s_fine = [1, 1.5, 2, 3, 5, 7];
    private static readonly double[] s_coarse = [1, 2, 5];
    private static readonly double[] s_decades = [1];

    private readonly double _least;
    private readonly double _most;
    private readonly double _start;
    private readonly double _end;

    public LogAxis(IEnumerable<double> values, double start, double end)
    {
        double[] positive = [.. values.Where(static value => value > 0 && double.IsFinite(value)).DefaultIfEmpty(1)];

        // A little room on both sides, and never so little of a range that noise fills the picture.
        _least = positive.Min() / 1.12;
        _most = Math.Max(positive.Max() * 1.12, _least * 2);
        _start = start;
        _end = end;
    }

    public double Position(double value)
    {
        double clamped = double.IsNaN(value) ? _least : Math.Clamp(value, _least, _most);
        return _start + ((_end - _start) * Math.Log(clamped / _least) / Math.Log(_most / _least));
    }

    /// <summary>Round values, few enough to be told apart.</summary>
    public IEnumerable<double> Ticks()
    {
        double decades = Math.Log10(_most / _least);
        double[] digits = decades < 1.2 ? s_fine : decades < 3 ? s_coarse : s_decades;
        for (int exponent = (int)Math.Floor(Math.Log10(_least)); exponent <= Math.Log10(_most); exponent++)
        {
            foreach (double digit in digits)
            {
                double tick = digit * Math.Pow(10, exponent);
                if (tick >= _least && tick <= _most)
                {
                    yield return tick;
                }
            }
        }
    }
}
