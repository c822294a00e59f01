using System.Net;
using System.Net.Sockets;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>Turns what was written into addresses, once, at start.</summary>
internal static class AddressResolver
{
    /// <summary>The one address to listen on; of a name's addresses an IPv4 one if there is one.</summary>
    public static InetAddress ResolveListener(HostPort listen)
        => new(Resolve(listen).OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).First(), listen.Port);

    /// <summary>All addresses of each backend.</summary>
    public static BackendList ResolveBackends(IEnumerable<HostPort> backends)
        => new([.. backends.Select(ResolveBackend)]);

    private static InetAddress[] ResolveBackend(HostPort backend)
        => [.. Resolve(backend).Select(address => new InetAddress(address, backend.Port))];

    private static IPAddress[] Resolve(HostPort host)
    {
        if (host.Address is not null)
        {
            return [host.Address];
        }

        try
        {
            IPAddress[] addresses = Dns.GetHostAddresses(host.Host);
            return addresses.Length > 0 ? addresses : throw new StartException($"the name '{host.Host}' has no address");
        }
        catch (SocketException e)
        {
            throw new StartException($"the name '{host.Host}' cannot be resolved: {e.Message}");
        }
    }
}
