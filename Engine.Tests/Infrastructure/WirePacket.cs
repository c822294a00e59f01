using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests;

/// <summary>Packets as they are on the wire, byte by byte, with checksums computed by the tests' own arithmetic.</summary>
public static class WirePacket
{
    public static readonly byte[] IPv4Source = [192, 0, 2, 1];
    public static readonly byte[] IPv4Destination = [198, 51, 100, 2];
    public static readonly byte[] IPv6Source = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xAB, 1];
    public static readonly byte[] IPv6Destination = [0x20, 0x01, 0x0D, 0xB8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0xCD, 2];

    /// <summary>An IPv4 packet. Options are of a length that is a multiple of 4.</summary>
    public static byte[] IPv4(
        IPProtocol protocol, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> options = default, ushort identification = 0x1234, int fragment = 0)
    {
        byte[] packet = new byte[20 + options.Length + payload.Length];
        packet[0] = (byte)(0x45 + (options.Length / 4));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)fragment);
        packet[8] = 64;
        packet[9] = (byte)protocol;
        IPv4Source.CopyTo(packet, 12);
        IPv4Destination.CopyTo(packet, 16);
        options.CopyTo(packet.AsSpan(20));
        payload.CopyTo(packet.AsSpan(20 + options.Length));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, 20 + options.Length)));
        return packet;
    }

    /// <summary>An IPv6 packet; the payload may start with extension headers.</summary>
    public static byte[] IPv6(IPProtocol nextHeader, params ReadOnlySpan<byte> payload)
    {
        byte[] packet = new byte[40 + payload.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)payload.Length);
        packet[6] = (byte)nextHeader;
        packet[7] = 64;
        IPv6Source.CopyTo(packet, 8);
        IPv6Destination.CopyTo(packet, 24);
        payload.CopyTo(packet.AsSpan(40));
        return packet;
    }

    /// <summary>A TCP segment without options, its checksum right for the addresses.</summary>
    public static byte[] Tcp(ReadOnlySpan<byte> data, bool overIPv6 = false, ReadOnlySpan<byte> finalDestination = default)
    {
        byte[] segment = [0x30, 0x39, 0, 80, 1, 2, 3, 4, 5, 6, 7, 8, 0x50, 0x18, 0x40, 0, 0, 0, 0, 0, .. data];
        ushort checksum = Transport(IPProtocol.Tcp, segment, overIPv6, finalDestination);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), checksum);
        return segment;
    }

    /// <summary>A UDP datagram, its checksum right for the addresses.</summary>
    public static byte[] Udp(ReadOnlySpan<byte> data, bool overIPv6 = false)
    {
        byte[] datagram = [0x30, 0x39, 0, 53, 0, 0, 0, 0, .. data];
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        ushort checksum = Transport(IPProtocol.Udp, datagram, overIPv6);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), checksum == 0 ? (ushort)0xFFFF : checksum);
        return datagram;
    }

    /// <summary>An ICMP or ICMPv6 echo request.</summary>
    public static byte[] Echo(ReadOnlySpan<byte> data, bool overIPv6)
    {
        byte[] message = [overIPv6 ? (byte)128 : (byte)8, 0, 0, 0, 0, 1, 0, 2, .. data];
        ushort checksum = overIPv6 ? Transport(IPProtocol.IcmpV6, message, overIPv6) : Checksum(message);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), checksum);
        return message;
    }

    /// <summary>RFC 1071, a byte at a time.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static ushort Transport(
        IPProtocol protocol, ReadOnlySpan<byte> bytes, bool overIPv6, ReadOnlySpan<byte> finalDestination = default)
    {
        byte[] source = overIPv6 ? IPv6Source : IPv4Source;
        ReadOnlySpan<byte> destination = overIPv6 ? IPv6Destination : IPv4Destination;
        destination = finalDestination.IsEmpty ? destination : finalDestination;
        int length = bytes.Length;
        byte[] pseudo =
            [.. source, .. destination, 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length, 0, 0, 0, (byte)protocol, .. bytes];
        return Checksum(pseudo);
    }
}
