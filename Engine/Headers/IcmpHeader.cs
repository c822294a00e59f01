using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// A view of the header that all messages of ICMP (RFC 792) and of ICMPv6 (RFC 4443, section 2.1) start with. Nothing is copied.
/// </summary>
/// <remarks>
/// The two protocols number their types differently, and only the checksum of ICMPv6 covers a pseudo header: which of them it
/// is, the IP header tells. <see cref="TryRead"/> gives one. Everything is O(1). What the fields say is the sender's word.
/// Valid as long as the span that it was made of.
/// </remarks>
public readonly ref struct IcmpHeader
{
    /// <summary>Bytes of the header: always as many.</summary>
    public const int Size = 8;

    private const int PlaceOfCode = 1;
    private const int PlaceOfChecksum = 2;
    private const int PlaceOfRest = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private IcmpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What kind of message it is, for instance 8 (ICMP) or 128 (ICMPv6) for an echo request.</summary>
    public byte Type => _bytes[0];

    /// <summary>Which of its kind, for instance the reason why a destination is unreachable.</summary>
    public byte Code => _bytes[PlaceOfCode];

    /// <summary>
    /// The Internet checksum of the message; in ICMPv6 (RFC 4443, section 2.3) of a pseudo header before it, too.
    /// </summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfChecksum..]);

    /// <summary>
    /// The rest of the header, whose meaning depends on the type: of an echo, identifier (upper 16 bits) and sequence number; of
    /// ICMPv6's "packet too big", the MTU.
    /// </summary>
    public uint RestOfHeader => BinaryPrimitives.ReadUInt32BigEndian(_bytes[PlaceOfRest..]);

    /// <summary>The bytes of the header.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[..Size];

    /// <summary>What follows the header in the bytes that it was read from.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the header that some bytes start with.</summary>
    /// <param name="bytes">Bytes from the type on: the header and what follows it.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>False if there are fewer than <see cref="Size"/> bytes.</returns>
    /// <remarks>O(1). Never throws.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IcmpHeader header)
    {
        header = bytes.Length < Size ? default : new IcmpHeader(bytes);
        return bytes.Length >= Size;
    }
}
