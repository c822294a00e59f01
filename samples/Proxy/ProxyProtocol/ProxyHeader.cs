using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// The PROXY protocol header of HAProxy's specification: tells the backend the addresses of the connection that the proxy
/// accepted, as if it had accepted it itself.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class ProxyHeader
{
    /// <summary>The longest header of either version: "PROXY TCP6", two addresses of 39 characters, two ports, CR LF.</summary>
    public const int MaxLength = 107;

    /// <summary>Writes the header for the client behind the socket.</summary>
    /// <returns>Its length; 0 if the client has gone, and with it its address.</returns>
    public static int Write(ProxyProtocolVersion version, int client, Span<byte> destination)
    {
        if (!TcpSocket.TryGetPeer(client, out InetAddress source) || !TcpSocket.TryGetName(client, out InetAddress local))
        {
            return 0;
        }

        return version == ProxyProtocolVersion.V1
            ? ProxyHeaderV1.Write(in source, in local, destination)
            : ProxyHeaderV2.Write(in source, in local, destination);
    }
}
