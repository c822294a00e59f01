using System.Buffers.Binary;

using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>
/// --fix-checksums: what is wrong is computed anew. TCP and UDP from the sum that verification found, so that no byte is looked
/// at twice; SCTP, and UDP that has none, by asking an interface to do it, as a host does, which here can do nothing by itself,
/// so that the engine does; the IPv4 header, ICMP and IGMP by summing them.
/// </summary>
internal static class ChecksumRepair
{
    private const int PlaceOfIPv4Checksum = 10;
    private const int PlaceOfIcmpChecksum = 2;
    private const int PlaceOfTcpChecksum = 16;
    private const int PlaceOfUdpChecksum = 6;
    private const int PlaceOfSctpChecksum = 8;

    private static readonly MbufInterface s_plain = new("none");

    /// <summary>Sets the checksums of a packet right that are wrong. Fragments have only that of their header.</summary>
    /// <param name="packet">The packet, from its IP header on.</param>
    public static StepOutcome Apply(MbufChain packet)
    {
        MbufChecksumReport report = packet.VerifyChecksums();
        if (report is { Network: MbufChecksumVerdict.None, Transport: MbufChecksumVerdict.None })
        {
            return StepOutcome.NotApplicable;
        }

        StepOutcome transport = report.Transport switch
        {
            MbufChecksumVerdict.Invalid => RepairTransport(packet, report),
            MbufChecksumVerdict.Illegal => AddUdpChecksum(packet, report),
            MbufChecksumVerdict.Truncated => StepOutcome.Truncated,
            _ => StepOutcome.NotNeeded,
        };
        StepOutcome network = report.Network == MbufChecksumVerdict.Invalid
            ? StoreSum(packet, 0, IPPacket.HeaderLength(packet), PlaceOfIPv4Checksum, pseudo: 0)
            : StepOutcome.NotNeeded;

        // What was found is not true of the packet any more, and is nobody's business behind this step.
        packet.ChecksumFlags = MbufChecksumFlags.None;
        packet.ChecksumData = 0;
        return network == StepOutcome.Done || transport == StepOutcome.NotNeeded ? network : transport;
    }

    private static StepOutcome RepairTransport(MbufChain packet, MbufChecksumReport report) => report.Protocol switch
    {
        IPProtocol.Tcp => StoreFromSum(packet, report.TransportOffset + PlaceOfTcpChecksum, zero: 0),
        IPProtocol.Udp => StoreFromSum(packet, report.TransportOffset + PlaceOfUdpChecksum, ushort.MaxValue),
        IPProtocol.Sctp => Complete(
            packet, IPPacket.IsIPv6(packet) ? MbufChecksumFlags.SctpIPv6 : MbufChecksumFlags.Sctp, PlaceOfSctpChecksum),
        _ => StoreControl(packet, report),
    };

    /// <summary>
    /// Takes the field out of the sum that verification found, pseudo header included (RFC 1624): what is left is the checksum.
    /// </summary>
    private static StepOutcome StoreFromSum(MbufChain packet, int field, ushort zero)
    {
        ushort checksum = InternetChecksum.Update((ushort)~packet.ChecksumData, Read(packet, field), (ushort)0);
        return Store(packet, field, checksum == 0 ? zero : checksum);
    }

    /// <summary>ICMP, IGMP and ICMPv6, the last with a pseudo header.</summary>
    private static StepOutcome StoreControl(MbufChain packet, MbufChecksumReport report)
    {
        int length = IPPacket.TotalLength(packet) - report.TransportOffset;
        int field = report.TransportOffset + PlaceOfIcmpChecksum;
        ushort before = Read(packet, field);
        ushort pseudo = report.Protocol == IPProtocol.IcmpV6 ? PseudoHeader(packet, IPProtocol.IcmpV6, length) : (ushort)0;
        StepOutcome outcome = StoreSum(packet, report.TransportOffset, length, PlaceOfIcmpChecksum, pseudo);
        return outcome == StepOutcome.Done ? Confirm(packet, field, before) : outcome;
    }

    /// <summary>Stores the checksum of some bytes, of which its field is a part that does not count.</summary>
    private static StepOutcome StoreSum(MbufChain packet, int offset, int length, int field, ushort pseudo)
    {
        if (!packet.TryComputeChecksum(offset, length, out ushort checksum))
        {
            return StepOutcome.Truncated;
        }

        checksum = InternetChecksum.Update(checksum, Read(packet, offset + field), (ushort)0);
        return Store(packet, offset + field, InternetChecksum.Update(checksum, (ushort)0, pseudo));
    }

    /// <summary>
    /// UDP over IPv6 must have a checksum (RFC 8200, section 8.1). Everything else that is illegal is a length that lies.
    /// </summary>
    private static StepOutcome AddUdpChecksum(MbufChain packet, MbufChecksumReport report)
    {
        int field = report.TransportOffset + PlaceOfUdpChecksum;
        int length = IPPacket.TotalLength(packet) - report.TransportOffset;
        if (report.Protocol != IPProtocol.Udp || length < UdpHeader.Size || Read(packet, field) != 0)
        {
            return StepOutcome.Refused;
        }

        if (Store(packet, field, PseudoHeader(packet, IPProtocol.Udp, length)) != StepOutcome.Done)
        {
            return StepOutcome.Refused;
        }

        _ = Complete(packet, MbufChecksumFlags.UdpIPv6, PlaceOfUdpChecksum);
        return Confirm(packet, field, 0);
    }

    /// <summary>A request to compute a checksum, fulfilled at once because the interface cannot.</summary>
    private static StepOutcome Complete(MbufChain packet, MbufChecksumFlags request, uint field)
    {
        packet.ChecksumFlags = request;
        packet.ChecksumData = field;
        return packet.CompleteChecksums(s_plain) == MbufOffloadStatus.Done ? StepOutcome.Done : StepOutcome.Refused;
    }

    /// <summary>
    /// Puts a field back if its packet is not right now: behind a routing header, the pseudo header has another address than the
    /// IP header.
    /// </summary>
    private static StepOutcome Confirm(MbufChain packet, int field, ushort before)
    {
        if (packet.InspectChecksums().Transport == MbufChecksumVerdict.Valid)
        {
            return StepOutcome.Done;
        }

        _ = Store(packet, field, before);
        return StepOutcome.Refused;
    }

    private static ushort PseudoHeader(MbufChain packet, IPProtocol protocol, int length)
    {
        Span<byte> bytes = stackalloc byte[IPv6Header.Size];
        return packet.TryCopyTo(0, bytes) && IPv6Header.TryRead(bytes, out IPv6Header header)
            ? InternetChecksum.PseudoHeader(header.Source, header.Destination, protocol, length)
            : (ushort)0;
    }

    private static ushort Read(MbufChain packet, int offset)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        return packet.TryCopyTo(offset, bytes) ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;
    }

    private static StepOutcome Store(MbufChain packet, int offset, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return packet.TryCopyFrom(offset, bytes) ? StepOutcome.Done : StepOutcome.Refused;
    }
}
