using System.Buffers.Binary;

namespace Engine.Mbufs.Tests.Model;

/// <summary>The Internet checksum as RFC 1071 defines it, two bytes at a time, and where a delayed one goes.</summary>
internal static class ModelChecksum
{
    private const int SmallestHeader = 20;

    public static ushort Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>What a delayed checksum is and where it goes; false if the packet is none that has one.</summary>
    public static bool TryFind(ModelPacket packet, out int field, out ushort checksum)
    {
        (field, checksum) = (0, 0);
        ReadOnlySpan<byte> bytes = packet.Bytes.Span;
        int start = bytes.Length < SmallestHeader ? 0 : (bytes[0] & 0xF) * 4;
        if (start < SmallestHeader || bytes[0] >> 4 != 4)
        {
            return false;
        }

        bool isUdp = (packet.Header.ChecksumFlags & MbufChecksumFlags.Udp) != 0;
        if (isUdp && start + 6 > bytes.Length)
        {
            return false;
        }

        int length = isUdp ? Number(bytes, start + 4) : Number(bytes, 2) - start;
        long place = start + (long)packet.Header.ChecksumData;
        if (length < 0 || start + length > bytes.Length || place + 2 > bytes.Length)
        {
            return false;
        }

        field = (int)place;
        checksum = Of(bytes.Slice(start, length));
        checksum = checksum == 0 && isUdp ? ushort.MaxValue : checksum;
        return true;
    }

    private static int Number(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
