using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>What the steps ask of a packet that starts with its IP header.</summary>
internal static class IPPacket
{
    /// <summary>IP headers with all extension headers that are usual, and the header behind them.</summary>
    public const int LongestHeaders = 256;

    /// <summary>
    /// Bytes of the packet, as its header says; all there are where it gives no length, as hosts leave it for hardware.
    /// </summary>
    public static int TotalLength(MbufChain packet)
    {
        Span<byte> bytes = stackalloc byte[IPv4Header.MaximumSize];
        bytes = bytes[..Math.Min(bytes.Length, packet.Length)];
        _ = packet.TryCopyTo(0, bytes);
        if (IPv6Header.TryRead(bytes, out IPv6Header ipv6))
        {
            return ipv6.PayloadLength > 0 ? IPv6Header.Size + ipv6.PayloadLength : packet.Length;
        }

        return IPv4Header.TryRead(bytes, out IPv4Header ipv4) && ipv4.TotalLength > 0 ? ipv4.TotalLength : packet.Length;
    }

    /// <summary>Bytes of its IPv4 header, options included, which is known to be there.</summary>
    public static int HeaderLength(MbufChain packet) => (packet.FirstSpan[0] & 0xF) * sizeof(uint);

    public static bool IsWhole(MbufChain packet) => TotalLength(packet) <= packet.Length;

    public static bool IsIPv6(MbufChain packet) => !packet.IsEmpty && packet.FirstSpan[0] >> 4 == 6;

    /// <summary>Finds out what is behind an IP header, and behind all extension headers.</summary>
    /// <param name="bytes">The packet, or its first <see cref="LongestHeaders"/> bytes.</param>
    /// <param name="length">Bytes of the headers.</param>
    /// <param name="protocol">What follows.</param>
    /// <returns>False if it is no IP header, does not end here, or is that of a fragment.</returns>
    public static bool TryPassHeader(ReadOnlySpan<byte> bytes, out int length, out IPProtocol protocol)
    {
        (length, protocol) = (0, IPProtocol.NoNextHeader);
        if (IPv4Header.TryRead(bytes, out IPv4Header ipv4))
        {
            (length, protocol) = (ipv4.HeaderLength, ipv4.Protocol);
            return !ipv4.IsFragment;
        }

        if (!IPv6Header.TryRead(bytes, out IPv6Header ipv6))
        {
            return false;
        }

        length = IPv6Header.Size;
        IPv6ExtensionHeaders headers = ipv6.ExtensionHeaders;
        while (headers.MoveNext())
        {
            length += headers.Current.Bytes.Length;
            if (headers.Current.Type == IPProtocol.Fragment)
            {
                return false;
            }
        }

        protocol = headers.NextHeader;
        return !headers.IsTruncated;
    }

    /// <summary>Measures the headers of a packet whose payload could be cut: those of IP, and TCP's or UDP's.</summary>
    /// <returns>False if it has another transport, is a fragment, or ends before its headers do.</returns>
    public static bool TryMeasureHeaders(MbufChain packet, IPProtocol transport, out int length)
    {
        Span<byte> bytes = stackalloc byte[LongestHeaders];
        bytes = bytes[..Math.Min(bytes.Length, packet.Length)];
        if (!packet.TryCopyTo(0, bytes) || !TryPassHeader(bytes, out length, out IPProtocol protocol) || protocol != transport)
        {
            length = 0;
            return false;
        }

        if (transport == IPProtocol.Udp)
        {
            length += UdpHeader.Size;
            return length <= bytes.Length;
        }

        bool isTcp = TcpHeader.TryRead(bytes[length..], out TcpHeader header);
        length += isTcp ? header.HeaderLength : 0;
        return isTcp;
    }
}
