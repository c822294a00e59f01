using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>A proxy that can be put under load, if it is on this machine.</summary>
/// <param name="name">What it is called on the command line and in results.</param>
[SupportedOSPlatform("linux")]
internal abstract class ProxyPeer(string name)
{
    public const string Engine = "engine";

    /// <summary>What every other proxy is compared with: HAProxy as it is without splice.</summary>
    public const string Reference = "haproxy";

    public string Name { get; } = name;

    /// <summary>Why it cannot run here, and what helps; null if it can.</summary>
    public abstract string? MissingBecause { get; }

    /// <summary>Whether it takes a while under load until its code is compiled for good.</summary>
    public virtual bool IsManaged => false;

    /// <summary>Whether it reports what its collector does whenever it is asked, rather than once at its end.</summary>
    public virtual bool ReportsAnyTime => false;

    /// <summary>Starts it on a core, in front of the origin; it takes connections when this returns.</summary>
    /// <param name="originPort">Where the origin listens, on the loopback interface.</param>
    /// <param name="core">The core that it stays on.</param>
    /// <param name="folder">Where it may put its files; somebody else removes them.</param>
    public abstract RunningProxy Start(int originPort, int core, string folder);

    /// <summary>Every proxy there is, in the order of the tables.</summary>
    public static IReadOnlyList<ProxyPeer> All { get; } =
    [
        new EnginePeer(),
        new HAProxyPeer(Reference, splices: false),
        new HAProxyPeer("haproxy-splice", splices: true),
        new NginxPeer(),
        new BaselinePeer("copytoasync"),
        new BaselinePeer("pipelines"),
    ];

    /// <summary>The proxy of a name.</summary>
    public static ProxyPeer Find(string name)
        => All.FirstOrDefault(peer => peer.Name == name)
            ?? throw new UsageException($"There is no proxy '{name}': {string.Join(", ", All.Select(peer => peer.Name))}.");
}
