using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// A view of an Ethernet header (IEEE 802.3, section 3.1.1; RFC 894): both addresses and the type of what follows. Nothing is
/// copied, and the compiler does not let it outlive the bytes.
/// </summary>
/// <remarks>
/// <see cref="TryRead"/> gives one. Everything is O(1). What the fields say is the sender's word. Valid as long as the span
/// that it was made of.
/// </remarks>
public readonly ref struct EthernetHeader
{
    /// <summary>Bytes of the header: always as many.</summary>
    public const int Size = 14;

    /// <summary>Bytes of an address.</summary>
    public const int AddressSize = 6;

    private const int PlaceOfType = 2 * AddressSize;

    private readonly ReadOnlySpan<byte> _bytes;

    private EthernetHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The address of who receives the frame, 6 bytes (IEEE 802.3, section 3.2.4).</summary>
    public ReadOnlySpan<byte> Destination => _bytes[..AddressSize];

    /// <summary>The address of who sent the frame, 6 bytes (IEEE 802.3, section 3.2.5).</summary>
    public ReadOnlySpan<byte> Source => _bytes.Slice(AddressSize, AddressSize);

    /// <summary>
    /// What follows (IEEE 802.3, section 3.2.6). From 0x0600 on it is a type; 1,500 and less is the payload's length in bytes;
    /// what is between them is undefined.
    /// </summary>
    public EtherType EtherType => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfType..]);

    /// <summary>The frame goes to a group of receivers, all of them included (IEEE 802.3, section 3.2.3).</summary>
    public bool IsMulticast => (_bytes[0] & 1) != 0;

    /// <summary>The frame goes to everyone: all bits of the destination are 1 (IEEE 802.3, section 3.2.3.1).</summary>
    public bool IsBroadcast => !Destination.ContainsAnyExcept(byte.MaxValue);

    /// <summary>The bytes of the header.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[..Size];

    /// <summary>What follows the header in the bytes that it was read from: padding and check sequence, too.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the header that some bytes start with.</summary>
    /// <param name="bytes">Bytes from the destination address on: the header and what follows it.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>False if there are fewer than <see cref="Size"/> bytes.</returns>
    /// <remarks>O(1). Never throws.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EthernetHeader header)
    {
        header = bytes.Length < Size ? default : new EthernetHeader(bytes);
        return bytes.Length >= Size;
    }
}
