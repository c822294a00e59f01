using Engine.Samples.Linux;

namespace Proxy;

/// <summary>One address of a backend. A name that resolved to several gives several, tried in the resolver's order.</summary>
internal readonly struct BackendTarget(InetAddress address)
{
    /// <summary>Where to connect.</summary>
    public readonly InetAddress Address = address;

    /// <summary>
    /// Whether an outgoing connection can be given this very port as its own. If nothing listens there and the address is this
    /// machine's, TCP then connects the socket to itself (simultaneous open), and a dead backend would seem to echo.
    /// </summary>
    public readonly bool MayMeetItself = address.Port >= EphemeralPorts.Lowest;
}
