using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Model;

/// <summary>What becomes of an IPv4 packet without options that is cut into segments.</summary>
internal static class ModelSegments
{
    private const int HeaderLength = 20;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte OfFirst = 0x82;
    private const byte OfLast = 0x09;
    private const byte Urgent = 0x20;
    private const byte Syn = 0x02;

    private const MbufChecksumFlags Found = MbufChecksumFlags.IPv4Checked | MbufChecksumFlags.IPv4Valid | MbufChecksumFlags.ChecksumDataValid
        | MbufChecksumFlags.PseudoHeaderIncluded;

    /// <summary>What it comes to, but for want of memory.</summary>
    public static MbufOffloadStatus StatusOf(ModelPacket packet)
    {
        ReadOnlySpan<byte> bytes = packet.Bytes.Span;
        MbufChecksumFlags requests = packet.Header.ChecksumFlags;
        MbufChecksumFlags kind = requests & MbufChecksumFlags.AnySegmentation;
        int says = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        MbufChecksumFlags checksum = kind == MbufChecksumFlags.TcpSegmentation ? MbufChecksumFlags.Tcp : MbufChecksumFlags.Udp;
        const MbufChecksumFlags Transports = MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6;
        return kind == MbufChecksumFlags.None ? MbufOffloadStatus.Done
            : says is > 0 and < HeaderLength ? MbufOffloadStatus.NotIP
            : kind is not (MbufChecksumFlags.TcpSegmentation or MbufChecksumFlags.UdpSegmentation)
                ? MbufOffloadStatus.ContradictoryRequest
            : (requests & Transports & ~checksum) != 0 ? MbufOffloadStatus.ContradictoryRequest
            : packet.Header.SegmentSize == 0 ? MbufOffloadStatus.SegmentSizeMissing
            : says > bytes.Length ? MbufOffloadStatus.Truncated
            : (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x3FFF) != 0 ? MbufOffloadStatus.IsFragment
            : bytes[9] != (kind == MbufChecksumFlags.TcpSegmentation ? Tcp : Udp) ? MbufOffloadStatus.NotTransport
            : TransportLength(bytes, LengthOf(bytes)) < 0 ? MbufOffloadStatus.MalformedHeader
            : MbufOffloadStatus.Done;
    }

    /// <summary>Makes the packet the first segment, and gives the others, in order.</summary>
    public static IReadOnlyList<ModelPacket> Cut(ModelPacket packet, Func<ModelPacket> create)
    {
        MbufChecksumFlags requests = packet.Header.ChecksumFlags;
        if ((requests & MbufChecksumFlags.AnySegmentation) == 0)
        {
            return [packet];
        }

        byte[] bytes = packet.Bytes.Span.ToArray();
        bool isTcp = bytes[9] == Tcp;
        int length = LengthOf(bytes);
        int start = HeaderLength + TransportLength(bytes, length);
        int size = packet.Header.SegmentSize;
        packet.Header = packet.Header with
        {
            ChecksumFlags = (requests & ~(MbufChecksumFlags.AnySegmentation | Found))
                | MbufChecksumFlags.IPv4 | (isTcp ? MbufChecksumFlags.Tcp : MbufChecksumFlags.Udp),
            ChecksumData = isTcp ? 16u : 6u,
            SegmentSize = 0,
        };
        var parts = new List<ModelPacket>();
        int offset = 0;
        do
        {
            ModelPacket part = offset == 0 ? packet : create();
            if (offset != 0)
            {
                packet.CopyInto(part);
            }

            int end = Math.Min(offset + size, length - start);
            byte[] content = [.. bytes[..start], .. bytes[(start + offset)..(start + end)]];
            Write(content, isTcp, offset, offset / size, end == length - start);
            part.Bytes.Set(content);
            part.PacketLength = content.Length;
            parts.Add(part);
            offset = end;
        }
        while (offset < length - start);
        return parts;
    }

    private static void Write(byte[] content, bool isTcp, int offset, int number, bool isLast)
    {
        Span<byte> transport = content.AsSpan(HeaderLength);
        Put(content, 2, content.Length);
        Put(content, 4, Number(content, 4) + number);
        Put(content, 10, 0);
        byte[] pseudo = [.. content[12..20], 0, content[9], (byte)(transport.Length >> 8), (byte)transport.Length];
        if (!isTcp)
        {
            Put(transport, 4, transport.Length);
            Put(transport, 6, (ushort)~ModelChecksum.Of(pseudo));
            return;
        }

        Put(transport, 16, (ushort)~ModelChecksum.Of(pseudo));
        if (offset > 0)
        {
            int places = offset + ((transport[13] & Syn) != 0 ? 1 : 0);
            BinaryPrimitives.WriteUInt32BigEndian(
                transport[4..], unchecked(BinaryPrimitives.ReadUInt32BigEndian(transport[4..]) + (uint)places));
            transport[13] &= unchecked((byte)~OfFirst);
            if ((transport[13] & Urgent) != 0)
            {
                int left = Math.Max(0, Number(transport, 18) - places);
                Put(transport, 18, left);
                transport[13] &= unchecked((byte)(left == 0 ? ~Urgent : 0xFF));
            }
        }

        transport[13] &= unchecked((byte)(isLast ? 0xFF : ~OfLast));
    }

    private static int LengthOf(ReadOnlySpan<byte> bytes) => Number(bytes, 2) == 0 ? bytes.Length : Number(bytes, 2);

    /// <summary>Bytes of the transport header, or -1 if there cannot be so many.</summary>
    private static int TransportLength(ReadOnlySpan<byte> bytes, int length)
    {
        int left = length - HeaderLength;
        int least = bytes[9] == Tcp ? 20 : 8;
        int needed = left < least || bytes[9] != Tcp ? least : (bytes[HeaderLength + 12] >> 4) * 4;
        return needed < least || needed > left ? -1 : needed;
    }

    private static int Number(ReadOnlySpan<byte> bytes, int place) => BinaryPrimitives.ReadUInt16BigEndian(bytes[place..]);

    private static void Put(Span<byte> bytes, int place, int number)
        => BinaryPrimitives.WriteUInt16BigEndian(bytes[place..], unchecked((ushort)number));
}
