using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>The proxy in front of a service: from the options to the report, with a signal or --seconds between.</summary>
[SupportedOSPlatform("linux")]
internal static class ProxyRun
{
    public static ProxyReport Run(ProxyOptions options, EndRequest end)
    {
        InetAddress listen = AddressResolver.ResolveListener(options.Listen!);
        BackendList backends = AddressResolver.ResolveBackends(options.Backends);
        using ProxyServer server = new(options, listen, backends, end);
        Announce(server, options);
        _ = end.Wait(options.Seconds);
        return server.Stop();
    }

    /// <summary>Says where, and that the warm-up is over. Programs wait for this line.</summary>
    public static void Announce(ProxyServer server, ProxyOptions options)
    {
        int wanted = options.MaxConnections ?? 0;
        if (server.Connections < wanted)
        {
            Console.Error.WriteLine(
                $"proxy: {server.Connections} connections at a time, not {wanted}: each takes two descriptors (ulimit -n)");
        }

        Console.Error.WriteLine($"listening {server.Address}");
    }
}
