namespace Engine.Mbufs.Bench.Storm;

/// <summary>How large the steps of the scenarios may be.</summary>
/// <param name="Threads">Most threads of a step.</param>
/// <param name="Limit">Most packets in flight, and mbufs of the largest arena.</param>
/// <param name="SegmentsMost">Segments of the longest chain.</param>
internal sealed record StormSettings(int Threads, int Limit, int SegmentsMost)
{
    /// <summary>1, 2, 4 and so on, up to a number.</summary>
    public static IEnumerable<int> Doublings(int most)
    {
        for (int value = 1; value <= most; value *= 2)
        {
            yield return value;
        }
    }

    /// <summary>A number, four times it and so on, up to another.</summary>
    public static IEnumerable<int> Quadruplings(int first, int most)
    {
        for (long value = first; value <= most; value *= 4)
        {
            yield return (int)value;
        }
    }
}
