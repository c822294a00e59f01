namespace Engine.Mbufs.Bench.Measure;

/// <summary>A random order, the same in every run and in every program that is compared.</summary>
internal static class Shuffle
{
    private const uint Seed = 1;

    public static void Apply<T>(Span<T> items)
    {
        uint random = Seed;
        for (int i = items.Length - 1; i > 0; i--)
        {
            random = unchecked((random * 1664525) + 1013904223);
            int other = (int)(((ulong)random * (uint)(i + 1)) >> 32);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
