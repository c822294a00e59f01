namespace Proxy;

/// <summary>The options as a loop uses them: numbers, in its units, with what follows from them.</summary>
internal sealed class LoopSettings
{
    /// <summary>No connection may take more than this share of the clusters with a single read.</summary>
    private const int ClusterShare = 8;

    public LoopSettings(ProxyOptions options)
    {
        HighWater = options.HighWater;
        LowWater = options.HighWater / 2;
        LargestRead = LargestReadFor(options);
        Clusters = ClusterBudget.Of(options.ClusterLimit);
        LargeRead = Clusters.Large > 0 ? ReadSize.Large : int.MaxValue;
        ThriftMbufs = Clusters.Small / options.Workers / 2;
        ConnectTimeoutMilliseconds = (long)Math.Ceiling(options.ConnectTimeout.TotalMilliseconds);
        IdleTimeoutMilliseconds = (long)Math.Ceiling(options.IdleTimeout.TotalMilliseconds);
        DrainTimeoutMilliseconds = (long)Math.Ceiling(options.DrainTimeout.TotalMilliseconds);
        ProxyProtocol = options.ProxyProtocol;
    }

    /// <summary>Bytes held for one direction at which reading from its source stops.</summary>
    public int HighWater { get; }

    /// <summary>
    /// Bytes at which it goes on: half of the high mark, so that each change of mind moves a good deal of data.
    /// </summary>
    public int LowWater { get; }

    public ClusterBudget Clusters { get; }

    public int LargestRead { get; }

    /// <summary>From how many bytes on a read takes large clusters.</summary>
    public int LargeRead { get; }

    /// <summary>
    /// Mbufs held by one worker from which on it is thrifty: reads are one cluster each, and nothing is read for a socket that
    /// has something waiting. Clients that ask for much and take nothing then hold a cluster each, and the rest of the arena
    /// stays for those that do take it: half of a worker's share of the clusters.
    /// </summary>
    public int ThriftMbufs { get; }

    public long ConnectTimeoutMilliseconds { get; }

    public long IdleTimeoutMilliseconds { get; }

    public long DrainTimeoutMilliseconds { get; }

    public ProxyProtocolVersion ProxyProtocol { get; }

    private static int LargestReadFor(ProxyOptions options)
    {
        long share = (long)options.ClusterLimit / ClusterShare / options.Workers * ReadSize.Smallest;
        return (int)Math.Clamp(share, ReadSize.Smallest, Math.Min(ReadSize.Largest, options.HighWater));
    }
}
