using System.Numerics;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>Counts times in classes that are each 1.6 % wide, so that any number of them takes the same room.</summary>
internal sealed class LatencyHistogram
{
    /// <summary>Classes of each power of two, as a power of two.</summary>
    private const int Precision = 6;

    private const int Steps = 1 << Precision;

    private readonly long[] _counts = new long[(64 - Precision) * Steps];

    public long Count { get; private set; }

    public void Add(long nanoseconds)
    {
        _counts[ClassOf(Math.Max(nanoseconds, 0))]++;
        Count++;
    }

    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>The time within which a fraction of all lie, in nanoseconds; null if none was counted.</summary>
    public double? Quantile(double fraction)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(Count * fraction));
        for (int i = 0; i < _counts.Length && Count > 0; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
            {
                return Middle(i);
            }
        }

        return null;
    }

    // Small times have a class each; of the others, the leading bit and the six behind it count.
    private static int ClassOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - Precision);
        return (shift * Steps) + (int)(value >> shift);
    }

    private static double Middle(int index)
    {
        int shift = Math.Max(0, (index / Steps) - 1);
        long low = (long)(index - (shift * Steps)) << shift;
        return low + (((1L << shift) - 1) / 2.0);
    }
}
