using System.Diagnostics;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>What the clients of a burst have counted, and whether they go on.</summary>
internal sealed class ClientTally
{
    private const long NanosecondsASecond = 1_000_000_000;

    private static readonly long s_nanosecondsATick = NanosecondsASecond / Stopwatch.Frequency;

    /// <summary>Once set, no client sends another request.</summary>
    public bool IsClosing { get; set; }

    public long Bytes { get; set; }

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Counts a response by when it was asked for and when it was complete.</summary>
    public void Add(long asked, long now) => Latencies.Record((now - asked) * s_nanosecondsATick);

    /// <summary>From here on it counts.</summary>
    public void Restart()
    {
        Bytes = 0;
        Latencies.Clear();
    }
}
