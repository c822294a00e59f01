using System.Buffers.Binary;

namespace Engine.Mbufs;

/// <summary>
/// The arithmetic of the Internet checksum (RFC 1071): the sum of 16-bit words, in which a carry out of the top comes back in at
/// the bottom.
/// </summary>
/// <remarks>
/// Such a sum may be taken over words of any width and in either byte order, as long as the result is read the same way: a carry
/// only ever travels to the next place, round and round (RFC 1071, section 2). So bytes are added eight at a time, as little-endian
/// words, and the result's bytes are exchanged once at the end.
/// </remarks>
internal struct InternetChecksum
{
    /// <summary>Little-endian sum so far, folded to 16 bits after each piece, so that it never overflows.</summary>
    private uint _sum;

    /// <summary>The pieces so far end in the middle of a word.</summary>
    private bool _isOdd;

    /// <summary>The checksum: the complement of the sum, as a number. 0xFFFF for nothing and for zeros.</summary>
    public readonly ushort Value => BinaryPrimitives.ReverseEndianness((ushort)~_sum);

    /// <summary>
    /// Adds the bytes that come next. After an odd number of bytes each one stands for the other half of its word, which is the
    /// exchange of the two bytes of the piece's own sum.
    /// </summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint sum = Fold(Sum(bytes));
        _sum = Fold(_sum + (_isOdd ? BinaryPrimitives.ReverseEndianness((ushort)sum) : sum));
        _isOdd ^= (bytes.Length & 1) != 0;
    }

    /// <summary>
    /// Words of 64 bits, added as halves of 32 each: the accumulators have 32 bits of room for carries, and fewer than 2^28
    /// words come.
    /// </summary>
    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong low = 0;
        ulong high = 0;
        while (bytes.Length >= 4 * sizeof(ulong))
        {
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            ulong second = BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]);
            ulong third = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(2 * sizeof(ulong))..]);
            ulong fourth = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(3 * sizeof(ulong))..]);
            low += (ulong)(uint)first + (uint)second + (uint)third + (uint)fourth;
            high += (first >> 32) + (second >> 32) + (third >> 32) + (fourth >> 32);
            bytes = bytes[(4 * sizeof(ulong))..];
        }

        while (bytes.Length >= sizeof(uint))
        {
            low += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            bytes = bytes[sizeof(uint)..];
        }

        for (int place = 0; place < bytes.Length; place++)
        {
            high += (ulong)bytes[place] << (8 * (place & 1)); // The last byte alone is a word with a zero byte behind it.
        }

        return low + high;
    }

    /// <summary>Brings the carries back in, until 16 bits are left.</summary>
    private static uint Fold(ulong sum)
    {
        sum = (uint)sum + (sum >> 32);
        sum = (uint)sum + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (uint)((sum & 0xFFFF) + (sum >> 16));
    }
}
