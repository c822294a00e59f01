using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>IP packets as bytes, made to order.</summary>
internal static class Packets
{
    public const int DontFragment = 0x4000;
    public const int MoreFragments = 0x2000;
    public const byte Udp = (byte)IPProtocol.Udp;
    public const byte Tcp = (byte)IPProtocol.Tcp;

    /// <summary>An IPv4 packet; options are filled up to whole words.</summary>
    public static byte[] IPv4(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> options = default, int fragment = 0, byte protocol = 200)
    {
        int headerLength = IPv4Header.Size + ((options.Length + 3) & ~3);
        byte[] packet = new byte[headerLength + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)(0x4000 | (headerLength / 4 << 8) | 0x2E));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 0xFFFE);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)fragment);
        packet[8] = 61;
        packet[9] = protocol;
        new byte[] { 10, 1, 2, 3, 192, 168, 250, 4 }.CopyTo(packet.AsSpan(12));
        options.CopyTo(packet.AsSpan(IPv4Header.Size));
        payload.CopyTo(packet.AsSpan(headerLength));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, headerLength)));
        return packet;
    }

    /// <summary>An IPv6 packet; each extension header says what follows it, and is 8 bytes times its count.</summary>
    public static byte[] IPv6(ReadOnlySpan<byte> payload, byte protocol = 200, params (IPProtocol Type, int Units)[] extensions)
    {
        int headerLength = IPv6Header.Size + extensions.Sum(static extension => extension.Units * 8);
        byte[] packet = new byte[headerLength + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(packet, 0x6AB1_2345);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - IPv6Header.Size));
        packet[7] = 61;
        BytePattern.Of(32, seed: 6).CopyTo(packet.AsSpan(8));
        int place = IPv6Header.Size;
        int placeOfNext = 6;
        foreach ((IPProtocol type, int units) in extensions)
        {
            packet[placeOfNext] = (byte)type;
            placeOfNext = place;
            packet[place + 1] = (byte)(units - 1);
            int padding = (units * 8) - 4;
            (packet[place + 2], packet[place + 3]) = type == IPProtocol.Routing ? ((byte)253, (byte)0) : ((byte)1, (byte)padding);
            place += units * 8;
        }

        packet[placeOfNext] = protocol;
        payload.CopyTo(packet.AsSpan(headerLength));
        return packet;
    }

    /// <summary>A TCP header, and payload.</summary>
    public static byte[] TcpSegment(ReadOnlySpan<byte> payload, TcpFlags flags, uint sequence, int optionWords = 3, ushort urgent = 0)
    {
        int headerLength = TcpHeader.Size + (optionWords * 4);
        byte[] segment = new byte[headerLength + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(segment, 0x1234_01BB);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), 0xDEAD_BEEF);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(12), (ushort)((headerLength / 4 << 12) | (int)flags));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 0x7777);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), 0x5A5A);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(18), urgent);
        segment.AsSpan(TcpHeader.Size, optionWords * 4).Fill(1);
        payload.CopyTo(segment.AsSpan(headerLength));
        return segment;
    }

    /// <summary>A UDP header, and payload; the length field wraps, as that of a large packet does.</summary>
    public static byte[] UdpDatagram(ReadOnlySpan<byte> payload)
    {
        byte[] datagram = new byte[UdpHeader.Size + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(datagram, 0x1234_0035);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), unchecked((ushort)datagram.Length));
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), 0x5A5A);
        payload.CopyTo(datagram.AsSpan(UdpHeader.Size));
        return datagram;
    }

    /// <summary>A layout of so many bytes, cut at random places: mbufs of every kind, some empty, some of one byte.</summary>
    public static Segment[] RandomLayout(Random random, int length, bool small = false)
    {
        var layout = new List<Segment>();
        while (length > 0 || layout.Count == 0)
        {
            var kind = (SegmentKind)random.Next(random.Next(8) == 0 || small ? (int)SegmentKind.External + 1 : (int)SegmentKind.Cluster + 1);
            kind = kind is SegmentKind.Page or SegmentKind.Jumbo9 or SegmentKind.Jumbo16 && small ? SegmentKind.Shared : kind;
            int size = kind switch
            {
                SegmentKind.Internal => MbufSizes.InternalSize,
                SegmentKind.Page => (int)MbufClusterSize.Page,
                SegmentKind.Jumbo9 => (int)MbufClusterSize.Jumbo9,
                SegmentKind.Jumbo16 => (int)MbufClusterSize.Jumbo16,
                _ => (int)MbufClusterSize.Standard,
            };
            int most = Math.Min(length, size);
            int taken = random.Next(6) switch { 0 => 0, 1 => Math.Min(1, most), 2 => most, _ => random.Next(most + 1) };
            layout.Add(new Segment(kind, taken, kind <= SegmentKind.Cluster ? random.Next(size - taken + 1) : 0));
            length -= taken;
        }

        return [.. layout];
    }
}
