using System.Numerics;

namespace Engine.Mbufs.Wire;

/// <summary>
/// What a packet's checksum flags ask for, looked at once: whether it makes sense, and which bytes it is about.
/// </summary>
internal struct OffloadRequest
{
    private const MbufChecksumFlags OverIPv4 = MbufChecksumFlags.IPv4
        | MbufChecksumFlags.AnyTransport | MbufChecksumFlags.TcpSegmentation | MbufChecksumFlags.UdpSegmentation;

    private const MbufChecksumFlags OverIPv6 = MbufChecksumFlags.AnyTransportIPv6
        | MbufChecksumFlags.TcpSegmentationIPv6 | MbufChecksumFlags.UdpSegmentationIPv6;

    private const MbufChecksumFlags AnyTransport = MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6;
    private const MbufChecksumFlags AnyTcp = MbufChecksumFlags.Tcp
        | MbufChecksumFlags.TcpIPv6 | MbufChecksumFlags.TcpSegmentation | MbufChecksumFlags.TcpSegmentationIPv6;

    private const MbufChecksumFlags AnyUdp = MbufChecksumFlags.Udp
        | MbufChecksumFlags.UdpIPv6 | MbufChecksumFlags.UdpSegmentation | MbufChecksumFlags.UdpSegmentationIPv6;

    private const MbufChecksumFlags AnySctp = MbufChecksumFlags.Sctp | MbufChecksumFlags.SctpIPv6;

    /// <summary>Everything that is work to be done on a packet.</summary>
    public const MbufChecksumFlags Work = OverIPv4 | OverIPv6;

    /// <summary>The packet's network header.</summary>
    public NetworkLayout Layout;

    /// <summary>What is asked for.</summary>
    public MbufChecksumFlags Flags;

    /// <summary>
    /// Place of the transport checksum's field in the chain; inside the packet if a transport checksum is asked for.
    /// </summary>
    public int Field;

    /// <summary>Bytes from the transport header on that its checksum covers; UDP says so itself.</summary>
    public int Covered;

    /// <summary>The transport checksum that is asked for, segmentation's included.</summary>
    public readonly MbufChecksumFlags Transport => Flags & AnyTransport;

    /// <summary>The segmentation that is asked for.</summary>
    public readonly MbufChecksumFlags Segmentation => Flags & MbufChecksumFlags.AnySegmentation;

    /// <summary>True for UDP, whose checksum of zero is stored as all ones.</summary>
    public readonly bool IsUdp => (Flags & AnyUdp) != 0;

    /// <summary>True for SCTP, whose checksum has four bytes.</summary>
    public readonly bool IsSctp => (Flags & AnySctp) != 0;

    /// <summary>Looks at the request of a packet that starts with its network header.</summary>
    /// <returns>Done if it makes sense, also if there is none; else why it does not.</returns>
    public static MbufOffloadStatus TryRead(MbufChain packet, out OffloadRequest request)
    {
        request = default;
        request.Flags = packet.ChecksumFlags & Work;
        if (!NetworkLayout.TryParse(packet, 0, out request.Layout))
        {
            return MbufOffloadStatus.NotIP;
        }

        if (request.Layout.IsHeaderCut)
        {
            return MbufOffloadStatus.MalformedHeader;
        }

        if (request.Layout.IsCut)
        {
            return MbufOffloadStatus.Truncated;
        }

        MbufOffloadStatus status = request.Flags == 0 ? MbufOffloadStatus.Done : request.CheckKinds(packet);
        return status == MbufOffloadStatus.Done && request.Transport != 0 ? request.FindField(packet) : status;
    }

    /// <summary>One network, one transport, at most one way of cutting, and the packet is of these.</summary>
    private readonly MbufOffloadStatus CheckKinds(MbufChain packet)
    {
        int transports = ((Flags & AnyTcp) != 0 ? 1 : 0) + ((Flags & AnyUdp) != 0 ? 1 : 0) + (IsSctp ? 1 : 0);
        if ((Flags & (Layout.IsIPv6 ? OverIPv4 : OverIPv6)) != 0 || transports > 1 || BitOperations.PopCount((uint)Segmentation) > 1)
        {
            return MbufOffloadStatus.ContradictoryRequest;
        }

        if (transports == 0)
        {
            return MbufOffloadStatus.Done;
        }

        if (Layout.IsPart)
        {
            return MbufOffloadStatus.IsFragment;
        }

        IPProtocol protocol = (Flags & AnyTcp) != 0 ? IPProtocol.Tcp : IsUdp ? IPProtocol.Udp : IPProtocol.Sctp;
        if (Layout.Protocol != protocol)
        {
            return MbufOffloadStatus.NotTransport;
        }

        return Segmentation != 0 && packet.SegmentSize == 0 ? MbufOffloadStatus.SegmentSizeMissing : MbufOffloadStatus.Done;
    }

    private MbufOffloadStatus FindField(MbufChain packet)
    {
        Covered = Layout.TransportLength;
        if (IsUdp && Segmentation == 0)
        {
            if (Covered < UdpHeader.Size)
            {
                return MbufOffloadStatus.MalformedHeader;
            }

            int length = packet.ReadNumber(Layout.TransportOffset + UdpHeader.PlaceOfLength);
            Covered = length == 0 && Covered > ushort.MaxValue ? Covered : length; // A jumbogram cannot say (RFC 2675, section 4).
            if (Covered < UdpHeader.Size || Covered > Layout.TransportLength)
            {
                return MbufOffloadStatus.MalformedHeader;
            }
        }

        long end = (long)packet.ChecksumData + (IsSctp ? sizeof(uint) : sizeof(ushort));
        Field = (int)Math.Min(Layout.TransportOffset + (long)packet.ChecksumData, int.MaxValue);
        return end > Covered ? MbufOffloadStatus.FieldBeyondPacket : MbufOffloadStatus.Done;
    }
}
