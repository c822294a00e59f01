using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>A proxy in one scenario: its process, and what was measured of it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Contender(ProxyPeer peer, RunningProxy proxy) : IDisposable
{
    public ProxyPeer Peer { get; } = peer;

    public RunningProxy Proxy { get; } = proxy;

    /// <summary>One a round.</summary>
    public List<BurstResult> Bursts { get; } = [];

    /// <summary>What its garbage collector did in the rounds; null if it has none. There when it has ended.</summary>
    public ManagedFigures? Managed { get; private set; }

    public long PeakMemoryBytes { get; private set; }

    /// <summary>The rounds begin.</summary>
    public void Begin()
    {
        if (Peer.ReportsAnyTime)
        {
            Proxy.BeginCounting();
        }
    }

    /// <summary>The rounds are over.</summary>
    public void End()
    {
        PeakMemoryBytes = Proxy.PeakMemoryBytes;
        Managed = Proxy.EndCounting();
    }

    public void Dispose() => Proxy.Dispose();
}
