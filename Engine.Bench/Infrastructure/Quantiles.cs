namespace Engine.Mbufs.Bench;

/// <summary>Median, quartiles and other quantiles of measured values.</summary>
internal static class Quantiles
{
    /// <summary>The value below which a fraction of the values lies, interpolated between neighbours.</summary>
    /// <param name="values">At least one value, in any order.</param>
    /// <param name="fraction">0 to 1: 0.5 for the median.</param>
    public static double Of(IEnumerable<double> values, double fraction)
    {
        double[] sorted = [.. values.Order()];
        double position = (sorted.Length - 1) * fraction;
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}
