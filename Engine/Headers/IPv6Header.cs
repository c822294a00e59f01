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
