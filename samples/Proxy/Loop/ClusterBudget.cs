namespace Proxy;

/// <summary>
/// How the memory that --clusters allows is divided: clusters of 2 KiB for whatever comes, and some of 16 KiB, of which large
/// reads are made. Each piece of a read or write costs the kernel a little of its own.
/// </summary>
/// <param name="Small">Clusters of 2 KiB.</param>
/// <param name="Large">Clusters of 16 KiB.</param>
internal readonly record struct ClusterBudget(int Small, int Large)
{
    /// <summary>Small clusters that one large one takes the room of.</summary>
    private const int SmallInLarge = 8;

    /// <summary>One part in so many is made of large clusters.</summary>
    private const int LargeShare = 4;

    /// <summary>With less than this there are none: they would be one read's, and missing for all others.</summary>
    private const int FewestToDivide = 1_024;

    public static ClusterBudget Of(int clusters)
    {
        int large = clusters < FewestToDivide ? 0 : clusters / LargeShare / SmallInLarge;
        return new ClusterBudget(clusters - (large * SmallInLarge), large);
    }

    /// <summary>Both sizes, counted as clusters of 2 KiB.</summary>
    public static int Sum(int small, int large) => small + (large * SmallInLarge);
}
