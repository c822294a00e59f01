namespace Proxy;

/// <summary>What a run came to: the figures of the final table and of the JSON line.</summary>
internal sealed record ProxyReport
{
    public required double Seconds { get; init; }

    /// <summary>Clients accepted.</summary>
    public required long Connections { get; init; }

    /// <summary>Of these, closed without having been served.</summary>
    public required long Refused { get; init; }

    public required long BytesToBackend { get; init; }

    public required long BytesToClient { get; init; }

    /// <summary>Allocated on the managed heap by the workers' threads since the end of the warm-up.</summary>
    public required long WorkerManagedBytes { get; init; }

    /// <summary>Of all generations, in the whole process, since the end of the warm-up.</summary>
    public required int GcCollections { get; init; }

    public required int MbufsHighWater { get; init; }

    public required int ClustersHighWater { get; init; }

    /// <summary>Mbufs that were never given back: a leak, if it is not 0.</summary>
    public required int LiveMbufs { get; init; }
}
