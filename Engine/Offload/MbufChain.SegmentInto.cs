using System.Numerics;

namespace Engine.Mbufs;

/// <content>Segmentation in software: what TSO and UDP GSO leave to an interface.</content>
public readonly ref partial struct MbufChain
{
    private const MbufChecksumFlags OfUdp = MbufChecksumFlags.UdpSegmentation | MbufChecksumFlags.UdpSegmentationIPv6;
    private const MbufChecksumFlags OfIPv6 = MbufChecksumFlags.SegmentationIPv6 | MbufChecksumFlags.UdpSegmentationIPv6;
    private const MbufChecksumFlags AllTransports = MbufChecksumFlags.DelayedData | MbufChecksumFlags.DelayedDataIPv6;

    /// <summary>
    /// Puts a TCP or UDP packet on a queue, cut into segments of <see cref="SegmentSize"/> bytes of payload, if
    /// <see cref="ChecksumFlags"/> ask for it (CSUM_TSO, CSUM_IP6_TSO; UDP segmentation has no name in mbuf(9)). The payload is
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
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>
    /// <para>The length in the IP header may be 0 where the packet is longer than it can say: then the chain is the packet. What
    /// UDP's length and the checksum fields hold does not matter.</para>
    /// <para>Each segment has all network and transport headers, with its own lengths; IPv4's identification counts up. TCP: its
    /// own sequence number; FIN and PSH on the last only, SYN and CWR (RFC 3168) on the first only, the urgent pointer as far as
    /// it reaches. The transport's checksum field holds the sum of the segment's own pseudo header, IPv4's is 0:
    /// <see cref="ChecksumFlags"/> ask for <see cref="MbufChecksumFlags.Ip"/> and the transport's checksum, with its place in
    /// <see cref="ChecksumData"/>, and no longer for segmentation; <see cref="SegmentSize"/> is 0.</para>
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
        ref MbufHeader head = ref segments.HeadOfPacket(this);
        var requests = (MbufChecksumFlags)head.ChecksumFlags;
        MbufChecksumFlags kind = requests & MbufChecksumFlags.AnySegmentation;
        if (kind == MbufChecksumFlags.None)
        {
            return PassInto(segments);
        }

        if (!NetworkLayout.TryParse(this, 0, out NetworkLayout layout))
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
            Requests = (requests & ~(kind | Found)) | checksum | (layout.IsIPv6 ? MbufChecksumFlags.None : MbufChecksumFlags.Ip),
            FirstPayload = SegmentSize,
            LaterPayload = SegmentSize,
            FirstChecksumData = field,
            LaterChecksumData = field,
            EndsSegmentation = true,
        };
        MbufOffloadStatus status = PlanSegments(layout, isUdp ? IPProtocol.Udp : IPProtocol.Tcp, ref plan);
        var headers = new SegmentHeader(layout, plan.LaterPayload);
        return status == MbufOffloadStatus.Done ? Cut(ref plan, ref headers, segments) : status;
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

        if (!TryMeasureTransport(layout, out int transport))
        {
            return MbufOffloadStatus.MalformedHeader;
        }

        plan.HeaderLength = layout.HeaderLength + transport;
        plan.LaterHeaderLength = plan.HeaderLength;
        plan.PayloadLength = layout.TotalLength - plan.HeaderLength;
        plan.CountParts();
        int longest = plan.HeaderLength + plan.FirstPayload - (layout.IsIPv6 ? IPv6Header.Size : 0);
        return longest > LongestPayload || layout.TotalLength > CutPlan.MostBytes || IsJumbogram(layout)
            ? MbufOffloadStatus.TooLong
            : MbufOffloadStatus.Done;
    }

    /// <summary>Bytes of the TCP or UDP header. False if the packet ends before it does, or it before it can.</summary>
    private bool TryMeasureTransport(in NetworkLayout layout, out int length)
    {
        bool isTcp = layout.Protocol == IPProtocol.Tcp;
        int least = isTcp ? TcpHeader.Size : UdpHeader.Size;
        length = least;
        if (isTcp && layout.TransportLength >= least)
        {
            length = (ReadByte(layout.HeaderLength + TcpHeader.PlaceOfOffset) >> 4) * sizeof(uint);
        }

        return length >= least && length <= layout.TransportLength;
    }

    /// <summary>An option gives the length, and would be repeated: what every segment's own length contradicts.</summary>
    internal bool IsJumbogram(in NetworkLayout layout)
        => layout.IsIPv6 && !layout.IsLengthImplied && ReadNumber(IPv6Header.PlaceOfPayloadLength) == 0;

    /// <summary>The request for the checksum that comes with segments of a kind.</summary>
    private static MbufChecksumFlags ChecksumOf(MbufChecksumFlags kind) => kind switch
    {
        MbufChecksumFlags.Segmentation => MbufChecksumFlags.Tcp,
        MbufChecksumFlags.SegmentationIPv6 => MbufChecksumFlags.TcpIPv6,
        MbufChecksumFlags.UdpSegmentation => MbufChecksumFlags.Udp,
        _ => MbufChecksumFlags.UdpIPv6,
    };
}
