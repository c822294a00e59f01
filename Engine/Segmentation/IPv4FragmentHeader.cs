using System.Buffers.Binary;

namespace Engine.Mbufs;

/// <summary>
/// IPv4 headers of fragments (RFC 791, section 3.2): length, offset and checksum are each one's own, and only options that ask
/// for it are in all of them.
/// </summary>
/// <remarks>
/// A header is three words of 64, 64 and 32 bits, and its checksum a sum of which only two terms differ from fragment to
/// fragment.
/// </remarks>
internal struct IPv4FragmentHeader : IPartHeader
{
    /// <summary>
    /// Version, header length, type of service; the identification, and the reserved bit. For length and fragment offset: zeros.
    /// </summary>
    private const ulong KeptOfFirst = 0xFFFF_0000_FFFF_8000;

    /// <summary>Time to live, protocol; and the sender's address. For the checksum: zeros.</summary>
    private const ulong KeptOfSecond = 0xFFFF_0000_FFFF_FFFF;

    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte CopiedBit = 0x80;
    private const int ShiftOfHeaderLength = 56;

    private readonly int _offset;
    private readonly bool _moreFragments;
    private NetworkLayout.Scratch _options;
    private int _optionsLength;
    private ulong _first;
    private ulong _second;
    private uint _third;
    private ulong _firstSum;
    private ulong _laterSum;

    /// <param name="layout">The packet's header; the packet may be a fragment itself.</param>
    public IPv4FragmentHeader(in NetworkLayout layout)
    {
        _offset = layout.FragmentOffset;
        _moreFragments = layout.MoreFragments;
    }

    /// <summary>Bytes of the header of each fragment but the first.</summary>
    public readonly int LaterLength => IPv4Header.Size + _optionsLength;

    /// <summary>Reads the header, options included.</summary>
    /// <returns>False if the options do not end where they should.</returns>
    public bool TryRead(ReadOnlySpan<byte> header)
    {
        if (header.Length > IPv4Header.Size && !TryCopyOptions(header[IPv4Header.Size..]))
        {
            return false;
        }

        _first = BinaryPrimitives.ReadUInt64BigEndian(header) & KeptOfFirst;
        _second = BinaryPrimitives.ReadUInt64BigEndian(header[sizeof(ulong)..]) & KeptOfSecond;
        _third = BinaryPrimitives.ReadUInt32BigEndian(header[(2 * sizeof(ulong))..]);
        ulong sum = (_first >> 32) + (uint)_first + (_second >> 32) + (uint)_second + _third;
        _firstSum = sum;
        _laterSum = sum;
        if (header.Length > IPv4Header.Size)
        {
            uint lost = (uint)(header.Length - LaterLength) / sizeof(uint);
            _firstSum += SumOf(header[IPv4Header.Size..]);
            _laterSum += SumOf(_options[.._optionsLength]) - (lost << 24); // The words' count, at the top of the first 32 bits.
        }

        return true;
    }

    public readonly void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast)
    {
        ulong lost = (uint)(original.Length - header.Length) / sizeof(uint);
        BinaryPrimitives.WriteUInt32BigEndian(header[(2 * sizeof(ulong))..], _third);
        Write(header, _first - (lost << ShiftOfHeaderLength), _laterSum, offset, length, isLast);
        if (_optionsLength != 0)
        {
            _options[.._optionsLength].CopyTo(header[IPv4Header.Size..]);
        }
    }

    public readonly void WriteFirst(Span<byte> header, int length, bool isLast) => Write(header, _first, _firstSum, 0, length, isLast);

    private readonly void Write(Span<byte> header, ulong first, ulong sum, int offset, int length, bool isLast)
    {
        uint totalLength = (uint)(header.Length + length);
        uint place = (uint)(_offset + offset) / 8;
        place |= !isLast || _moreFragments ? IPv4Header.MoreFragmentsBit : 0u;
        ushort checksum = (ushort)~InternetChecksum.Fold(sum + totalLength + place);
        BinaryPrimitives.WriteUInt64BigEndian(header, first | ((ulong)totalLength << 32) | place);
        BinaryPrimitives.WriteUInt64BigEndian(header[sizeof(ulong)..], _second | ((ulong)checksum << 32));
    }

    /// <summary>Options that belong into every fragment, filled up to whole words.</summary>
    private bool TryCopyOptions(ReadOnlySpan<byte> options)
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
