using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>
/// --segment and --segment-udp: what an interface does with a packet that a host made larger than its MTU, in software, because
/// this one can do nothing by itself.
/// </summary>
internal static class Segmentation
{
    private static readonly MbufInterface s_plain = new("none");

    /// <summary>Cuts a packet with more payload than a size into segments of that.</summary>
    /// <param name="packet">The packet, from its IP header on; consumed if the step is made.</param>
    /// <param name="protocol">TCP or UDP: what is to be cut.</param>
    /// <param name="size">Bytes of payload.</param>
    /// <param name="segments">Receives the segments, each with its checksums.</param>
    public static StepOutcome Apply(MbufChain packet, IPProtocol protocol, int size, MbufQueue segments)
    {
        if (!IPPacket.TryMeasureHeaders(packet, protocol, out int headers))
        {
            return StepOutcome.NotApplicable;
        }

        int payload = IPPacket.TotalLength(packet) - headers;
        if (payload <= size || payload > packet.Length - headers)
        {
            return payload <= size ? StepOutcome.NotNeeded : StepOutcome.Truncated;
        }

        bool isIPv6 = IPPacket.IsIPv6(packet);
        packet.SegmentSize = (ushort)size;
        packet.ChecksumFlags = protocol == IPProtocol.Tcp
            ? isIPv6 ? MbufChecksumFlags.TcpSegmentationIPv6 : MbufChecksumFlags.TcpSegmentation
            : isIPv6 ? MbufChecksumFlags.UdpSegmentationIPv6 : MbufChecksumFlags.UdpSegmentation;
        MbufOffloadStatus status = packet.SegmentInto(segments);
        if (status != MbufOffloadStatus.Done)
        {
            packet.SegmentSize = 0;
            packet.ChecksumFlags = MbufChecksumFlags.None;
        }

        return OutcomeOf(status);
    }

    /// <summary>Computes the checksums of a segment, which asks for them.</summary>
    /// <param name="segment">A segment, from its IP header on.</param>
    public static void Complete(MbufChain segment)
    {
        MbufOffloadStatus status = segment.CompleteChecksums(s_plain);
        if (status != MbufOffloadStatus.Done)
        {
            throw new ToolException($"the checksums of a segment cannot be computed: {status}");
        }
    }

    /// <summary>What it means for a step that the engine has done something, or refused to.</summary>
    public static StepOutcome OutcomeOf(MbufOffloadStatus status) => status switch
    {
        MbufOffloadStatus.Done => StepOutcome.Done,
        MbufOffloadStatus.NotIP or MbufOffloadStatus.NotTransport or MbufOffloadStatus.IsFragment => StepOutcome.NotApplicable,
        MbufOffloadStatus.Truncated => StepOutcome.Truncated,
        _ => StepOutcome.Refused,
    };
}
