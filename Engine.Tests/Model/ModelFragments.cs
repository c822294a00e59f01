using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Model;

/// <summary>What becomes of an IPv4 packet without options that is fragmented.</summary>
internal static class ModelFragments
{
    private const int HeaderLength = 20;
    private const MbufFlags Marks = MbufFlags.Fragment | MbufFlags.FirstFragment | MbufFlags.LastFragment;

    private const MbufChecksumFlags Transports = MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6;

    private const MbufChecksumFlags Dropped = MbufChecksumFlags.IPv4 | MbufChecksumFlags.Fragmentation | MbufChecksumFlags.IPv4Checked
        | MbufChecksumFlags.IPv4Valid | MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;

    /// <summary>What it comes to, but for want of memory.</summary>
    public static MbufOffloadStatus StatusOf(ModelPacket packet, int mtu)
    {
        ReadOnlySpan<byte> bytes = packet.Bytes.Span;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        int word = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        MbufChecksumFlags requests = packet.Header.ChecksumFlags;
        int piece = (mtu - HeaderLength) & -8;
        int last = ((word & 0x1FFF) * 8) + (Math.Max(0, length - HeaderLength - 1) / piece * piece);
        return length is > 0 and < HeaderLength ? MbufOffloadStatus.NotIP
            : length > bytes.Length ? MbufOffloadStatus.Truncated
            : length == 0 ? MbufOffloadStatus.MalformedHeader
            : length <= mtu ? MbufOffloadStatus.Done
            : (requests & MbufChecksumFlags.AnySegmentation) != 0 ? MbufOffloadStatus.ContradictoryRequest
            : (requests & Transports) != 0 && !requests.HasFlag(MbufChecksumFlags.FragmentChecksums) ? MbufOffloadStatus.ChecksumPending
            : (word & 0x4000) != 0 ? MbufOffloadStatus.MustNotFragment
            : (word & 0x2000) != 0 && (length - HeaderLength) % 8 != 0 ? MbufOffloadStatus.MalformedHeader
            : last > 65_528 ? MbufOffloadStatus.TooLong
            : MbufOffloadStatus.Done;
    }

    /// <summary>Makes the packet the first fragment, and gives the others, in order.</summary>
    public static IReadOnlyList<ModelPacket> Cut(ModelPacket packet, int mtu, Func<ModelPacket> create)
    {
        byte[] bytes = packet.Bytes.Span.ToArray();
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2));
        int word = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(6));
        if (length <= mtu)
        {
            return [packet];
        }

        packet.Flags &= ~Marks;
        packet.Header = packet.Header with { ChecksumFlags = packet.Header.ChecksumFlags & ~Dropped, ChecksumData = 0 };
        int piece = (mtu - HeaderLength) & -8;
        var parts = new List<ModelPacket>();
        for (int offset = 0; offset < length - HeaderLength; offset += piece)
        {
            ModelPacket part = offset == 0 ? packet : create();
            if (offset != 0)
            {
                packet.CopyInto(part);
                part.Flags &= ~Marks;
            }

            int end = Math.Min(offset + piece, length - HeaderLength);
            bool isLast = end == length - HeaderLength;
            part.Flags |= MbufFlags.Fragment
                | (offset == 0 ? MbufFlags.FirstFragment : MbufFlags.None) | (isLast ? MbufFlags.LastFragment : MbufFlags.None);
            byte[] content = [.. bytes[..HeaderLength], .. bytes[(HeaderLength + offset)..(HeaderLength + end)]];
            BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(2), (ushort)content.Length);
            BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(6), (ushort)((word + (offset / 8)) | (isLast ? 0 : 0x2000)));
            BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(10), 0);
            BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(10), ModelChecksum.Of(content.AsSpan(0, HeaderLength)));
            part.Bytes.Set(content);
            part.PacketLength = content.Length;
            parts.Add(part);
        }

        packet.Header = packet.Header with { ChecksumData = (uint)parts.Count };
        return parts;
    }
}
