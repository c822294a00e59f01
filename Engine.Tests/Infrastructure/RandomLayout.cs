namespace Engine.Mbufs.Tests;

/// <summary>Chains of any shape: bytes cut at random into segments of random kinds.</summary>
public static class RandomLayout
{
    /// <summary>Segments for a number of bytes: empty ones, single bytes, and up to <paramref name="largest"/> each.</summary>
    public static Segment[] Of(Random random, int length, int largest = 2048)
    {
        var segments = new List<Segment>();
        int scale = random.Next(3) == 0 ? 8 : random.Next(2) == 0 ? 192 : largest;
        for (int left = length; left > 0 || segments.Count == 0;)
        {
            int piece = Math.Min(left, random.Next(10) == 0 ? 1 : random.Next(Math.Max(scale, length / 40) + 1));
            piece = Math.Min(piece, largest);
            segments.Add(Kind(random, piece));
            left -= piece;
        }

        return [.. segments];
    }

    private static Segment Kind(Random random, int length) => random.Next(6) switch
    {
        0 when length <= 160 => Segment.Internal(length, lead: random.Next(33)),
        1 => Segment.Shared(length),
        2 => Segment.ReadOnly(length),
        3 => Segment.External(length),
        _ when length == 0 => Segment.Empty,
        _ => Segment.Cluster(length),
    };
}
