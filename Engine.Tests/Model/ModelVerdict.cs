using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Model;

/// <summary>What a look at the checksums of an IPv4 packet without options finds, from contiguous bytes.</summary>
internal static class ModelVerdict
{
    private const int Header = 20;

    private const MbufChecksumFlags Pending
        = MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6 | MbufChecksumFlags.AnySegmentation;

    /// <summary>The report, and the header as it is to be afterwards. Flags that are set before are believed.</summary>
    public static MbufChecksumReport Of(ReadOnlySpan<byte> bytes, ref ModelHeader header)
    {
        int length = Number(bytes, 2);
        length = length == 0 ? bytes.Length : length;
        if (length < Header)
        {
            return default;
        }

        MbufChecksumFlags flags = header.ChecksumFlags;
        bool isValid = (flags & MbufChecksumFlags.IPv4Checked) != 0
            ? (flags & MbufChecksumFlags.IPv4Valid) != 0
            : ModelChecksum.Of(bytes[..Header]) == 0;
        flags = (flags & ~MbufChecksumFlags.IPv4Valid) | MbufChecksumFlags.IPv4Checked | (isValid ? MbufChecksumFlags.IPv4Valid : 0);
        header = header with { ChecksumFlags = flags };
        ModelHeader pending = header with { ChecksumFlags = 0, ChecksumData = 0 };
        return new MbufChecksumReport(
            isValid ? MbufChecksumVerdict.Valid : MbufChecksumVerdict.Invalid,
            (flags & Pending) != 0 ? Transport(bytes, length, ref pending) : Transport(bytes, length, ref header),
            (IPProtocol)bytes[9],
            Header);
    }

    private static MbufChecksumVerdict Transport(ReadOnlySpan<byte> bytes, int length, ref ModelHeader header)
    {
        bool isPart = (Number(bytes, 6) & 0x3FFF) != 0;
        bool isCut = length > bytes.Length;
        int size = bytes[9] switch { 6 => 20, 17 => 8, 132 => 12, 1 or 2 => 4, _ => -1 };
        if (size < 0)
        {
            return MbufChecksumVerdict.None;
        }

        if (!isPart && length - Header < size)
        {
            return MbufChecksumVerdict.Illegal;
        }

        if (bytes[9] == 6 && !isPart && bytes.Length >= Header + 20 && bytes[Header + 12] >> 4 < 5)
        {
            return MbufChecksumVerdict.Illegal;
        }

        if (bytes[9] is 6 or 17)
        {
            return Summed(bytes, length, isPart, isCut, ref header);
        }

        if (isPart || isCut)
        {
            return isPart ? MbufChecksumVerdict.Unverifiable : MbufChecksumVerdict.Truncated;
        }

        return bytes[9] != 132 && ModelChecksum.Of(bytes[Header..length]) == 0 ? MbufChecksumVerdict.Valid : MbufChecksumVerdict.Invalid;
    }

    private static MbufChecksumVerdict Summed(ReadOnlySpan<byte> bytes, int length, bool isPart, bool isCut, ref ModelHeader header)
    {
        int covered = length - Header;
        if (bytes[9] == 17 && (Number(bytes, 6) & 0x1FFF) == 0 && bytes.Length >= Header + 8)
        {
            covered = isPart ? covered : Number(bytes, Header + 4);
            if (!isPart && (covered < 8 || covered > length - Header))
            {
                return MbufChecksumVerdict.Illegal;
            }

            if (Number(bytes, Header + 6) == 0)
            {
                return MbufChecksumVerdict.Absent;
            }
        }

        bool isSummed = (header.ChecksumFlags & MbufChecksumFlags.ChecksumDataValid) != 0;
        if (isPart || Header + covered > bytes.Length)
        {
            if (isPart && !isCut && !isSummed)
            {
                MbufChecksumFlags flags = (header.ChecksumFlags | MbufChecksumFlags.ChecksumDataValid) & ~MbufChecksumFlags.PseudoHeaderIncluded;
                header = header with { ChecksumFlags = flags, ChecksumData = (ushort)~ModelChecksum.Of(bytes[Header..length]) };
            }

            return isPart ? MbufChecksumVerdict.Unverifiable : MbufChecksumVerdict.Truncated;
        }

        if (!isSummed || (header.ChecksumFlags & MbufChecksumFlags.PseudoHeaderIncluded) == 0)
        {
            byte[] whole = [.. bytes[12..20], 0, bytes[9], (byte)(covered >> 8), (byte)covered, .. bytes.Slice(Header, covered)];
            MbufChecksumFlags flags = header.ChecksumFlags | MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;
            header = header with { ChecksumFlags = flags, ChecksumData = (ushort)~ModelChecksum.Of(whole) };
        }

        return header.ChecksumData == 0xFFFF ? MbufChecksumVerdict.Valid : MbufChecksumVerdict.Invalid;
    }

    private static int Number(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
