using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// A view of an IPv4 header (RFC 791, section 3.1): reads the fields where they lie, copies nothing. Each field is O(1).
/// </summary>
/// <remarks>
/// What the fields say is the sender's word: nothing but the header's own length has been checked. Valid as long as the span
/// that it was made of.
/// </remarks>
public readonly ref struct IPv4Header
{
    /// <summary>Bytes of a header without options, the shortest there is.</summary>
    public const int Size = 20;

    /// <summary>Bytes of the longest header.</summary>
    public const int MaximumSize = 60;

    internal const int PlaceOfTotalLength = 2;
    internal const int PlaceOfIdentification = 4;
    internal const int PlaceOfFragment = 6;
    internal const int PlaceOfProtocol = 9;
    internal const int PlaceOfChecksum = 10;
    internal const int PlaceOfSource = 12;
    internal const int PlaceOfDestination = 16;
    internal const int DontFragmentBit = 0x4000;
    internal const int MoreFragmentsBit = 0x2000;
    internal const int FragmentOffsetMask = 0x1FFF;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _length;

    private IPv4Header(ReadOnlySpan<byte> bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    /// <summary>Bytes of the header, options included: 20 to 60.</summary>
    public int HeaderLength => _length;

    /// <summary>Type of service: <see cref="DifferentiatedServices"/> and <see cref="CongestionNotification"/>.</summary>
    public byte TypeOfService => _bytes[1];

    /// <summary>The differentiated services code point, 0 to 63 (RFC 2474, section 3).</summary>
    public int DifferentiatedServices => _bytes[1] >> 2;

    /// <summary>Explicit congestion notification, 0 to 3 (RFC 3168, section 5).</summary>
    public int CongestionNotification => _bytes[1] & 3;

    /// <summary>
    /// Bytes of the packet, header included, as the sender says. May be less than the header and more than there is.
    /// </summary>
    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfTotalLength..]);

    /// <summary>What all fragments of a packet share.</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfIdentification..]);

    /// <summary>The packet must not be fragmented.</summary>
    public bool DontFragment => (FragmentWord & DontFragmentBit) != 0;

    /// <summary>This is a fragment, and not the last.</summary>
    public bool MoreFragments => (FragmentWord & MoreFragmentsBit) != 0;

    /// <summary>Where this fragment's payload belongs in the whole, in bytes: a multiple of 8, 0 to 65,528.</summary>
    public int FragmentOffset => (FragmentWord & FragmentOffsetMask) * 8;

    /// <summary>This is a part of a packet, not a whole one.</summary>
    public bool IsFragment => (FragmentWord & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    /// <summary>How many routers may still pass the packet on.</summary>
    public byte TimeToLive => _bytes[8];

    /// <summary>What follows the header.</summary>
    public IPProtocol Protocol => (IPProtocol)_bytes[PlaceOfProtocol];

    /// <summary>The header's checksum, as it stands in the packet.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfChecksum..]);

    /// <summary>The sender's address, four bytes in network order.</summary>
    public ReadOnlySpan<byte> Source => _bytes.Slice(PlaceOfSource, sizeof(uint));

    /// <summary>The receiver's address, four bytes in network order.</summary>
    public ReadOnlySpan<byte> Destination => _bytes.Slice(PlaceOfDestination, sizeof(uint));

    /// <summary>The options, 0 to 40 bytes.</summary>
    public ReadOnlySpan<byte> Options => _bytes[Size.._length];

    /// <summary>The header's bytes, options included.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[.._length];

    /// <summary>
    /// What the span has behind the header, at most as much as <see cref="TotalLength"/> says; all of it if that is 0, as it is in
    /// captures of packets that hardware was to cut.
    /// </summary>
    public ReadOnlySpan<byte> Payload
        => TotalLength == 0 ? _bytes[_length..] : _bytes[_length..Math.Clamp(TotalLength, _length, _bytes.Length)];

    private int FragmentWord => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfFragment..]);

    /// <summary>Looks at the start of a packet as an IPv4 header.</summary>
    /// <param name="bytes">The packet from its IPv4 header on, or as much of it as is contiguous.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>
    /// False if the version is not 4, the header says that it is shorter than 20 bytes, or <paramref name="bytes"/> end before
    /// it does.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IPv4Header header)
    {
        header = default;
        if (bytes.Length < Size || bytes[0] >> 4 != 4)
        {
            return false;
        }

        int length = (bytes[0] & 0xF) * sizeof(uint);
        if (length < Size || length > bytes.Length)
        {
            return false;
        }

        header = new IPv4Header(bytes, length);
        return true;
    }
}
