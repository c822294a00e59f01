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

/// <summary>
/// A view of what an EtherType of a VLAN tag (0x8100, or 0x88A8 for the outer of two) announces: the tag control information and
/// the EtherType of what is inside (IEEE 802.1Q, section 9.6, which includes 802.1ad). Nothing is copied.
/// </summary>
/// <remarks>
/// The bytes of a tag as they are taken out of a frame or put into it, EtherType first, start 2 bytes before this header: right
/// behind the addresses. <see cref="TryRead"/> gives one. Everything is O(1). What the fields say is the sender's word. Valid
/// as long as the span that it was made of.
/// </remarks>
public readonly ref struct VlanHeader
{
    /// <summary>Bytes of the header: always as many.</summary>
    public const int Size = 4;

    private const int ShiftOfPriority = 13;
    private const int DropEligible = 1 << 12;
    private const int MaskOfIdentifier = DropEligible - 1;

    private readonly ReadOnlySpan<byte> _bytes;

    private VlanHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Priority, drop eligibility and identifier in one number (IEEE 802.1Q, section 9.6), as <see cref="MbufChain.VlanTag"/>
    /// holds it (m_pkthdr.ether_vtag).
    /// </summary>
    public ushort TagControlInformation => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The priority code point, 0 to 7 (PCP).</summary>
    public int Priority => TagControlInformation >> ShiftOfPriority;

    /// <summary>The frame may be dropped before others (DEI; in 802.1Q of old the CFI).</summary>
    public bool IsDropEligible => (TagControlInformation & DropEligible) != 0;

    /// <summary>Which VLAN, 0 to 4,095 (VID). 0 is a tag that only tells a priority; 4,095 is reserved.</summary>
    public int Identifier => TagControlInformation & MaskOfIdentifier;

    /// <summary>What follows: as in <see cref="EthernetHeader.EtherType"/>, and it may be another tag.</summary>
    public EtherType EtherType => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_bytes[sizeof(ushort)..]);

    /// <summary>The bytes of the header.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[..Size];

    /// <summary>What follows the header in the bytes that it was read from.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the header that some bytes start with.</summary>
    /// <param name="bytes">Bytes from the tag control information on: the header and what follows it, as
    /// <see cref="EthernetHeader.Payload"/> of a tagged frame.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>False if there are fewer than <see cref="Size"/> bytes.</returns>
    /// <remarks>O(1). Never throws.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out VlanHeader header)
    {
        header = bytes.Length < Size ? default : new VlanHeader(bytes);
        return bytes.Length >= Size;
    }
}

/// <summary>What follows an Ethernet header (the IANA registry "IEEE 802 Numbers"). All values occur; these have names.</summary>
public enum EtherType : ushort
{
    /// <summary>Nothing known.</summary>
    None = 0,

    /// <summary>An IPv4 packet.</summary>
    IPv4 = 0x0800,

    /// <summary>ARP.</summary>
    Arp = 0x0806,

    /// <summary>A VLAN tag: IEEE 802.1Q, the customer's.</summary>
    Vlan = 0x8100,

    /// <summary>An IPv6 packet.</summary>
    IPv6 = 0x86DD,

    /// <summary>A VLAN tag: IEEE 802.1ad, the provider's.</summary>
    ProviderVlan = 0x88A8,

    /// <summary>A VLAN tag, before IEEE 802.1ad had its own number.</summary>
    LegacyProviderVlan = 0x9100,
}
