namespace Proxy;

/// <summary>What the command line says. Every limit is a number that the user chose or can read here.</summary>
internal sealed class ProxyOptions
{
    public HostPort? Listen { get; set; }

    public List<HostPort> Backends { get; } = [];

    /// <summary>Loops, each on a thread with a listener of its own.</summary>
    public int Workers { get; set; } = Math.Min(Environment.ProcessorCount, OptionLimits.MostWorkers);

    /// <summary>
    /// Connections open at a time, over all workers; null for what suits the machine
    /// (<see cref="OptionLimits.DefaultConnections"/>).
    /// </summary>
    public int? MaxConnections { get; set; }

    /// <summary>Mbufs of the arena.</summary>
    public int Mbufs { get; set; } = 65_536;

    /// <summary>
    /// The arena's memory for data, in clusters of 2 KiB (<see cref="ClusterBudget"/>). Null for half as many as there are mbufs.
    /// </summary>
    public int? Clusters { get; set; }

    /// <summary>Bytes held for one direction of one connection at which reading from its source stops.</summary>
    public int HighWater { get; set; } = 256 << 10;

    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public ProxyProtocolVersion ProxyProtocol { get; set; }

    public bool Json { get; set; }

    /// <summary>How long to run; null for until a signal (the demonstration: ten seconds).</summary>
    public TimeSpan? Seconds { get; set; }

    public bool Help { get; set; }

    /// <summary>Neither --listen nor --backend: the proxy shows itself.</summary>
    public bool IsDemonstration => Listen is null && Backends.Count == 0;

    public int ClusterLimit => Clusters ?? Math.Max(OptionLimits.FewestClusters, Mbufs / 2);
}
