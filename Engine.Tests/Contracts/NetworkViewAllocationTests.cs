using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Views of network headers, sums and verdicts are values: reading them allocates nothing.</summary>
[Category("Contracts")]
public sealed class NetworkViewAllocationTests : MbufFixture
{
    private static readonly byte[] s_ipv4 = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(new byte[9]), [1, 1, 1, 0]);

    private static readonly byte[] s_ipv6 = WirePacket.IPv6(
        IPProtocol.Routing, [44, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 7, .. WirePacket.Udp(new byte[9], overIPv6: true)]);

    [Test]
    [Measures(typeof(IPv4Header), nameof(IPv4Header.TryRead), nameof(IPv4Header.HeaderLength), nameof(IPv4Header.TypeOfService),
        nameof(IPv4Header.DifferentiatedServices), nameof(IPv4Header.CongestionNotification), nameof(IPv4Header.TotalLength),
        nameof(IPv4Header.Identification), nameof(IPv4Header.DontFragment), nameof(IPv4Header.MoreFragments), nameof(IPv4Header.FragmentOffset),
        nameof(IPv4Header.IsFragment), nameof(IPv4Header.TimeToLive), nameof(IPv4Header.Protocol), nameof(IPv4Header.Checksum),
        nameof(IPv4Header.Source), nameof(IPv4Header.Destination), nameof(IPv4Header.Options), nameof(IPv4Header.Bytes), nameof(IPv4Header.Payload))]
    public void An_ipv4_header_allocates_nothing() => AllocationAssert.IsFree(Arena, static _ =>
    {
        Must.Hold(IPv4Header.TryRead(s_ipv4, out IPv4Header header));
        Must.Hold(header.HeaderLength + header.TypeOfService + header.DifferentiatedServices + header.CongestionNotification == 24);
        Must.Hold(header.TotalLength == s_ipv4.Length && header.Identification == 0x1234 && header.TimeToLive == 64);
        Must.Hold(!header.DontFragment && !header.MoreFragments && header.FragmentOffset == 0 && !header.IsFragment);
        Must.Hold(header.Protocol == IPProtocol.Udp && header.Checksum != 0);
        Must.Hold(header.Source.Length + header.Destination.Length + header.Options.Length == 12);
        Must.Hold(header.Bytes.Length + header.Payload.Length == s_ipv4.Length);
    });

    [Test]
    [Measures(typeof(IPv6Header), nameof(IPv6Header.TryRead), nameof(IPv6Header.TrafficClass), nameof(IPv6Header.DifferentiatedServices),
        nameof(IPv6Header.CongestionNotification), nameof(IPv6Header.FlowLabel), nameof(IPv6Header.PayloadLength), nameof(IPv6Header.NextHeader),
        nameof(IPv6Header.HopLimit), nameof(IPv6Header.Source), nameof(IPv6Header.Destination), nameof(IPv6Header.Bytes),
        nameof(IPv6Header.Payload), nameof(IPv6Header.ExtensionHeaders))]
    [Measures(typeof(IPv6ExtensionHeaders), nameof(IPv6ExtensionHeaders.Current), nameof(IPv6ExtensionHeaders.NextHeader),
        nameof(IPv6ExtensionHeaders.Payload), nameof(IPv6ExtensionHeaders.IsTruncated), nameof(IPv6ExtensionHeaders.GetEnumerator),
        nameof(IPv6ExtensionHeaders.MoveNext))]
    [Measures(typeof(IPv6ExtensionHeader), nameof(IPv6ExtensionHeader.Type), nameof(IPv6ExtensionHeader.Bytes),
        nameof(IPv6ExtensionHeader.NextHeader), nameof(IPv6ExtensionHeader.FragmentOffset), nameof(IPv6ExtensionHeader.MoreFragments),
        nameof(IPv6ExtensionHeader.Identification), nameof(IPv6ExtensionHeader.RoutingType), nameof(IPv6ExtensionHeader.SegmentsLeft),
        nameof(IPv6ExtensionHeader.IsExtension), nameof(IPv6ExtensionHeader.TryRead))]
    public void An_ipv6_header_and_its_extensions_allocate_nothing() => AllocationAssert.IsFree(Arena, static _ =>
    {
        Must.Hold(IPv6Header.TryRead(s_ipv6, out IPv6Header header));
        Must.Hold(header.TrafficClass + header.DifferentiatedServices + header.CongestionNotification + header.FlowLabel == 0);
        Must.Hold(header.NextHeader == IPProtocol.Routing && header.HopLimit == 64 && header.Bytes.Length + header.PayloadLength == s_ipv6.Length);
        Must.Hold(header.Source.Length + header.Destination.Length == 32 && header.Payload.Length == header.PayloadLength);
        int count = 0;
        foreach (IPv6ExtensionHeader extension in header.ExtensionHeaders)
        {
            Must.Hold(IPv6ExtensionHeader.IsExtension(extension.Type) && extension.Bytes.Length == 8 && extension.NextHeader != 0);
            count += extension.Type == IPProtocol.Fragment
                ? (int)extension.Identification + extension.FragmentOffset + (extension.MoreFragments ? 1 : 0)
                : extension.RoutingType + extension.SegmentsLeft;
        }

        Must.Hold(count == 13);
        IPv6ExtensionHeaders headers = header.ExtensionHeaders;
        Must.Hold(headers.MoveNext() && headers.MoveNext() && !headers.MoveNext() && headers.Current.Type == IPProtocol.Fragment);
        Must.Hold(headers.NextHeader == IPProtocol.Udp && headers.Payload.Length == 17 && !headers.IsTruncated);
        Must.Hold(!IPv6ExtensionHeader.TryRead(IPProtocol.Udp, headers.Payload, out IPv6ExtensionHeader _));
    });

    [Test]
    [Measures(typeof(InternetChecksum), nameof(InternetChecksum.Add), nameof(InternetChecksum.Sum), nameof(InternetChecksum.Value),
        nameof(InternetChecksum.Compute), nameof(InternetChecksum.PseudoHeader), nameof(InternetChecksum.Update))]
    public void Sums_allocate_nothing() => AllocationAssert.IsFree(Arena, static _ =>
    {
        InternetChecksum sum = default;
        sum.Add(s_ipv4);
        sum.Add((ushort)1);
        Must.Hold(sum.Sum == (ushort)~sum.Value && InternetChecksum.Compute(s_ipv4) != 0);
        Must.Hold(InternetChecksum.PseudoHeader(s_ipv4.AsSpan(12, 4), s_ipv4.AsSpan(16, 4), IPProtocol.Udp, 17) != 0);
        Must.Hold(InternetChecksum.Update(1, (ushort)2, 2) == 1 && InternetChecksum.Update(1, 2u, 2u) == 1);
        Must.Hold(InternetChecksum.Update(1, s_ipv4, s_ipv4) == 1);
    });
}
