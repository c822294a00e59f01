using System.Buffers.Binary;
using System.Numerics;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Model;

/// <summary>Completing the checksums of an IPv4 packet without options, on contiguous bytes.</summary>
internal static class ModelOutput
{
    private const int Header = 20;

    private const MbufChecksumFlags AnyTcp = MbufChecksumFlags.Tcp | MbufChecksumFlags.TcpSegmentation;
    private const MbufChecksumFlags AnyUdp = MbufChecksumFlags.Udp | MbufChecksumFlags.UdpSegmentation;
    private const MbufChecksumFlags OfIPv6 = MbufChecksumFlags.AnyTransportIPv6
        | MbufChecksumFlags.TcpSegmentationIPv6 | MbufChecksumFlags.UdpSegmentationIPv6;

    /// <summary>What is to come of it, and the bytes and the header as they are to be then.</summary>
    public static MbufOffloadStatus Complete(Span<byte> bytes, ref ModelHeader header)
    {
        MbufChecksumFlags work = header.ChecksumFlags & (MbufChecksumFlags.IPv4 | AnyTcp | AnyUdp | MbufChecksumFlags.Sctp | OfIPv6);
        if (work == 0)
        {
            return MbufOffloadStatus.Done;
        }

        MbufOffloadStatus status = Check(bytes, work, header, out int covered);
        if (status != MbufOffloadStatus.Done || (work & MbufChecksumFlags.AnySegmentation) != 0)
        {
            return status;
        }

        if ((work & MbufChecksumFlags.IPv4) != 0)
        {
            bytes[10] = bytes[11] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], ModelChecksum.Of(bytes[..Header]));
        }

        Span<byte> field = bytes[(int)Math.Min(Header + header.ChecksumData, bytes.Length)..];
        if ((work & MbufChecksumFlags.Sctp) != 0)
        {
            field[..4].Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(field, Crc(bytes.Slice(Header, covered)));
        }
        else if ((work & MbufChecksumFlags.AnyTransport) != 0)
        {
            ushort checksum = ModelChecksum.Of(bytes.Slice(Header, covered));
            BinaryPrimitives.WriteUInt16BigEndian(field, checksum == 0 && (work & AnyUdp) != 0 ? (ushort)0xFFFF : checksum);
        }

        header = header with { ChecksumFlags = header.ChecksumFlags & ~work };
        return MbufOffloadStatus.Done;
    }

    /// <summary>Whether a request makes sense, and how many bytes a transport's checksum covers.</summary>
    public static MbufOffloadStatus Check(ReadOnlySpan<byte> bytes, MbufChecksumFlags work, in ModelHeader header, out int covered)
    {
        int length = Number(bytes, 2);
        length = length == 0 ? bytes.Length : length;
        covered = length - Header;
        int transports = ((work & AnyTcp) != 0 ? 1 : 0) + ((work & AnyUdp) != 0 ? 1 : 0) + ((work & MbufChecksumFlags.Sctp) != 0 ? 1 : 0);
        if (length < Header)
        {
            return MbufOffloadStatus.NotIP;
        }

        if (length > bytes.Length)
        {
            return MbufOffloadStatus.Truncated;
        }

        if ((work & OfIPv6) != 0 || transports > 1 || BitOperations.PopCount((uint)(work & MbufChecksumFlags.AnySegmentation)) > 1)
        {
            return MbufOffloadStatus.ContradictoryRequest;
        }

        if (transports == 0)
        {
            return MbufOffloadStatus.Done;
        }

        if ((Number(bytes, 6) & 0x3FFF) != 0)
        {
            return MbufOffloadStatus.IsFragment;
        }

        if (bytes[9] != ((work & AnyTcp) != 0 ? 6 : (work & AnyUdp) != 0 ? 17 : 132))
        {
            return MbufOffloadStatus.NotTransport;
        }

        bool isCut = (work & MbufChecksumFlags.AnySegmentation) != 0;
        if (isCut && header.SegmentSize == 0)
        {
            return MbufOffloadStatus.SegmentSizeMissing;
        }

        return (work & MbufChecksumFlags.AnyTransport) == 0 ? MbufOffloadStatus.Done : CheckField(bytes, work, header, isCut, ref covered);
    }

    private static MbufOffloadStatus CheckField(
        ReadOnlySpan<byte> bytes, MbufChecksumFlags work, in ModelHeader header, bool isCut, ref int covered)
    {
        if ((work & AnyUdp) != 0 && !isCut)
        {
            int most = covered;
            covered = covered < 8 ? 0 : Number(bytes, Header + 4);
            if (covered < 8 || covered > most)
            {
                return MbufOffloadStatus.MalformedHeader;
            }
        }

        int size = (work & MbufChecksumFlags.Sctp) != 0 ? 4 : 2;
        return header.ChecksumData + (long)size > covered ? MbufOffloadStatus.FieldBeyondPacket : MbufOffloadStatus.Done;
    }

    /// <summary>CRC-32C a bit at a time (RFC 9260, appendix A).</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint remainder = uint.MaxValue;
        foreach (byte next in bytes)
        {
            remainder ^= next;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder >> 1) ^ ((remainder & 1) == 0 ? 0 : 0x82F63B78u);
            }
        }

        return ~remainder;
    }

    private static int Number(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
