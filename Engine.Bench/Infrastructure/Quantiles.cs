using System.Numerics;

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

/// <summary>
/// Counts durations in buckets that grow with them, 32 to each doubling, so that any percentile is known to 1.6 % and recording
/// costs an increment: no sample is kept, nothing is allocated.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int PreciseBits = 5;
    private const int Precise = 1 << PreciseBits;

    private readonly long[] _counts = new long[(64 - PreciseBits) * Precise];

    /// <summary>How many durations were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest of them, exactly.</summary>
    public long Longest { get; private set; }

    /// <summary>Counts one duration, in any unit; a negative one, as a clock that was set back gives, counts as 0.</summary>
    public void Record(long duration)
    {
        long value = Math.Max(0, duration);
        _counts[BucketOf(value)]++;
        Count++;
        Longest = Math.Max(Longest, value);
    }

    /// <summary>Adds what another histogram counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }

        Count += other.Count;
        Longest = Math.Max(Longest, other.Longest);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Longest = 0;
    }

    /// <summary>The duration that a share of all do not exceed, as the middle of its bucket; 0 if there is none.</summary>
    /// <param name="fraction">0 to 1: 0.99 for the 99th percentile, 1 for the longest.</param>
    public double Percentile(double fraction)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(fraction * Count));
        if (rank >= Count)
        {
            return Longest;
        }

        long seen = 0;
        int bucket = 0;
        while ((seen += _counts[bucket]) < rank)
        {
            bucket++;
        }

        return Math.Min(MiddleOf(bucket), Longest);
    }

    private static int BucketOf(long value)
    {
        if (value < Precise)
        {
            return (int)value;
        }

        int shift = BitOperations.Log2((ulong)value) - PreciseBits;
        return ((shift + 1) << PreciseBits) + (int)(value >> shift) - Precise;
    }

    private static double MiddleOf(int bucket)
    {
        if (bucket < Precise)
        {
            return bucket;
        }

        int shift = (bucket >> PreciseBits) - 1;
        double first = (double)(Precise + (bucket & (Precise - 1))) * (1L << shift);
        return first + (((1L << shift) - 1) / 2.0);
    }
}
