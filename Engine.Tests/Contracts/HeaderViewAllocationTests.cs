using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Reading headers allocates no managed memory.</summary>
[Category("Contracts")]
public sealed class HeaderViewAllocationTests
{
    private static readonly byte[] s_frame =
        [1, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0x20, 0x0A, 8, 0, 0x45, .. new byte[60]];

    private static readonly byte[] s_segment =
        [.. new byte[12], 0xA0, 2, .. new byte[6], 2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7, 1];

    [Test]
    [Measures(typeof(EthernetHeader), nameof(EthernetHeader.TryRead), nameof(EthernetHeader.Destination),
        nameof(EthernetHeader.Source), nameof(EthernetHeader.EtherType), nameof(EthernetHeader.IsMulticast),
        nameof(EthernetHeader.IsBroadcast),
        nameof(EthernetHeader.Bytes), nameof(EthernetHeader.Payload))]
    [Measures(typeof(VlanHeader), nameof(VlanHeader.TryRead), nameof(VlanHeader.TagControlInformation),
        nameof(VlanHeader.Priority), nameof(VlanHeader.IsDropEligible), nameof(VlanHeader.Identifier),
        nameof(VlanHeader.EtherType), nameof(VlanHeader.Bytes),
        nameof(VlanHeader.Payload))]
    [Measures(typeof(FrameLayout), nameof(FrameLayout.TryFindNetwork), nameof(FrameLayout.IsVlanTag))]
    public void Link_headers_allocate_nothing() => AllocationAssert.IsFree(static () =>
    {
        Must.Hold(EthernetHeader.TryRead(s_frame, out EthernetHeader ethernet) && ethernet.Bytes.Length == EthernetHeader.Size);
        Must.Hold(ethernet.Destination.Length == 6 && ethernet.Source.Length == 6);
        Must.Hold(ethernet.IsMulticast && !ethernet.IsBroadcast);
        Must.Hold(FrameLayout.IsVlanTag(ethernet.EtherType) && VlanHeader.TryRead(ethernet.Payload, out _));
        Must.Hold(VlanHeader.TryRead(ethernet.Payload, out VlanHeader vlan));
        Must.Hold(vlan.TagControlInformation == 0x200A && vlan.Identifier == 10);
        Must.Hold(vlan.Priority == 1 && !vlan.IsDropEligible && vlan.EtherType == EtherType.IPv4);
        Must.Hold(vlan.Bytes.Length == VlanHeader.Size);
        Must.Hold(FrameLayout.TryFindNetwork(s_frame, MbufLinkType.Ethernet, out int offset, out EtherType type, out int tags));
        Must.Hold(vlan.Payload == s_frame.AsSpan(offset) && type == EtherType.IPv4 && tags == 1);
    });

    [Test]
    [Measures(typeof(TcpHeader), nameof(TcpHeader.TryRead), nameof(TcpHeader.SourcePort), nameof(TcpHeader.DestinationPort),
        nameof(TcpHeader.SequenceNumber), nameof(TcpHeader.AcknowledgmentNumber), nameof(TcpHeader.DataOffset),
        nameof(TcpHeader.HeaderLength), nameof(TcpHeader.Flags), nameof(TcpHeader.Window), nameof(TcpHeader.Checksum),
        nameof(TcpHeader.UrgentPointer), nameof(TcpHeader.Options), nameof(TcpHeader.OptionList), nameof(TcpHeader.Bytes),
        nameof(TcpHeader.Payload))]
    [Measures(typeof(TcpOptions), nameof(TcpOptions.Bytes), nameof(TcpOptions.IsMalformed), nameof(TcpOptions.GetEnumerator),
        nameof(TcpOptions.TryGetMaximumSegmentSize), nameof(TcpOptions.TryGetWindowScale), nameof(TcpOptions.TryGetTimestamps))]
    [Measures(typeof(TcpOptions.Enumerator), nameof(TcpOptions.Enumerator.Current), nameof(TcpOptions.Enumerator.IsMalformed),
        nameof(TcpOptions.Enumerator.MoveNext))]
    [Measures(typeof(TcpOption), nameof(TcpOption.Kind), nameof(TcpOption.Data))]
    public void Tcp_headers_allocate_nothing() => AllocationAssert.IsFree(static () =>
    {
        Must.Hold(TcpHeader.TryRead(s_segment, out TcpHeader tcp) && tcp.HeaderLength == 40 && tcp.DataOffset == 10);
        Must.Hold(tcp.SourcePort + tcp.DestinationPort + tcp.SequenceNumber + tcp.AcknowledgmentNumber == 0);
        Must.Hold(tcp.Window + tcp.Checksum + tcp.UrgentPointer == 0 && tcp.Flags == TcpFlags.Syn);
        Must.Hold(tcp.Options == tcp.OptionList.Bytes && tcp.Bytes.Length + tcp.Payload.Length == s_segment.Length);
        TcpOptions options = tcp.OptionList;
        Must.Hold(!options.IsMalformed && options.TryGetMaximumSegmentSize(out ushort size) && size == 1460);
        Must.Hold(options.TryGetWindowScale(out byte shift) && shift == 7);
        Must.Hold(options.TryGetTimestamps(out uint value, out uint echo) && (value, echo) == (1, 2));
        TcpOptions.Enumerator walk = options.GetEnumerator();
        Must.Hold(walk.MoveNext() && walk.Current.Kind == TcpOptionKind.MaximumSegmentSize && walk.Current.Data.Length == 2);
        Must.Hold(!walk.IsMalformed);
    });

    [Test]
    [Measures(typeof(UdpHeader), nameof(UdpHeader.TryRead), nameof(UdpHeader.SourcePort), nameof(UdpHeader.DestinationPort),
        nameof(UdpHeader.Length), nameof(UdpHeader.Checksum), nameof(UdpHeader.Bytes), nameof(UdpHeader.Payload))]
    [Measures(typeof(IcmpHeader), nameof(IcmpHeader.TryRead), nameof(IcmpHeader.Type), nameof(IcmpHeader.Code),
        nameof(IcmpHeader.Checksum), nameof(IcmpHeader.RestOfHeader), nameof(IcmpHeader.Bytes), nameof(IcmpHeader.Payload))]
    [Measures(typeof(SctpHeader), nameof(SctpHeader.TryRead), nameof(SctpHeader.SourcePort), nameof(SctpHeader.DestinationPort),
        nameof(SctpHeader.VerificationTag), nameof(SctpHeader.Checksum), nameof(SctpHeader.Bytes), nameof(SctpHeader.Payload))]
    public void Other_transport_headers_allocate_nothing() => AllocationAssert.IsFree(static () =>
    {
        Must.Hold(UdpHeader.TryRead(s_segment, out UdpHeader udp) && udp.Bytes.Length + udp.Payload.Length == s_segment.Length);
        Must.Hold(udp.SourcePort + udp.DestinationPort + udp.Length + udp.Checksum == 0);
        Must.Hold(IcmpHeader.TryRead(s_segment, out IcmpHeader icmp));
        Must.Hold(icmp.Bytes.Length + icmp.Payload.Length == s_segment.Length);
        Must.Hold(icmp.Type + icmp.Code + icmp.Checksum + icmp.RestOfHeader == 0);
        Must.Hold(SctpHeader.TryRead(s_segment, out SctpHeader sctp));
        Must.Hold(sctp.Bytes.Length + sctp.Payload.Length == s_segment.Length);
        Must.Hold(sctp.SourcePort + sctp.DestinationPort + sctp.VerificationTag + sctp.Checksum == 0);
    });
}
