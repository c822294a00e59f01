using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Headers of the segments that a TCP packet is cut into, or of the datagrams that a UDP packet is: network and transport header
/// are repeated, and each has its own lengths, its own place in the stream, and the pseudo header's sum where the checksum goes.
/// </summary>
internal readonly struct SegmentHeader : IPartHeader
{
    private const TcpFlags OfFirst = TcpFlags.Syn | TcpFlags.Cwr;
    private const TcpFlags OfLast = TcpFlags.Fin | TcpFlags.Psh;
    private const TcpFlags Urgent = TcpFlags.Urg;

    private readonly NetworkLayout _layout;
    private readonly int _size;

    /// <param name="layout">The packet's network header.</param>
    /// <param name="size">Bytes of payload of each segment but the last.</param>
    public SegmentHeader(in NetworkLayout layout, int size)
    {
        _layout = layout;
        _size = size;
    }

    public void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast)
    {
        original.CopyTo(header);
        if (!_layout.IsIPv6)
        {
            Span<byte> identification = header[IPv4Header.PlaceOfIdentification..];
            int number = BinaryPrimitives.ReadUInt16BigEndian(identification) + (offset / _size);
            BinaryPrimitives.WriteUInt16BigEndian(identification, unchecked((ushort)number));
        }

        if (_layout.Protocol == IPProtocol.Tcp)
        {
            MoveOn(header[_layout.HeaderLength..], offset);
        }

        Write(header, length, isLast);
    }

    public void WriteFirst(Span<byte> header, int length, bool isLast) => Write(header, length, isLast);

    /// <summary>
    /// Makes a TCP header that of a later segment: what was said once is not said again (RFC 3168, section 6.1.2).
    /// </summary>
    private static void MoveOn(Span<byte> header, int offset)
    {
        TcpFlags flags = ReadFlags(header);
        int places = offset + ((flags & TcpFlags.Syn) != 0 ? 1 : 0); // It takes a place in the sequence, before the payload.
        Span<byte> sequence = header[TcpHeader.PlaceOfSequence..];
        BinaryPrimitives.WriteUInt32BigEndian(
            sequence, unchecked(BinaryPrimitives.ReadUInt32BigEndian(sequence) + (uint)places));
        flags &= ~OfFirst;
        if ((flags & Urgent) != 0)
        {
            // Counted from the segment's own sequence number (RFC 9293, section 3.8.5).
            Span<byte> pointer = header[TcpHeader.PlaceOfUrgent..];
            int left = Math.Max(0, BinaryPrimitives.ReadUInt16BigEndian(pointer) - places);
            BinaryPrimitives.WriteUInt16BigEndian(pointer, (ushort)left);
            flags = left == 0 ? flags & ~Urgent : flags;
        }

        WriteFlags(header, flags);
    }

    private void Write(Span<byte> header, int length, bool isLast)
    {
        int total = header.Length + length;
        if (_layout.IsIPv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[IPv6Header.PlaceOfPayloadLength..], (ushort)(total - IPv6Header.Size));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Header.PlaceOfTotalLength..], (ushort)total);
            BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Header.PlaceOfChecksum..], 0);
        }

        Span<byte> transport = header[_layout.HeaderLength..];
        int transportLength = total - _layout.HeaderLength;
        ushort sum = _layout.PseudoHeader(transportLength);
        if (_layout.Protocol == IPProtocol.Tcp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[TcpHeader.PlaceOfChecksum..], sum);
            if (!isLast)
            {
                WriteFlags(transport, ReadFlags(transport) & ~OfLast);
            }
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[UdpHeader.PlaceOfLength..], (ushort)transportLength);
            BinaryPrimitives.WriteUInt16BigEndian(transport[UdpHeader.PlaceOfChecksum..], sum);
        }
    }

    private static TcpFlags ReadFlags(ReadOnlySpan<byte> header) => (TcpFlags)header[TcpHeader.PlaceOfFlags];

    /// <summary>Those of the lower byte, of which all are that are changed here.</summary>
    private static void WriteFlags(Span<byte> header, TcpFlags flags) => header[TcpHeader.PlaceOfFlags] = (byte)flags;
}
