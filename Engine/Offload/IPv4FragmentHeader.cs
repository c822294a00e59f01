using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

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
