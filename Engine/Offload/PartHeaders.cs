using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>Writes the network header, and what else is repeated, of each part that a packet is cut into.</summary>
internal interface IPartHeader
{
    /// <summary>Writes the header of a part but the first.</summary>
    /// <param name="header">Exactly its bytes.</param>
    /// <param name="original">The packet's own, as it was.</param>
    /// <param name="offset">Bytes of payload in the parts before.</param>
    /// <param name="length">Bytes of payload in this part.</param>
    /// <param name="isLast">No part follows.</param>
    void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast);

    /// <summary>Makes the packet's header that of the first part, when all others are written.</summary>
    /// <param name="header">The packet's own header, behind as many bytes as the first part's is longer.</param>
    /// <param name="length">Bytes of payload in this part.</param>
    /// <param name="isLast">No part follows.</param>
    void WriteFirst(Span<byte> header, int length, bool isLast);
}

/// <summary>
/// IPv4 headers of fragments (RFC 791, section 3.2): length, offset and checksum are each one's own. Options are
/// <see cref="IPv4OptionsHeader"/>'s.
/// </summary>
/// <remarks>
/// A header is three words of 64, 64 and 32 bits, and its checksum a sum of which only two terms differ from fragment to
/// fragment.
/// </remarks>
internal readonly struct IPv4FragmentHeader : IPartHeader
{
    /// <summary>
    /// Version, header length, type of service; the identification, and the reserved bit. For length and fragment offset: zeros.
    /// </summary>
    private const ulong KeptOfFirst = 0xFFFF_0000_FFFF_8000;

    /// <summary>Time to live, protocol; and the sender's address. For the checksum: zeros.</summary>
    private const ulong KeptOfSecond = 0xFFFF_0000_FFFF_FFFF;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly uint _third;

    /// <summary>Where the packet's payload belongs, if it is a fragment itself.</summary>
    private readonly int _offset;

    /// <summary>The bit that says that more fragments come, as the last of these has it.</summary>
    private readonly uint _more;

    private readonly ulong _sum;

    /// <param name="header">The packet's header, at least 20 bytes.</param>
    /// <param name="layout">The same, parsed.</param>
    public IPv4FragmentHeader(ReadOnlySpan<byte> header, in NetworkLayout layout)
    {
        // Read in halves: a header that was just written, field by field, need not reach the cache first.
        _first = (((ulong)WordOf(header, 0) << 32) | WordOf(header, 1)) & KeptOfFirst;
        _second = (((ulong)WordOf(header, 2) << 32) | WordOf(header, 3)) & KeptOfSecond;
        _third = WordOf(header, 4);
        _sum = (_first >> 32) + (uint)_first + (_second >> 32) + (uint)_second + _third;
        _offset = layout.FragmentOffset;
        _more = layout.MoreFragments ? IPv4Header.MoreFragmentsBit : 0u;
    }

    public void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast)
        => Write(header, 0, 0, offset, length, isLast);

    public void WriteFirst(Span<byte> header, int length, bool isLast) => Write(header, 0, 0, 0, length, isLast);

    /// <summary>Writes the first 20 bytes.</summary>
    /// <param name="header">All of the header.</param>
    /// <param name="lost">Words of 32 bits that this header is shorter than the packet's.</param>
    /// <param name="optionsSum">The sum of its options.</param>
    /// <param name="offset">Bytes of payload in the fragments before.</param>
    /// <param name="length">Bytes of payload in this fragment.</param>
    /// <param name="isLast">No fragment follows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> header, ulong lost, ulong optionsSum, int offset, int length, bool isLast)
    {
        // The header's length in words is in the lower half of the first byte.
        uint totalLength = (uint)(header.Length + length);
        uint place = ((uint)(_offset + offset) / 8) | (isLast ? _more : IPv4Header.MoreFragmentsBit);
        ushort checksum = (ushort)~InternetChecksum.Fold(_sum + optionsSum + totalLength + place - (lost << 24));
        BinaryPrimitives.WriteUInt32BigEndian(header[(2 * sizeof(ulong))..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(header[sizeof(ulong)..], _second | ((ulong)checksum << 32));
        BinaryPrimitives.WriteUInt64BigEndian(header, (_first - (lost << 56)) | ((ulong)totalLength << 32) | place);
    }

    private static uint WordOf(ReadOnlySpan<byte> header, int number)
        => BinaryPrimitives.ReadUInt32BigEndian(header[(number * sizeof(uint))..]);
}

/// <summary>
/// IPv4 headers with options: the first fragment has them all, the others those that ask for it (RFC 791, section 3.1).
/// </summary>
internal struct IPv4OptionsHeader : IPartHeader
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte CopiedBit = 0x80;

    private readonly IPv4FragmentHeader _header;
    private NetworkLayout.Scratch _options;
    private int _optionsLength;

    /// <param name="header">The packet's header, options included.</param>
    /// <param name="layout">The same, parsed.</param>
    public IPv4OptionsHeader(ReadOnlySpan<byte> header, in NetworkLayout layout)
        => _header = new IPv4FragmentHeader(header, layout);

    /// <summary>Bytes of the header of each fragment but the first.</summary>
    public readonly int LaterLength => IPv4Header.Size + _optionsLength;

    public readonly void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast)
    {
        ReadOnlySpan<byte> options = _options[.._optionsLength];
        uint lost = (uint)(original.Length - header.Length) / sizeof(uint);
        options.CopyTo(header[IPv4Header.Size..]);
        _header.Write(header, lost, SumOf(options), offset, length, isLast);
    }

    public readonly void WriteFirst(Span<byte> header, int length, bool isLast)
        => _header.Write(header, 0, SumOf(header[IPv4Header.Size..]), 0, length, isLast);

    /// <summary>Gathers the options that belong into every fragment, filled up to whole words.</summary>
    /// <returns>False if the options do not end where they should.</returns>
    public bool TryReadOptions(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            int length = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length > options.Length || length < (options[0] == NoOperation ? 1 : 2))
            {
                return false;
            }

            if ((options[0] & CopiedBit) != 0)
            {
                options[..length].CopyTo(_options[_optionsLength..]);
                _optionsLength += length;
            }

            options = options[length..];
        }

        _optionsLength = (_optionsLength + sizeof(uint) - 1) & -sizeof(uint); // What fills up is zero: the end of options.
        return true;
    }

    private static ulong SumOf(ReadOnlySpan<byte> words)
    {
        ulong sum = 0;
        for (; !words.IsEmpty; words = words[sizeof(uint)..])
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(words);
        }

        return sum;
    }
}

/// <summary>
/// IPv6 headers of fragments (RFC 8200, section 4.5): the unfragmentable part, and behind it the fragment header, put in or, if
/// the packet is a fragment already, changed.
/// </summary>
internal readonly struct IPv6FragmentHeader : IPartHeader
{
    private readonly int _unfragmentable;
    private readonly int _placeOfNextHeader;
    private readonly int _offset;
    private readonly uint _identification;
    private readonly byte _nextHeader;
    private readonly bool _isFragment;
    private readonly bool _moreFragments;

    /// <param name="layout">The packet's headers; the packet may be a fragment itself.</param>
    /// <param name="nextHeader">What follows the fragment header.</param>
    /// <param name="identification">What all fragments share.</param>
    public IPv6FragmentHeader(in NetworkLayout layout, byte nextHeader, uint identification)
    {
        _unfragmentable = layout.UnfragmentableLength;
        _placeOfNextHeader = layout.PlaceOfNextHeader;
        _offset = layout.FragmentOffset;
        _isFragment = layout.FragmentHeader != 0;
        _moreFragments = layout.MoreFragments;
        _nextHeader = nextHeader;
        _identification = identification;
    }

    public void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast)
    {
        original[.._unfragmentable].CopyTo(header);
        Write(header, offset, length, isLast);
    }

    public void WriteFirst(Span<byte> header, int length, bool isLast)
    {
        if (!_isFragment)
        {
            header[^_unfragmentable..].CopyTo(header); // Makes room for the fragment header behind it.
        }

        Write(header, 0, length, isLast);
    }

    private void Write(Span<byte> header, int offset, int length, bool isLast)
    {
        int place = _offset + offset;
        place |= !isLast || _moreFragments ? IPv6ExtensionHeader.MoreFragmentsBit : 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv6Header.PlaceOfPayloadLength..], (ushort)(header.Length - IPv6Header.Size + length));
        header[_placeOfNextHeader] = (byte)IPProtocol.Fragment;
        BinaryPrimitives.WriteUInt64BigEndian(
            header[_unfragmentable..], ((ulong)_nextHeader << 56) | ((ulong)(uint)place << 32) | _identification);
    }
}

/// <summary>
/// Headers of the segments that a TCP packet is cut into, or of the datagrams that a UDP packet is: network and transport header
/// are repeated, and each has its own lengths, its own place in the stream, and the pseudo header's sum where the checksum goes.
/// </summary>
internal readonly struct SegmentHeader : IPartHeader
{
    private const TcpFlags OfFirst = TcpFlags.Syn | TcpFlags.Cwr;
    private const TcpFlags OfLast = TcpFlags.Fin | TcpFlags.Psh;
    private const TcpFlags Urgent = TcpFlags.Urg;

    private readonly NetworkLayout _layout;
    private readonly int _size;

    /// <param name="layout">The packet's network header.</param>
    /// <param name="size">Bytes of payload of each segment but the last.</param>
    public SegmentHeader(in NetworkLayout layout, int size)
    {
        _layout = layout;
        _size = size;
    }

    public void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast)
    {
        original.CopyTo(header);
        if (!_layout.IsIPv6)
        {
            Span<byte> identification = header[IPv4Header.PlaceOfIdentification..];
            int number = BinaryPrimitives.ReadUInt16BigEndian(identification) + (offset / _size);
            BinaryPrimitives.WriteUInt16BigEndian(identification, unchecked((ushort)number));
        }

        if (_layout.Protocol == IPProtocol.Tcp)
        {
            MoveOn(header[_layout.HeaderLength..], offset);
        }

        Write(header, length, isLast);
    }

    public void WriteFirst(Span<byte> header, int length, bool isLast) => Write(header, length, isLast);

    /// <summary>
    /// Makes a TCP header that of a later segment: what was said once is not said again (RFC 3168, section 6.1.2).
    /// </summary>
    private static void MoveOn(Span<byte> header, int offset)
    {
        TcpFlags flags = ReadFlags(header);
        int places = offset + ((flags & TcpFlags.Syn) != 0 ? 1 : 0); // It takes a place in the sequence, before the payload.
        Span<byte> sequence = header[TcpHeader.PlaceOfSequence..];
        BinaryPrimitives.WriteUInt32BigEndian(
            sequence, unchecked(BinaryPrimitives.ReadUInt32BigEndian(sequence) + (uint)places));
        flags &= ~OfFirst;
        if ((flags & Urgent) != 0)
        {
            // Counted from the segment's own sequence number (RFC 9293, section 3.8.5).
            Span<byte> pointer = header[TcpHeader.PlaceOfUrgent..];
            int left = Math.Max(0, BinaryPrimitives.ReadUInt16BigEndian(pointer) - places);
            BinaryPrimitives.WriteUInt16BigEndian(pointer, (ushort)left);
            flags = left == 0 ? flags & ~Urgent : flags;
        }

        WriteFlags(header, flags);
    }

    private void Write(Span<byte> header, int length, bool isLast)
    {
        int total = header.Length + length;
        if (_layout.IsIPv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[IPv6Header.PlaceOfPayloadLength..], (ushort)(total - IPv6Header.Size));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Header.PlaceOfTotalLength..], (ushort)total);
            BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Header.PlaceOfChecksum..], 0);
        }

        Span<byte> transport = header[_layout.HeaderLength..];
        int transportLength = total - _layout.HeaderLength;
        ushort sum = _layout.PseudoHeader(transportLength);
        if (_layout.Protocol == IPProtocol.Tcp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[TcpHeader.PlaceOfChecksum..], sum);
            if (!isLast)
            {
                WriteFlags(transport, ReadFlags(transport) & ~OfLast);
            }
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[UdpHeader.PlaceOfLength..], (ushort)transportLength);
            BinaryPrimitives.WriteUInt16BigEndian(transport[UdpHeader.PlaceOfChecksum..], sum);
        }
    }

    private static TcpFlags ReadFlags(ReadOnlySpan<byte> header) => (TcpFlags)header[TcpHeader.PlaceOfFlags];

    /// <summary>Those of the lower byte, of which all are that are changed here.</summary>
    private static void WriteFlags(Span<byte> header, TcpFlags flags) => header[TcpHeader.PlaceOfFlags] = (byte)flags;
}
