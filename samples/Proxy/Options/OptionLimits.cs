namespace Proxy;

/// <summary>The smallest and the largest value of each option, in one place.</summary>
internal static class OptionLimits
{
    public const int MostWorkers = 256;

    /// <summary>Unless told otherwise; fewer if the process may not open two descriptors for each.</summary>
    public const int DefaultConnections = 8_192;

    public const int MostConnections = 1 << 20;

    public const int FewestMbufs = 16;

    public const int MostMbufs = 1 << 23;

    public const int FewestClusters = 8;

    public const int MostClusters = 1 << 22;

    public const int LowestHighWater = 4 << 10;

    public const int HighestHighWater = 64 << 20;

    /// <summary>
    /// A name that is not written cannot be reached: enough for every deployment, small enough to mean something.
    /// </summary>
    public const int MostBackends = 1_024;

    public static TimeSpan ShortestTimeout => TimeSpan.FromMilliseconds(1);

    public static TimeSpan LongestTimeout => TimeSpan.FromHours(24);
}
