using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>Packets as they are on the wire, for operations that look into them.</summary>
internal static class Frames
{
    /// <summary>Headers of IPv4 and TCP without options.</summary>
    public const int HeadersLength = IPv4Header.Size + TcpHeader.Size;

    /// <summary>Where the TCP checksum is in such a packet.</summary>
    public const int PlaceOfTcpChecksum = IPv4Header.Size + PlaceOfChecksumInTcp;

    /// <summary>Where it is in the TCP header.</summary>
    public const int PlaceOfChecksumInTcp = 16;

    private const int PlaceOfChecksumInIPv4 = 10;
    private const ushort MoreFragments = 0x2000;

    /// <summary>An IPv4 packet with a TCP segment, both checksums right.</summary>
    /// <param name="payload">Bytes of data, of a pattern.</param>
    public static byte[] Tcp(int payload)
    {
        byte[] packet = new byte[HeadersLength + payload];
        WriteIPv4(packet, packet.Length, IPProtocol.Tcp, 0x4000);
        WriteTcp(packet.AsSpan(IPv4Header.Size));
        for (int i = HeadersLength; i < packet.Length; i++)
        {
            packet[i] = (byte)(i * 7);
        }

        Span<byte> segment = packet.AsSpan(IPv4Header.Size);
        var sum = default(InternetChecksum);
        sum.Add(PseudoHeader(packet, segment.Length));
        sum.Add(segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[PlaceOfChecksumInTcp..], sum.Value);
        return packet;
    }

    /// <summary>The same behind an Ethernet header.</summary>
    public static byte[] EthernetTcp(int payload)
        => [0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x08, 0x00, .. Tcp(payload)];

    /// <summary>A fragment of a UDP packet over IPv4; a middle one unless it is the last.</summary>
    public static byte[] Fragment(int offset, int payload, bool isLast)
    {
        byte[] packet = new byte[IPv4Header.Size + payload];
        WriteIPv4(packet, packet.Length, IPProtocol.Udp, (ushort)((isLast ? 0 : MoreFragments) | (offset / 8)));
        return packet;
    }

    /// <summary>The sum that the checksum of a TCP segment of a packet starts from.</summary>
    public static ushort PseudoHeader(ReadOnlySpan<byte> packet, int length)
        => InternetChecksum.PseudoHeader(packet.Slice(12, 4), packet.Slice(16, 4), IPProtocol.Tcp, length);

    /// <summary>Writes an IPv4 header without options, its checksum right.</summary>
    public static void WriteIPv4(Span<byte> header, int totalLength, IPProtocol protocol, ushort fragment)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, 0x4500);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)totalLength);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 0x1234_0000u | fragment);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], 0x4000_0000u | ((uint)protocol << 16));
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], 0xC000_0201);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], 0xC633_6402);
        header.Slice(PlaceOfChecksumInIPv4, 2).Clear();
        ushort checksum = InternetChecksum.Compute(header[..IPv4Header.Size]);
        BinaryPrimitives.WriteUInt16BigEndian(header[PlaceOfChecksumInIPv4..], checksum);
    }

    private static void WriteTcp(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x3039_0050);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 0x0102_0304);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], 0x0506_0708);
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], 0x5018_4000);
    }
}
