using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>A view of a UDP header (RFC 768) and of its datagram's payload. Nothing is copied.</summary>
/// <remarks>
/// <see cref="TryRead"/> gives one. Everything is O(1). What the fields say is the sender's word. Valid as long as the span
/// that it was made of.
/// </remarks>
public readonly ref struct UdpHeader
{
    /// <summary>Bytes of the header: always as many.</summary>
    public const int Size = 8;

    private const int PlaceOfDestination = 2;
    internal const int PlaceOfLength = 4;
    internal const int PlaceOfChecksum = 6;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port; 0 if it expects no answer.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfDestination..]);

    /// <summary>
    /// Bytes of the datagram, header included: 8 or more; or 0, which means all that the IP packet holds (RFC 2675, section 4).
    /// </summary>
    public ushort Length => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfLength..]);

    /// <summary>The Internet checksum of pseudo header, header and payload; 0 if there is none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfChecksum..]);

    /// <summary>The bytes of the header.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[..Size];

    /// <summary>
    /// The datagram's payload: what follows the header, up to <see cref="Length"/>; as far as the bytes that it was read from go.
    /// </summary>
    public ReadOnlySpan<byte> Payload => Length == 0 || Length >= _bytes.Length ? _bytes[Size..] : _bytes[Size..Length];

    /// <summary>Reads the header that some bytes start with.</summary>
    /// <param name="bytes">Bytes from the source port on: the header and what follows it.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>False if there are fewer than <see cref="Size"/> bytes, or if the header's length is from 1 to 7.</returns>
    /// <remarks>O(1). Never throws. Not all of the payload needs to be there.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UdpHeader header)
    {
        header = default;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt16BigEndian(bytes[PlaceOfLength..]) is > 0 and < Size)
        {
            return false;
        }

        header = new UdpHeader(bytes);
        return true;
    }
}
