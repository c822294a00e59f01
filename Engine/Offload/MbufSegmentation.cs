using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>Segments and fragments in software: what TSO, UDP GSO and IP fragmentation leave to an interface.</summary>
public static class MbufSegmentation
{
    private const MbufChecksumFlags OfUdp = MbufChecksumFlags.UdpSegmentation | MbufChecksumFlags.UdpSegmentationIPv6;

    private const MbufChecksumFlags OfIPv6 = MbufChecksumFlags.TcpSegmentationIPv6 | MbufChecksumFlags.UdpSegmentationIPv6;

    private const MbufChecksumFlags AllTransports = MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6;

    /// <summary>The least that leaves room for a header and 8 bytes.</summary>
    private const int MinimumMtu = IPv4Header.Size + FragmentUnit;

    /// <summary>Fragment offsets count these (RFC 791, section 2.3).</summary>
    private const int FragmentUnit = 8;

    private const int LastFragmentOffset = 65_528;

    private const int LongestPayload = 65_535;

    private const MbufChecksumFlags Found = MbufChecksumFlags.IPv4Checked | MbufChecksumFlags.IPv4Valid
        | MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;

    private static MbufOffloadStatus CheckFragmentable(ref MbufHeader head, in NetworkLayout layout)
    {
        var requests = (MbufChecksumFlags)head.ChecksumFlags;
        const MbufChecksumFlags Transport = MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6;
        return (requests & MbufChecksumFlags.AnySegmentation) != 0 ? MbufOffloadStatus.ContradictoryRequest
            : (requests & Transport) != 0 && (requests & MbufChecksumFlags.FragmentChecksums) == 0 ? MbufOffloadStatus.ChecksumPending
            : layout.DontFragment ? MbufOffloadStatus.MustNotFragment
            : layout.IsHeaderCut ? MbufOffloadStatus.MalformedHeader
            : MbufOffloadStatus.Done;
    }

    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>
        /// Puts a TCP or UDP packet on a queue, cut into segments of <see cref="MbufChain.SegmentSize"/> bytes of payload, if
        /// <see cref="MbufChain.ChecksumFlags"/> ask for it (CSUM_TSO, CSUM_IP6_TSO; UDP segmentation has no name in mbuf(9)). The payload is
        /// not copied: mbufs change hands, and a cluster that is cut is shared by both segments. A packet that does not ask for it
        /// goes through as it is.
        /// </summary>
        /// <param name="segments">
        /// Receives the segments, in their order, at its tail, all or none; each has its headers and still needs its checksums.
        /// </param>
        /// <returns>
        /// <see cref="MbufOffloadStatus.Done"/>: the packet, which starts at its network header, is consumed. Else it is as it was
        /// and still the caller's, and so is the queue: <see cref="MbufOffloadStatus.SegmentSizeMissing"/>;
        /// <see cref="MbufOffloadStatus.ContradictoryRequest"/> for two kinds of segments, one for the other version of IP, or a
        /// checksum of another transport; <see cref="MbufOffloadStatus.NotTransport"/>; <see cref="MbufOffloadStatus.IsFragment"/>;
        /// <see cref="MbufOffloadStatus.TooLong"/> for segments of more than 65,535 bytes, and jumbograms (RFC 2675); NotIP,
        /// Truncated, MalformedHeader, HeaderTooLong, QueueFull, which does not count as a drop, and Exhausted.
        /// </returns>
        /// <exception cref="ArgumentNullException"><paramref name="segments"/> is null.</exception>
        /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
        /// <exception cref="MbufForeignException">The queue belongs to another arena.</exception>
        /// <remarks>
        /// <para>The length in the IP header may be 0 where the packet is longer than it can say: then the chain is the packet. What
        /// UDP's length and the checksum fields hold does not matter.</para>
        /// <para>Each segment has all network and transport headers, with its own lengths; IPv4's identification counts up. TCP: its
        /// own sequence number; FIN and PSH on the last only, SYN and CWR (RFC 3168) on the first only, the urgent pointer as far as
        /// it reaches. The transport's checksum field holds the sum of the segment's own pseudo header, IPv4's is 0:
        /// <see cref="MbufChain.ChecksumFlags"/> ask for <see cref="MbufChecksumFlags.IPv4"/> and the transport's checksum, with its place in
        /// <see cref="MbufChain.ChecksumData"/>, and no longer for segmentation; <see cref="MbufChain.SegmentSize"/> is 0.</para>
        /// <para>The first segment is this packet, with its identity. Each segment's headers are contiguous, the segment's own and
        /// writable, with room for 32 bytes before them. Each has the packet's flags, header fields and a copy of its tags. Bytes
        /// behind the packet are dropped.</para>
        /// <para>Whether the queue has room is asked again when all memory is there, which callbacks may have been called for. What a free routine
        /// throws comes out when all is done: the packet is consumed then.</para>
        /// <para>O(segments of the chain + those made). Needs an mbuf for each segment but the first, one for each border that lies
        /// inside an mbuf of the chain, one if the first header has to be made private, and those of the tags.</para>
        /// </remarks>
        public MbufOffloadStatus SegmentInto(MbufQueue segments)
        {
            ArgumentNullException.ThrowIfNull(segments);
            ref MbufHeader head = ref segments.HeadOfPacket(chain);
            var requests = (MbufChecksumFlags)head.ChecksumFlags;
            MbufChecksumFlags kind = requests & MbufChecksumFlags.AnySegmentation;
            if (kind == MbufChecksumFlags.None)
            {
                return chain.PassInto(segments);
            }

            if (!NetworkLayout.TryParse(chain, 0, out NetworkLayout layout))
            {
                return MbufOffloadStatus.NotIP;
            }

            MbufChecksumFlags checksum = ChecksumOf(kind);
            bool isForIPv6 = (kind & OfIPv6) != 0;
            if (!BitOperations.IsPow2((uint)kind) || isForIPv6 != layout.IsIPv6 || (requests & AllTransports & ~checksum) != 0)
            {
                return MbufOffloadStatus.ContradictoryRequest;
            }

            bool isUdp = (kind & OfUdp) != 0;
            uint field = isUdp ? (uint)UdpHeader.PlaceOfChecksum : TcpHeader.PlaceOfChecksum;
            var plan = new CutPlan
            {
                Requests = (requests & ~(kind | Found)) | checksum | (layout.IsIPv6 ? MbufChecksumFlags.None : MbufChecksumFlags.IPv4),
                FirstPayload = chain.SegmentSize,
                LaterPayload = chain.SegmentSize,
                FirstChecksumData = field,
                LaterChecksumData = field,
                EndsSegmentation = true,
            };
            MbufOffloadStatus status = chain.PlanSegments(layout, isUdp ? IPProtocol.Udp : IPProtocol.Tcp, ref plan);
            var headers = new SegmentHeader(layout, plan.LaterPayload);
            return status == MbufOffloadStatus.Done ? chain.Cut(ref plan, ref headers, segments) : status;
        }

        private MbufOffloadStatus PlanSegments(in NetworkLayout layout, IPProtocol protocol, ref CutPlan plan)
        {
            if (plan.LaterPayload == 0)
            {
                return MbufOffloadStatus.SegmentSizeMissing;
            }

            if (layout.IsCut || layout.IsHeaderCut)
            {
                return layout.IsCut ? MbufOffloadStatus.Truncated : MbufOffloadStatus.MalformedHeader;
            }

            if (layout.IsFragment || layout.Protocol != protocol)
            {
                return layout.IsFragment ? MbufOffloadStatus.IsFragment : MbufOffloadStatus.NotTransport;
            }

            if (!chain.TryMeasureTransport(layout, out int transport))
            {
                return MbufOffloadStatus.MalformedHeader;
            }

            plan.HeaderLength = layout.HeaderLength + transport;
            plan.LaterHeaderLength = plan.HeaderLength;
            plan.PayloadLength = layout.TotalLength - plan.HeaderLength;
            plan.CountParts();
            int longest = plan.HeaderLength + plan.FirstPayload - (layout.IsIPv6 ? IPv6Header.Size : 0);
            return longest > LongestPayload || layout.TotalLength > CutPlan.MostBytes || chain.IsJumbogram(layout)
                ? MbufOffloadStatus.TooLong
                : MbufOffloadStatus.Done;
        }

        /// <summary>Bytes of the TCP or UDP header. False if the packet ends before it does, or it before it can.</summary>
        internal bool TryMeasureTransport(in NetworkLayout layout, out int length)
        {
            bool isTcp = layout.Protocol == IPProtocol.Tcp;
            int least = isTcp ? TcpHeader.Size : UdpHeader.Size;
            length = least;
            if (isTcp && layout.TransportLength >= least)
            {
                length = (chain.ReadByte(layout.HeaderLength + TcpHeader.PlaceOfOffset) >> 4) * sizeof(uint);
            }

            return length >= least && length <= layout.TransportLength;
        }

        /// <summary>An option gives the length, and would be repeated: what every segment's own length contradicts.</summary>
        internal bool IsJumbogram(in NetworkLayout layout)
            => layout.IsIPv6 && !layout.IsLengthImplied && chain.ReadNumber(IPv6Header.PlaceOfPayloadLength) == 0;

        /// <summary>
        /// Puts an IPv4 or IPv6 packet on a queue, cut into fragments if it is longer than the MTU (RFC 791, section 3.2; RFC 8200,
        /// section 4.5) (BSD: ip_fragment). The payload is not copied: mbufs change hands, and a cluster that is cut is shared by
        /// both fragments. A packet that fits goes through as it is.
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
        /// requested without <see cref="MbufChecksumFlags.FragmentChecksums"/>; <see cref="MbufOffloadStatus.ContradictoryRequest"/> for
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
        /// <remarks>
        /// <para>IPv4: the identification is the packet's; options without the copied bit are in the first fragment only; the header
        /// checksum is right. IPv6: the identification is random (RFC 7739), which costs a call of the system; the other form takes
        /// one. A packet that is a fragment is cut further: offsets go on, and the identification stays.</para>
        /// <para>The first fragment is this packet, with its identity. Each fragment's header is contiguous, the fragment's own and
        /// writable, with room for 32 bytes before it. Each has the packet's flags, header fields and a copy of its tags, but its own
        /// <see cref="MbufChain.Layer3HeaderLength"/> if the packet's was told;
        /// <see cref="MbufFlags.Fragment"/>, the first <see cref="MbufFlags.FirstFragment"/> and the number of fragments in
        /// <see cref="MbufChain.ChecksumData"/>, the last <see cref="MbufFlags.LastFragment"/>. Of <see cref="MbufChain.ChecksumFlags"/> requests for
        /// the transport and FragmentChecksums stay; what was found on input does not. Bytes behind the packet are dropped.</para>
        /// <para>Whether the queue has room is asked again when all memory is there, which callbacks may have been called for. What a free routine
        /// throws comes out when all is done: the packet is consumed then.</para>
        /// <para>O(segments + fragments). Needs an mbuf for each fragment but the first, one for each border that lies inside a
        /// segment, one if the first header has to be made private, and those of the tags.</para>
        /// </remarks>
        public MbufOffloadStatus FragmentInto(int mtu, MbufQueue fragments) => chain.FragmentInto(mtu, fragments, null);

        /// <summary>The same, with the identification that fragments of an IPv6 packet get (BSD: ip6_fragment).</summary>
        /// <param name="mtu">Bytes of the longest packet that fits, network header included, link header not; 28 or more.</param>
        /// <param name="fragments">Receives the fragments, in their order, at its tail, all or none.</param>
        /// <param name="identification">
        /// Not used lately between these two addresses, and not to be guessed (RFC 7739). IPv4 packets, and fragments, keep theirs.
        /// </param>
        /// <inheritdoc cref="extension(in MbufChain).FragmentInto(int, MbufQueue)"/>
        public MbufOffloadStatus FragmentInto(int mtu, MbufQueue fragments, uint identification)
            => chain.FragmentInto(mtu, fragments, (uint?)identification);

        [MethodImpl(MethodImplOptions.NoInlining)]
        private MbufOffloadStatus FragmentInto(int mtu, MbufQueue fragments, uint? identification)
        {
            ArgumentNullException.ThrowIfNull(fragments);
            ref MbufHeader head = ref fragments.HeadOfPacket(chain);
            if (mtu < MinimumMtu)
            {
                ThrowHelper.MtuTooSmall(nameof(mtu), mtu);
            }

            if (!NetworkLayout.TryParse(chain, 0, out NetworkLayout layout))
            {
                return MbufOffloadStatus.NotIP;
            }

            if (layout.IsCut || layout.IsLengthImplied)
            {
                return layout.IsCut ? MbufOffloadStatus.Truncated : MbufOffloadStatus.MalformedHeader;
            }

            if (layout.TotalLength <= mtu)
            {
                return chain.PassInto(fragments);
            }

            MbufOffloadStatus status = CheckFragmentable(ref head, layout);
            return status != MbufOffloadStatus.Done ? status
                : layout.IsIPv6 ? chain.FragmentIPv6(mtu, fragments, layout, identification)
                : chain.FragmentIPv4(mtu, fragments, layout);
        }

        private MbufOffloadStatus FragmentIPv4(int mtu, MbufQueue fragments, in NetworkLayout layout)
        {
            ref MbufHeader head = ref chain.At(chain.Index);
            if (layout.HeaderLength != IPv4Header.Size || head.SegmentLength < IPv4Header.Size)
            {
                return chain.FragmentIPv4WithOptions(mtu, fragments, layout);
            }

            var plan = new CutPlan
            {
                HeaderLength = IPv4Header.Size,
                LaterHeaderLength = IPv4Header.Size,
                PayloadLength = layout.TotalLength - IPv4Header.Size,
            };
            MbufOffloadStatus status = chain.Plan(mtu, layout, ref plan);
            if (status != MbufOffloadStatus.Done)
            {
                return status;
            }

            var headers = new IPv4FragmentHeader(chain.Cache.Hot.Memory.Bytes(head.Data, IPv4Header.Size), layout);
            return chain.Cut(ref plan, ref headers, fragments);
        }

        /// <summary>The same for a header with options, or in more than one mbuf.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private MbufOffloadStatus FragmentIPv4WithOptions(int mtu, MbufQueue fragments, in NetworkLayout layout)
        {
            NetworkLayout.Scratch scratch = default;
            ReadOnlySpan<byte> header = chain.BytesAt(0, layout.HeaderLength, scratch);
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
            MbufOffloadStatus status = chain.Plan(mtu, layout, ref plan);
            return status == MbufOffloadStatus.Done ? chain.Cut(ref plan, ref headers, fragments) : status;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private MbufOffloadStatus FragmentIPv6(int mtu, MbufQueue fragments, in NetworkLayout layout, uint? identification)
        {
            if (chain.IsJumbogram(layout))
            {
                return MbufOffloadStatus.TooLong; // It must not have a fragment header (RFC 2675, section 3).
            }

            bool isFragment = layout.FragmentHeader != 0;
            byte nextHeader = chain.ReadByte(isFragment ? layout.FragmentHeader : layout.PlaceOfNextHeader);
            int headerLength = layout.UnfragmentableLength + (isFragment ? IPv6ExtensionHeader.Size : 0);
            var plan = new CutPlan
            {
                HeaderLength = headerLength,
                Growth = isFragment ? 0 : IPv6ExtensionHeader.Size,
                LaterHeaderLength = layout.UnfragmentableLength + IPv6ExtensionHeader.Size,
                PayloadLength = layout.TotalLength - headerLength,
            };
            MbufOffloadStatus status = chain.Plan(mtu, layout, ref plan);
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
            return chain.Cut(ref plan, ref headers, fragments);
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
            plan.Requests = chain.ChecksumFlags & ~(Found | MbufChecksumFlags.IPv4 | MbufChecksumFlags.Fragmentation);
            plan.FirstChecksumData = (uint)plan.Parts;
            return MbufOffloadStatus.Done;
        }

        /// <summary>Puts the packet on the queue as it is; one that is refused is not counted as dropped.</summary>
        internal MbufOffloadStatus PassInto(MbufQueue queue)
            => queue.HasRoomFor(1) && queue.TryEnqueue(chain) ? MbufOffloadStatus.Done : MbufOffloadStatus.QueueFull;

        /// <summary>
        /// Corrects the length of the network header in the packet headers of parts that have another one than the packet had, if
        /// that told it. The parts are linked, the first one before the others.
        /// </summary>
        internal void CorrectHeaderLengths(ref MbufHeader head, in CutPlan plan)
        {
            int told = chain.Cache.Hot.Memory.ColdOf(ref head).Layer3HeaderLength;
            if (told < plan.HeaderLength || (plan.Growth == 0 && plan.LaterHeaderLength == plan.HeaderLength))
            {
                return;
            }

            chain.SetNetworkHeaderLength(ref head, told + plan.Growth);
            for (uint index = head.NextPacket; index != 0; index = chain.At(index).NextPacket)
            {
                chain.SetNetworkHeaderLength(ref chain.At(index), plan.LaterHeaderLength);
            }
        }

        /// <summary>Nothing is told of what is longer than the field can say.</summary>
        private void SetNetworkHeaderLength(ref MbufHeader part, int length)
            => chain.Cache.Hot.Memory.ColdOf(ref part).Layer3HeaderLength = length <= byte.MaxValue ? (byte)length : (byte)0;
    }

    /// <summary>The request for the checksum that comes with segments of a kind.</summary>
    private static MbufChecksumFlags ChecksumOf(MbufChecksumFlags kind) => kind switch
    {
        MbufChecksumFlags.TcpSegmentation => MbufChecksumFlags.Tcp,
        MbufChecksumFlags.TcpSegmentationIPv6 => MbufChecksumFlags.TcpIPv6,
        MbufChecksumFlags.UdpSegmentation => MbufChecksumFlags.Udp,
        _ => MbufChecksumFlags.UdpIPv6,
    };
}
