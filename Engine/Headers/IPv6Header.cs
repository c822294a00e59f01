using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// A view of an IPv6 header (RFC 8200, section 3): reads the fields where they lie, copies nothing. Each field is O(1).
/// </summary>
/// <remarks>
/// What the fields say is the sender's word. Extension headers follow it: <see cref="ExtensionHeaders"/>. Valid as long as the
/// span that it was made of.
/// </remarks>
public readonly ref struct IPv6Header
{
    /// <summary>Bytes of the header; it has no options of its own.</summary>
    public const int Size = 40;

    /// <summary>Bytes of an address.</summary>
    public const int AddressSize = 16;

    internal const int PlaceOfPayloadLength = 4;
    internal const int PlaceOfNextHeader = 6;
    internal const int PlaceOfSource = 8;
    internal const int PlaceOfDestination = 24;

    private readonly ReadOnlySpan<byte> _bytes;

    private IPv6Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Traffic class: <see cref="DifferentiatedServices"/> and <see cref="CongestionNotification"/>.</summary>
    public byte TrafficClass => (byte)(BinaryPrimitives.ReadUInt16BigEndian(_bytes) >> 4);

    /// <summary>The differentiated services code point, 0 to 63 (RFC 2474, section 3).</summary>
    public int DifferentiatedServices => TrafficClass >> 2;

    /// <summary>Explicit congestion notification, 0 to 3 (RFC 3168, section 5).</summary>
    public int CongestionNotification => TrafficClass & 3;

    /// <summary>What the packets of a flow share, 0 to 0xFFFFF (RFC 6437).</summary>
    public int FlowLabel => BinaryPrimitives.ReadInt32BigEndian(_bytes) & 0xFFFFF;

    /// <summary>
    /// Bytes behind this header, extension headers included, as the sender says; 0 also in a jumbogram, whose length is in a
    /// hop-by-hop option (RFC 2675).
    /// </summary>
    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfPayloadLength..]);

    /// <summary>The first extension header, or what follows if there is none.</summary>
    public IPProtocol NextHeader => (IPProtocol)_bytes[PlaceOfNextHeader];

    /// <summary>How many routers may still pass the packet on.</summary>
    public byte HopLimit => _bytes[7];

    /// <summary>The sender's address, 16 bytes in network order.</summary>
    public ReadOnlySpan<byte> Source => _bytes.Slice(PlaceOfSource, AddressSize);

    /// <summary>
    /// The receiver's address, 16 bytes in network order: the next one on the way, where a routing header follows.
    /// </summary>
    public ReadOnlySpan<byte> Destination => _bytes.Slice(PlaceOfDestination, AddressSize);

    /// <summary>The header's bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[..Size];

    /// <summary>
    /// What the span has behind the header, at most as much as <see cref="PayloadLength"/> says; all of it if that is 0.
    /// </summary>
    public ReadOnlySpan<byte> Payload
        => PayloadLength == 0 ? _bytes[Size..] : _bytes[Size..Math.Min(Size + PayloadLength, _bytes.Length)];

    /// <summary>The extension headers, in the packet's order, as far as the span has them. Nothing is copied.</summary>
    public IPv6ExtensionHeaders ExtensionHeaders => new(Payload, NextHeader);

    /// <summary>Looks at the start of a packet as an IPv6 header.</summary>
    /// <param name="bytes">The packet from its IPv6 header on, or as much of it as is contiguous.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>False if the version is not 6, or <paramref name="bytes"/> are fewer than 40.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IPv6Header header)
    {
        bool isIPv6 = bytes.Length >= Size && bytes[0] >> 4 == 6;
        header = isIPv6 ? new IPv6Header(bytes) : default;
        return isIPv6;
    }
}

/// <summary>A view of one IPv6 extension header (RFC 8200, section 4). Each field is O(1).</summary>
public readonly ref struct IPv6ExtensionHeader
{
    /// <summary>Bytes of the shortest extension header, and what all are a multiple of but the authentication header.</summary>
    public const int Size = 8;

    internal const int PlaceOfFragmentOffset = 2;
    internal const int PlaceOfIdentification = 4;
    internal const int FragmentOffsetMask = 0xFFF8;
    internal const int MoreFragmentsBit = 1;

    private IPv6ExtensionHeader(IPProtocol type, ReadOnlySpan<byte> bytes)
    {
        Type = type;
        Bytes = bytes;
    }

    /// <summary>Which extension header it is.</summary>
    public IPProtocol Type { get; }

    /// <summary>The header's bytes, all of them.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>What follows this header.</summary>
    public IPProtocol NextHeader => (IPProtocol)Bytes[0];

    /// <summary>
    /// In a fragment header: where the fragment's payload belongs in the whole, in bytes; a multiple of 8, 0 to 65,528.
    /// </summary>
    public int FragmentOffset => BinaryPrimitives.ReadUInt16BigEndian(Bytes[PlaceOfFragmentOffset..]) & FragmentOffsetMask;

    /// <summary>In a fragment header: this is not the last fragment.</summary>
    public bool MoreFragments => (Bytes[PlaceOfFragmentOffset + 1] & MoreFragmentsBit) != 0;

    /// <summary>In a fragment header: what all fragments of a packet share.</summary>
    public uint Identification => BinaryPrimitives.ReadUInt32BigEndian(Bytes[PlaceOfIdentification..]);

    /// <summary>In a routing header: which kind of routing (RFC 8200, section 4.4).</summary>
    public byte RoutingType => Bytes[2];

    /// <summary>In a routing header: how many of the listed nodes are still to be visited.</summary>
    public byte SegmentsLeft => Bytes[3];

    /// <summary>
    /// True for what an IPv6 header may be followed by before its payload (the IANA registry "IPv6 Extension Header Types"),
    /// but for the encapsulating security payload, behind which nothing can be read.
    /// </summary>
    /// <param name="type">A Next Header value.</param>
    public static bool IsExtension(IPProtocol type) => type
        is IPProtocol.HopByHopOptions or IPProtocol.Routing or IPProtocol.Fragment or IPProtocol.AuthenticationHeader
        or IPProtocol.DestinationOptions or IPProtocol.Mobility or IPProtocol.HostIdentity or IPProtocol.Shim6;

    /// <summary>Looks at the start of some bytes as an extension header.</summary>
    /// <param name="type">Which one it is: the Next Header field of the header before says so.</param>
    /// <param name="bytes">The packet from the extension header on, or as much of it as is contiguous.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>False if <paramref name="type"/> is not an extension header, or the bytes end before it does.</returns>
    public static bool TryRead(IPProtocol type, ReadOnlySpan<byte> bytes, out IPv6ExtensionHeader header)
    {
        bool fits = IsExtension(type) && bytes.Length >= Size && bytes.Length >= LengthOf(type, bytes[1]);
        header = fits ? new IPv6ExtensionHeader(type, bytes[..LengthOf(type, bytes[1])]) : default;
        return fits;
    }

    /// <summary>Bytes of an extension header, by its second byte.</summary>
    internal static int LengthOf(IPProtocol type, byte field) => type switch
    {
        IPProtocol.Fragment => Size, // The byte is reserved: the header has one length.
        IPProtocol.AuthenticationHeader => (field + 2) * sizeof(uint),
        _ => (field + 1) * Size,
    };
}

/// <summary>
/// The extension headers of an IPv6 packet, in order, as far as a span has them: <c>foreach</c> lists them;
/// <c>while (headers.MoveNext())</c> on a variable passes them, so that it says afterwards what comes behind.
/// </summary>
/// <remarks>Valid as long as the span that it was made of. Each step is O(1).</remarks>
public ref struct IPv6ExtensionHeaders
{
    private ReadOnlySpan<byte> _rest;
    private IPv6ExtensionHeader _current;

    /// <summary>Starts at the first extension header, if there is one.</summary>
    /// <param name="bytes">What follows the IPv6 header.</param>
    /// <param name="nextHeader">The IPv6 header's Next Header field.</param>
    public IPv6ExtensionHeaders(ReadOnlySpan<byte> bytes, IPProtocol nextHeader)
    {
        _rest = bytes;
        NextHeader = nextHeader;
    }

    /// <summary>The extension header that <see cref="MoveNext"/> came to.</summary>
    public readonly IPv6ExtensionHeader Current => _current;

    /// <summary>
    /// What follows the headers that were passed: behind the last one, the payload's protocol. Behind a fragment header of any
    /// but the first fragment, of the packet that it is a part of.
    /// </summary>
    public IPProtocol NextHeader { get; private set; }

    /// <summary>What is behind the headers that were passed.</summary>
    public readonly ReadOnlySpan<byte> Payload => _rest;

    /// <summary>
    /// True if the next header is an extension header, and the span ends before it does: what follows is not known. Not behind
    /// the fragment header of a fragment other than the first: that is in the middle of the payload.
    /// </summary>
    public readonly bool IsTruncated
        => !IsInMiddle && IPv6ExtensionHeader.IsExtension(NextHeader) && !IPv6ExtensionHeader.TryRead(NextHeader, _rest, out _);

    private readonly bool IsInMiddle
        => _current.Type == IPProtocol.Fragment && !_current.Bytes.IsEmpty && _current.FragmentOffset != 0;

    /// <summary>For <c>foreach</c>: a copy, which starts where this one is.</summary>
    public readonly IPv6ExtensionHeaders GetEnumerator() => this;

    /// <summary>Passes the next extension header.</summary>
    /// <returns>
    /// False if there is no more, or the span ends before it does; also behind the fragment header of a fragment other than the
    /// first, where the payload goes on in the middle.
    /// </returns>
    public bool MoveNext()
    {
        if (IsInMiddle || !IPv6ExtensionHeader.TryRead(NextHeader, _rest, out IPv6ExtensionHeader header))
        {
            return false;
        }

        _current = header;
        NextHeader = header.NextHeader;
        _rest = _rest[header.Bytes.Length..];
        return true;
    }
}
