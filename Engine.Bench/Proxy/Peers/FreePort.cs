using System.Net;
using System.Net.Sockets;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>Ports for proxies that cannot choose one by themselves.</summary>
internal static class FreePort
{
    /// <summary>
    /// A port of the loopback interface that nobody listens on. Somebody else may take it before the proxy does, which then says
    /// so and ends: once in tens of thousands, as the system hands them out at random.
    /// </summary>
    public static int Take()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
