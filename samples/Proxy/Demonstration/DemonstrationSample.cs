using System.Runtime.Versioning;

namespace Proxy;

/// <summary>The figures of the demonstration at a moment, and what happened since the one before.</summary>
internal readonly struct DemonstrationSample
{
    [SupportedOSPlatform("linux")]
    public DemonstrationSample(TimeSpan at, ProxyServer server, TrafficTally tally)
    {
        At = at;
        Counters = server.Counters;
        Exchanges = tally.Exchanges;
        VerifiedBytes = tally.VerifiedBytes;
        Faults = tally.Faults;
        LiveMbufs = server.LiveMbufs;
    }

    public TimeSpan At { get; }

    public LoopCounters Counters { get; }

    public long Exchanges { get; }

    public long VerifiedBytes { get; }

    public long Faults { get; }

    public int LiveMbufs { get; }

    public long Bytes => Counters.BytesToBackend + Counters.BytesToClient;

    /// <summary>A figure's rate, per second, between two samples.</summary>
    public static double Rate(in DemonstrationSample before, in DemonstrationSample now, Func<DemonstrationSample, long> figure)
        => (figure(now) - figure(before)) / Math.Max((now.At - before.At).TotalSeconds, 0.001);
}
