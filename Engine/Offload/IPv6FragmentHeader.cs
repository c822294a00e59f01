using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

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
