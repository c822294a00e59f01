using Engine.Mbufs;

namespace Proxy;

/// <summary>
/// What a worker works on: a listener, backends and a cache of an arena. It is given two in its life: the warm-up's, then the
/// real ones.
/// </summary>
internal sealed class WorkerAssignment(int listener, BackendList backends, MbufCache cache, ProxyProtocolVersion proxyProtocol)
{
    public int Listener { get; } = listener;

    public BackendList Backends { get; } = backends;

    public MbufCache Cache { get; } = cache;

    public ProxyProtocolVersion ProxyProtocol { get; } = proxyProtocol;

    /// <summary>Set when the worker has taken it up.</summary>
    public ManualResetEventSlim Taken { get; } = new();
}
