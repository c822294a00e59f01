namespace Engine.Mbufs.Tests;

/// <summary>Seeded bytes: the same seed and length give the same bytes, and no shift of them looks like them.</summary>
public static class BytePattern
{
    public static byte[] Of(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(HashCode(length, seed)).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Cuts bytes at random places into a number of pieces, some of them empty.</summary>
    public static int[] RandomCuts(Random random, int length, int pieces)
    {
        int[] cuts = new int[pieces + 1];
        for (int i = 1; i < pieces; i++)
        {
            cuts[i] = random.Next(length + 1);
        }

        cuts[pieces] = length;
        Array.Sort(cuts);
        return [.. cuts.Skip(1).Zip(cuts, static (end, start) => end - start)];
    }

    // System.HashCode differs from process to process, and a seed must not.
    private static int HashCode(int length, int seed) => unchecked((seed * 31_337) ^ (length * 7_919));
}
