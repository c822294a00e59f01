namespace Engine.Mbufs.Wire;

/// <summary>What is wrong with a fragment by itself, whatever others say.</summary>
/// <param name="least">Bytes of payload that all but the last have.</param>
/// <param name="allowTiny">The transport header may be parted.</param>
internal readonly struct FragmentCheck(int least, bool allowTiny)
{
    /// <summary>What the length field of either version can say.</summary>
    public const int LargestLength = ushort.MaxValue;

    private const int SmallestTcpHeader = 20;
    private const int PlaceOfDataOffset = 12;

    /// <summary>
    /// Looks at a fragment, with a header of the layout. <see cref="MbufReassemblyStatus.Held"/> if nothing is wrong.
    /// </summary>
    public MbufReassemblyStatus Look(MbufChain chain, in NetworkLayout layout, out FragmentPart part)
    {
        NetworkLayout.Scratch scratch = default;
        ReadOnlySpan<byte> header = chain.BytesAt(0, layout.IsIPv6 ? IPv6Header.Size : IPv4Header.Size, scratch);
        int start = layout.IsIPv6 ? layout.FragmentHeader + IPv6ExtensionHeader.Size : layout.HeaderLength;
        part = new FragmentPart
        {
            Start = start,
            Offset = layout.FragmentOffset,
            Length = layout.TotalLength - start,
            HasMore = layout.MoreFragments,
            HeaderLength = layout.IsIPv6 ? layout.FragmentHeader - IPv6Header.Size : layout.HeaderLength,
            Congestion = (byte)(1 << (layout.IsIPv6 ? (header[1] >> 4) & 3 : header[1] & 3)),
            IsSummed = layout.Protocol != IPProtocol.Sctp,
            Key = FragmentKey.Of(header, layout),
        };

        if (layout.IsCut || layout.IsLengthImplied || chain.IsJumbogram(layout))
        {
            return MbufReassemblyStatus.Malformed;
        }

        const MbufChecksumFlags Both = MbufChecksumFlags.IpChecked | MbufChecksumFlags.IpValid;
        if (!layout.IsIPv6 && (chain.ChecksumFlags & Both) == MbufChecksumFlags.IpChecked)
        {
            return MbufReassemblyStatus.BadHeaderChecksum;
        }

        return layout.IsPart ? LookAtPart(chain, layout, part) : LookAtHeaders(layout);
    }

    private MbufReassemblyStatus LookAtPart(MbufChain chain, in NetworkLayout layout, in FragmentPart part)
    {
        if (part.Length <= 0 || (part.HasMore && part.Length % 8 != 0))
        {
            return MbufReassemblyStatus.Malformed;
        }

        if (part.HeaderLength + part.End > LargestLength)
        {
            return MbufReassemblyStatus.TooLarge;
        }

        if (part.IsFirst && (layout.IsHeaderCut || (!allowTiny && IsTransportCut(chain, layout))))
        {
            return MbufReassemblyStatus.HeaderIncomplete;
        }

        if (part.Offset is > 0 and < SmallestTcpHeader && layout.Protocol == IPProtocol.Tcp && !allowTiny)
        {
            return MbufReassemblyStatus.HeaderIncomplete; // It would write what a filter looks at.
        }

        return part.HasMore && part.Length < least ? MbufReassemblyStatus.TooSmall : MbufReassemblyStatus.Held;
    }

    private static MbufReassemblyStatus LookAtHeaders(in NetworkLayout layout)
        => layout.IsHeaderCut ? MbufReassemblyStatus.HeaderIncomplete : MbufReassemblyStatus.Held;

    /// <summary>True if a first fragment has not the whole header of its transport.</summary>
    private static bool IsTransportCut(MbufChain chain, in NetworkLayout layout)
    {
        int length = layout.TransportLength;
        int least = layout.Protocol switch
        {
            IPProtocol.Tcp => SmallestTcpHeader,
            IPProtocol.Sctp => 12,
            IPProtocol.Udp or IPProtocol.Icmp or IPProtocol.IcmpV6 => 8,
            _ => 0,
        };
        if (length >= least && layout.Protocol == IPProtocol.Tcp)
        {
            least = (chain.ReadByte(layout.TransportOffset + PlaceOfDataOffset) >> 4) * sizeof(uint);
        }

        return length < least;
    }
}
