namespace Engine.Mbufs.Bench.Report;

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

    /// <param name="values">What it has to hold; what has no logarithm is left out.</param>
    /// <param name="start">Where its least value is drawn.</param>
    /// <param name="end">Where its largest is.</param>
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
