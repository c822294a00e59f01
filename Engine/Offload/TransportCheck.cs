using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>The verdicts about one packet, whose network header has been parsed.</summary>
/// <remarks>All places are compared with the layout's lengths first: what is read exists.</remarks>
internal readonly ref struct TransportCheck(MbufChain packet, NetworkLayout layout)
{
    /// <summary>The sum of a pseudo header and a transport that contains its own right checksum.</summary>
    private const uint ValidSum = 0xFFFF;

    private const int SmallestIcmp = 4;

    private readonly MbufChain _packet = packet;
    private readonly NetworkLayout _layout = layout;

    /// <summary>Bytes from the transport header to the chain's end.</summary>
    private int Available => _packet.Length - _layout.TransportOffset;

    /// <summary>The IPv4 header's checksum.</summary>
    public MbufChecksumVerdict Network()
    {
        InternetChecksum sum = default;
        _packet.AddTo(ref sum, _layout.Offset, _layout.HeaderLength);
        return sum.Value == 0 ? MbufChecksumVerdict.Valid : MbufChecksumVerdict.Invalid;
    }

    /// <summary>
    /// The transport's: uses what hardware has found, by the flags and the sum, and notes there what is found here.
    /// </summary>
    public MbufChecksumVerdict Transport(ref MbufChecksumFlags flags, ref uint sum)
    {
        if (_layout.IsHeaderCut)
        {
            return _layout.IsCut ? MbufChecksumVerdict.Truncated : MbufChecksumVerdict.Unverifiable;
        }

        switch (_layout.Protocol)
        {
            case IPProtocol.Tcp:
                return IsShorterThan(TcpHeader.Size, out MbufChecksumVerdict verdict) || IsTcpMalformed()
                    ? verdict
                    : Summed(_layout.TransportLength, ref flags, ref sum);
            case IPProtocol.Udp:
                return Udp(ref flags, ref sum);
            case IPProtocol.Sctp:
                return IsShorterThan(SctpHeader.Size, out verdict) ? verdict : Sctp(ref flags, ref sum);
            case IPProtocol.IcmpV6 when _layout.IsIPv6:
                return IsShorterThan(SmallestIcmp, out verdict) ? verdict : Control(_layout.PseudoHeader(_layout.TransportLength));
            case IPProtocol.Icmp or IPProtocol.Igmp when !_layout.IsIPv6:
                return IsShorterThan(SmallestIcmp, out verdict) ? verdict : Control(0);
            default:
                return MbufChecksumVerdict.None;
        }
    }

    /// <summary>
    /// True with a verdict if a whole packet is too short for a transport header, which is the sender's doing. What is missing of
    /// it is none of that.
    /// </summary>
    private bool IsShorterThan(int size, out MbufChecksumVerdict verdict)
    {
        verdict = MbufChecksumVerdict.Illegal;
        return !_layout.IsPart && _layout.TransportLength < size;
    }

    private bool IsTcpMalformed()
        => !_layout.IsPart
            && Available >= TcpHeader.Size
            && _packet.ReadByte(_layout.TransportOffset + TcpHeader.PlaceOfOffset) >> 4 < TcpHeader.Size / sizeof(uint);

    private MbufChecksumVerdict Udp(ref MbufChecksumFlags flags, ref uint sum)
    {
        if (IsShorterThan(UdpHeader.Size, out MbufChecksumVerdict verdict))
        {
            return verdict;
        }

        if (_layout.FragmentOffset != 0 || Math.Min(Available, _layout.TransportLength) < UdpHeader.Size)
        {
            return Summed(_layout.TransportLength, ref flags, ref sum);
        }

        int length = _packet.ReadNumber(_layout.TransportOffset + UdpHeader.PlaceOfLength);
        if (length == 0 && (_layout.IsIPv6 || _layout.TransportLength > ushort.MaxValue))
        {
            length = _layout.TransportLength; // Longer than the field can say (RFC 2675, section 4).
        }

        if (!_layout.IsPart && (length < UdpHeader.Size || length > _layout.TransportLength))
        {
            return MbufChecksumVerdict.Illegal;
        }

        if (_packet.ReadNumber(_layout.TransportOffset + UdpHeader.PlaceOfChecksum) == 0)
        {
            return _layout.IsIPv6 ? MbufChecksumVerdict.Illegal : MbufChecksumVerdict.Absent;
        }

        return Summed(_layout.IsPart ? _layout.TransportLength : length, ref flags, ref sum);
    }

    /// <summary>True with a verdict if not all is there that a checksum covers.</summary>
    private bool IsIncomplete(int length, out MbufChecksumVerdict verdict)
    {
        verdict = _layout.IsPart ? MbufChecksumVerdict.Unverifiable : MbufChecksumVerdict.Truncated;
        return _layout.IsPart || length > Available;
    }

    /// <summary>TCP and UDP: the sum of the pseudo header and all bytes, which hardware may have computed or begun.</summary>
    private MbufChecksumVerdict Summed(int length, ref MbufChecksumFlags flags, ref uint sum)
    {
        bool isSummed = (flags & MbufChecksumFlags.ChecksumDataValid) != 0;
        if (IsIncomplete(length, out MbufChecksumVerdict verdict))
        {
            if (_layout.IsPart && !_layout.IsCut && !isSummed)
            {
                flags = (flags | MbufChecksumFlags.ChecksumDataValid) & ~MbufChecksumFlags.PseudoHeaderIncluded;
                sum = Sum(0, _layout.TransportLength);
            }

            return verdict;
        }

        if (!isSummed || (flags & MbufChecksumFlags.PseudoHeaderIncluded) == 0)
        {
            // A datagram may end before its packet does: a sum of all of the packet's bytes says nothing of it then.
            ushort pseudo = _layout.PseudoHeader(length);
            bool isOfAll = isSummed && length == _layout.TransportLength;
            uint whole = isOfAll ? InternetChecksum.Combine(sum, pseudo) : 0u;
            sum = whole == ValidSum ? whole : Sum(pseudo, length);
            flags |= MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;
        }

        return sum == ValidSum ? MbufChecksumVerdict.Valid : MbufChecksumVerdict.Invalid;
    }

    private MbufChecksumVerdict Sctp(ref MbufChecksumFlags flags, ref uint sum)
    {
        if (IsIncomplete(_layout.TransportLength, out MbufChecksumVerdict verdict))
        {
            return verdict;
        }

        const MbufChecksumFlags Checked = MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;
        if ((flags & Checked) == Checked && sum == ValidSum)
        {
            return MbufChecksumVerdict.Valid;
        }

        int place = _layout.TransportOffset + SctpHeader.PlaceOfChecksum;
        uint stored = BinaryPrimitives.ReverseEndianness((uint)(_packet.ReadEight(place - sizeof(uint)) & uint.MaxValue));
        if (_packet.ComputeCrc(_layout.TransportOffset, _layout.TransportLength, place) != stored)
        {
            return MbufChecksumVerdict.Invalid;
        }

        flags |= Checked;
        sum = ValidSum;
        return MbufChecksumVerdict.Valid;
    }

    private MbufChecksumVerdict Control(ushort pseudo)
        => IsIncomplete(_layout.TransportLength, out MbufChecksumVerdict verdict) ? verdict
            : Sum(pseudo, _layout.TransportLength) == ValidSum ? MbufChecksumVerdict.Valid : MbufChecksumVerdict.Invalid;

    private ushort Sum(ushort pseudo, int length)
    {
        InternetChecksum sum = default;
        sum.Add(pseudo);
        _packet.AddTo(ref sum, _layout.TransportOffset, length);
        return sum.Sum;
    }
}
