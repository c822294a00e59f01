using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

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
