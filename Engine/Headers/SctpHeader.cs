using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>A view of SCTP's common header (RFC 9260, section 3.1). Nothing is copied.</summary>
/// <remarks>
/// <see cref="TryRead"/> gives one. Everything is O(1). What the fields say is the sender's word. Valid as long as the span
/// that it was made of.
/// </remarks>
public readonly ref struct SctpHeader
{
    /// <summary>Bytes of the header: always as many.</summary>
    public const int Size = 12;

    private const int PlaceOfDestination = 2;
    private const int PlaceOfTag = 4;
    internal const int PlaceOfChecksum = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private SctpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfDestination..]);

    /// <summary>What the receiver knows its association by; 0 in a packet that opens one.</summary>
    public uint VerificationTag => BinaryPrimitives.ReadUInt32BigEndian(_bytes[PlaceOfTag..]);

    /// <summary>
    /// The CRC-32C of the packet with zeros in this field, as the number that a bitwise reflected CRC computes
    /// (<see cref="System.Numerics.BitOperations.Crc32C(uint, byte)"/>). That lies on the wire with its least significant byte
    /// first (RFC 9260, appendix A).
    /// </summary>
    public uint Checksum => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[PlaceOfChecksum..]);

    /// <summary>The bytes of the header.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[..Size];

    /// <summary>The chunks: what follows the header in the bytes that it was read from.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the header that some bytes start with.</summary>
    /// <param name="bytes">Bytes from the source port on: the header and what follows it.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>False if there are fewer than <see cref="Size"/> bytes.</returns>
    /// <remarks>O(1). Never throws.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SctpHeader header)
    {
        header = bytes.Length < Size ? default : new SctpHeader(bytes);
        return bytes.Length >= Size;
    }
}
