namespace Engine.Mbufs.Bench.Report;

/// <summary>How much more a packet may cost when more of them are in flight, where huge pages are to be had.</summary>
internal static class GrowthLimit
{
    private const long First = 1024;
    private const long InCaches = 65_536;
    private const long Beyond = 1_048_576;
    private const double MostInCaches = 1.5;
    private const double MostBeyond = 3;

    /// <summary>The limits for numbers of packets; none if they do not start where the limits do.</summary>
    /// <param name="numbers">In order.</param>
    /// <param name="cost">What the first costs.</param>
    public static List<CurveLimit> Of(long[] numbers, double cost)
    {
        var limits = new List<CurveLimit>();
        int inCaches = Array.FindLastIndex(numbers, static number => number <= InCaches);
        int beyond = Array.IndexOf(numbers, Beyond);
        if (numbers.Length == 0 || numbers[0] != First)
        {
            return limits;
        }

        if (inCaches > 0)
        {
            limits.Add(new CurveLimit(0, inCaches, MostInCaches * cost, "at most 1.5× up to 64 K"));
        }

        if (beyond > 0)
        {
            limits.Add(new CurveLimit(beyond, beyond, MostBeyond * cost, "at most 3×"));
        }

        return limits;
    }
}
