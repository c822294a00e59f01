using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>IP fragmentation.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>The least that leaves room for a header and 8 bytes.</summary>
    private const int SmallestMtu = IPv4Header.Size + FragmentUnit;

    /// <summary>Fragment offsets count these (RFC 791, section 2.3).</summary>
    private const int FragmentUnit = 8;

    private const int LastFragmentOffset = 65_528;
    private const int LongestPayload = 65_535;

    private const MbufChecksumFlags Found = MbufChecksumFlags.IpChecked | MbufChecksumFlags.IpValid
        | MbufChecksumFlags.DataValid | MbufChecksumFlags.PseudoHeader;

    /// <summary>
    /// ip_fragment: puts an IPv4 or IPv6 packet on a queue, cut into fragments if it is longer than the MTU (RFC 791, section
    /// 3.2; RFC 8200, section 4.5). The payload is not copied: mbufs change hands, and a cluster that is cut is shared by both
    /// fragments. A packet that fits goes through as it is.
    /// </summary>
    /// <param name="mtu">Bytes of the longest packet that fits, network header included, link header not; 28 or more.</param>
    /// <param name="fragments">
    /// Receives the fragments, in their order, at its tail, all or none; each is complete: only its link header is missing.
    /// </param>
    /// <returns>
    /// <see cref="MbufOffloadStatus.Done"/>: the packet, which starts at its network header, is consumed. Else it is as it was
    /// and still the caller's, and so is the queue: <see cref="MbufOffloadStatus.MustNotFragment"/> for IPv4 with DF;
    /// <see cref="MbufOffloadStatus.MtuTooSmall"/> if the headers leave less than 8 bytes, or the extension headers of IPv6 do
    /// not fit the first fragment (RFC 7112); <see cref="MbufOffloadStatus.ChecksumPending"/> for a transport checksum that is
    /// requested without <see cref="MbufChecksumFlags.IpFragments"/>; <see cref="MbufOffloadStatus.ContradictoryRequest"/> for
    /// one that is to be segmented first; NotIP, Truncated, MalformedHeader (also a length of 0), HeaderTooLong, TooLong,
    /// QueueFull, which does not count as a drop, and Exhausted.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="fragments"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="mtu"/> is less than 28, which holds no fragment at all. (No packet of the network's can cause this: too
    /// little for its header is a status.)
    /// </exception>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <exception cref="MbufForeignException">The queue belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>
    /// <para>IPv4: the identification is the packet's; options without the copied bit are in the first fragment only; the header
    /// checksum is right. IPv6: the identification is random (RFC 7739), which costs a call of the system; the other form takes
    /// one. A packet that is a fragment is cut further: offsets go on, and the identification stays.</para>
    /// <para>The first fragment is this packet, with its identity. Each fragment's header is contiguous, the fragment's own and
    /// writable, with room for 32 bytes before it. Each has the packet's flags, header fields and a copy of its tags, but its own
    /// <see cref="Layer3HeaderLength"/> if the packet's was told;
    /// <see cref="MbufFlags.Fragment"/>, the first <see cref="MbufFlags.FirstFragment"/> and the number of fragments in
    /// <see cref="ChecksumData"/>, the last <see cref="MbufFlags.LastFragment"/>. Of <see cref="ChecksumFlags"/> requests for
    /// the transport and IpFragments stay; what was found on input does not. Bytes behind the packet are dropped.</para>
    /// <para>Whether the queue has room is asked again when all memory is there, which callbacks may have been called for. What a free routine
    /// throws comes out when all is done: the packet is consumed then.</para>
    /// <para>O(segments + fragments). Needs an mbuf for each fragment but the first, one for each border that lies inside a
    /// segment, one if the first header has to be made private, and those of the tags.</para>
    /// </remarks>
    public MbufOffloadStatus FragmentInto(int mtu, MbufQueue fragments) => FragmentInto(mtu, fragments, null);

    /// <summary>ip6_fragment: the same, with the identification that fragments of an IPv6 packet get.</summary>
    /// <param name="mtu">Bytes of the longest packet that fits, network header included, link header not; 28 or more.</param>
    /// <param name="fragments">Receives the fragments, in their order, at its tail, all or none.</param>
    /// <param name="identification">
    /// Not used lately between these two addresses, and not to be guessed (RFC 7739). IPv4 packets, and fragments, keep theirs.
    /// </param>
    /// <inheritdoc cref="FragmentInto(int, MbufQueue)"/>
    public MbufOffloadStatus FragmentInto(int mtu, MbufQueue fragments, uint identification)
        => FragmentInto(mtu, fragments, (uint?)identification);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MbufOffloadStatus FragmentInto(int mtu, MbufQueue fragments, uint? identification)
    {
        ArgumentNullException.ThrowIfNull(fragments);
        ref MbufHeader head = ref fragments.HeadOfPacket(this);
        if (mtu < SmallestMtu)
        {
            ThrowHelper.MtuTooSmall(nameof(mtu), mtu);
        }

        if (!NetworkLayout.TryParse(this, 0, out NetworkLayout layout))
        {
            return MbufOffloadStatus.NotIP;
        }

        if (layout.IsCut || layout.IsLengthImplied)
        {
            return layout.IsCut ? MbufOffloadStatus.Truncated : MbufOffloadStatus.MalformedHeader;
        }

        if (layout.TotalLength <= mtu)
        {
            return PassInto(fragments);
        }

        MbufOffloadStatus status = CheckFragmentable(ref head, layout);
        return status != MbufOffloadStatus.Done ? status
            : layout.IsIPv6 ? FragmentIPv6(mtu, fragments, layout, identification)
            : FragmentIPv4(mtu, fragments, layout);
    }

    private static MbufOffloadStatus CheckFragmentable(ref MbufHeader head, in NetworkLayout layout)
    {
        var requests = (MbufChecksumFlags)head.ChecksumFlags;
        const MbufChecksumFlags Transport = MbufChecksumFlags.DelayedData | MbufChecksumFlags.DelayedDataIPv6;
        return (requests & MbufChecksumFlags.AnySegmentation) != 0 ? MbufOffloadStatus.ContradictoryRequest
            : (requests & Transport) != 0 && (requests & MbufChecksumFlags.IpFragments) == 0 ? MbufOffloadStatus.ChecksumPending
            : layout.DontFragment ? MbufOffloadStatus.MustNotFragment
            : layout.IsHeaderCut ? MbufOffloadStatus.MalformedHeader
            : MbufOffloadStatus.Done;
    }

    private MbufOffloadStatus FragmentIPv4(int mtu, MbufQueue fragments, in NetworkLayout layout)
    {
        ref MbufHeader head = ref At(Index);
        if (layout.HeaderLength != IPv4Header.Size || head.SegmentLength < IPv4Header.Size)
        {
            return FragmentIPv4WithOptions(mtu, fragments, layout);
        }

        var plan = new CutPlan
        {
            HeaderLength = IPv4Header.Size,
            LaterHeaderLength = IPv4Header.Size,
            PayloadLength = layout.TotalLength - IPv4Header.Size,
        };
        MbufOffloadStatus status = Plan(mtu, layout, ref plan);
        if (status != MbufOffloadStatus.Done)
        {
            return status;
        }

        var headers = new IPv4FragmentHeader(_cache.Hot.Memory.Bytes(head.Data, IPv4Header.Size), layout);
        return Cut(ref plan, ref headers, fragments);
    }

    /// <summary>The same for a header with options, or in more than one mbuf.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MbufOffloadStatus FragmentIPv4WithOptions(int mtu, MbufQueue fragments, in NetworkLayout layout)
    {
        NetworkLayout.Scratch scratch = default;
        ReadOnlySpan<byte> header = BytesAt(0, layout.HeaderLength, scratch);
        var headers = new IPv4OptionsHeader(header, layout);
        if (!headers.TryReadOptions(header[IPv4Header.Size..]))
        {
            return MbufOffloadStatus.MalformedHeader;
        }

        var plan = new CutPlan
        {
            HeaderLength = layout.HeaderLength,
            LaterHeaderLength = headers.LaterLength,
            PayloadLength = layout.TotalLength - layout.HeaderLength,
        };
        MbufOffloadStatus status = Plan(mtu, layout, ref plan);
        return status == MbufOffloadStatus.Done ? Cut(ref plan, ref headers, fragments) : status;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MbufOffloadStatus FragmentIPv6(int mtu, MbufQueue fragments, in NetworkLayout layout, uint? identification)
    {
        if (IsJumbogram(layout))
        {
            return MbufOffloadStatus.TooLong; // It must not have a fragment header (RFC 2675, section 3).
        }

        bool isFragment = layout.FragmentHeader != 0;
        byte nextHeader = ReadByte(isFragment ? layout.FragmentHeader : layout.PlaceOfNextHeader);
        int headerLength = layout.UnfragmentableLength + (isFragment ? IPv6ExtensionHeader.Size : 0);
        var plan = new CutPlan
        {
            HeaderLength = headerLength,
            Growth = isFragment ? 0 : IPv6ExtensionHeader.Size,
            LaterHeaderLength = layout.UnfragmentableLength + IPv6ExtensionHeader.Size,
            PayloadLength = layout.TotalLength - headerLength,
        };
        MbufOffloadStatus status = Plan(mtu, layout, ref plan);
        if (status != MbufOffloadStatus.Done)
        {
            return status;
        }

        if (!layout.IsPart && layout.HeaderLength - headerLength > plan.FirstPayload)
        {
            return MbufOffloadStatus.MtuTooSmall; // Filters look for all headers in the first fragment (RFC 7112, section 5).
        }

        uint number = isFragment ? layout.Identification : identification ?? SystemRandom.UInt32();
        var headers = new IPv6FragmentHeader(layout, nextHeader, number);
        return Cut(ref plan, ref headers, fragments);
    }

    /// <summary>Where the borders are between the fragments of a packet that is longer than the MTU.</summary>
    private MbufOffloadStatus Plan(int mtu, in NetworkLayout layout, ref CutPlan plan)
    {
        plan.FirstPayload = (mtu - plan.FirstHeaderLength) & -FragmentUnit;
        plan.LaterPayload = (mtu - plan.LaterHeaderLength) & -FragmentUnit;
        if (plan.FirstPayload < FragmentUnit)
        {
            return MbufOffloadStatus.MtuTooSmall;
        }

        if (layout.MoreFragments && plan.PayloadLength % FragmentUnit != 0)
        {
            return MbufOffloadStatus.MalformedHeader;
        }

        if (plan.PayloadLength > LongestPayload)
        {
            return MbufOffloadStatus.TooLong;
        }

        plan.CountParts();
        if (layout.FragmentOffset + plan.FirstPayload + ((plan.Parts - 2) * plan.LaterPayload) > LastFragmentOffset)
        {
            return MbufOffloadStatus.TooLong;
        }

        plan.Flags = MbufFlags.Fragment;
        plan.FirstFlags = MbufFlags.FirstFragment;
        plan.LastFlags = MbufFlags.LastFragment;
        plan.Requests = ChecksumFlags & ~(Found | MbufChecksumFlags.Ip | MbufChecksumFlags.Fragmentation);
        plan.FirstChecksumData = (uint)plan.Parts;
        return MbufOffloadStatus.Done;
    }

    /// <summary>Puts the packet on the queue as it is; one that is refused is not counted as dropped.</summary>
    private MbufOffloadStatus PassInto(MbufQueue queue)
        => queue.HasRoomFor(1) && queue.TryEnqueue(this) ? MbufOffloadStatus.Done : MbufOffloadStatus.QueueFull;
}
