using System.Buffers.Binary;

using Engine.Mbufs.Tests.Captures;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Steps that look at checksums, and that put them right.</summary>
public sealed class ToolChecksumTests : ToolFixture
{
    private static readonly byte[] s_data = BytePattern.Of(101);

    /// <summary>Frames with all kinds of checksum, and the row of the table that the transport's belongs to.</summary>
    private static IEnumerable<TestCaseData> Frames()
    {
        yield return Case("TCP", 36, four: WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(s_data)));
        yield return Case("TCP", 56, six: WirePacket.IPv6(IPProtocol.Tcp, WirePacket.Tcp(s_data, overIPv6: true)));
        yield return Case("UDP", 26, four: WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(s_data)));
        yield return Case("UDP", 46, six: WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(s_data, overIPv6: true)));
        yield return Case("ICMP", 22, four: WirePacket.IPv4(IPProtocol.Icmp, WirePacket.Echo(s_data, overIPv6: false)));
        yield return Case("ICMPv6", 42, six: WirePacket.IPv6(IPProtocol.IcmpV6, WirePacket.Echo(s_data, overIPv6: true)));
        yield return Case("IGMP", 22, four: WirePacket.IPv4(IPProtocol.Igmp, WirePacket.Echo(s_data, overIPv6: false)));
        yield return Case("SCTP", 28, four: WirePacket.IPv4(IPProtocol.Sctp, Sctp()));
        yield return Case("SCTP", 48, six: WirePacket.IPv6(IPProtocol.Sctp, Sctp()));
    }

    [TestCaseSource(nameof(Frames))]
    public void A_wrong_checksum_is_named_and_put_right(string row, int place, byte[] packet, bool isIPv6)
    {
        byte[] right = Ethernet(isIPv6 ? EtherType.IPv6 : EtherType.IPv4, packet);
        byte[] wrong = [.. right];
        wrong[14 + place] ^= 0x5A;
        string capture = Capture(MbufLinkType.Ethernet, right, wrong);

        ToolEnd verified = Run(capture, "--list-bad").IsGood();
        ToolEnd end = Change(capture, out CapturedPacket[] written, "--fix-checksums");

        Assert.That(verified.Row(row), Is.EqualTo(new long[] { 1, 1, 0, 0, 0, 0 }));
        Assert.That(verified.Row("IPv4 header"), Is.EqualTo(isIPv6 ? [] : new long[] { 2, 0, 0, 0, 0, 0 }));
        Assert.That(verified.Output, Does.Contain($"frame 2: {row} checksum is wrong\n").And.Not.Contain("frame 1"));
        Assert.That(BytesOf(written), Is.EqualTo(new[] { right, right }));
        Assert.That(end.Row("--fix-checksums"), Is.EqualTo(new long[] { 1, 1, 0, 0, 0, 0 }));
    }

    [Test]
    public void A_wrong_header_checksum_is_put_right_also_of_fragments_and_of_what_is_truncated()
    {
        byte[] packet = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(s_data), options: [1, 1, 1, 0]);
        byte[] fragment = WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(64), fragment: 0x2001);
        byte[][] right =
        [
            Ethernet(EtherType.IPv4, packet), Ethernet(EtherType.IPv4, fragment), Ethernet(EtherType.IPv4, packet.AsSpan(0, 60)),
        ];
        byte[][] wrong = Array.ConvertAll(right, static frame =>
        {
            byte[] changed = [.. frame];
            changed[14 + 11]++;
            return changed;
        });

        ToolEnd end = Change(Capture(MbufLinkType.Ethernet, wrong), out CapturedPacket[] written, "--verify", "--fix-checksums");

        Assert.That(BytesOf(written), Is.EqualTo(right));
        Assert.That(end.Row("IPv4 header"), Is.EqualTo(new long[] { 0, 3, 0, 0, 0, 0 }));
        Assert.That(end.Row("UDP"), Is.EqualTo(new long[] { 1, 0, 0, 1, 1, 0 }));
        Assert.That(end.Row("--fix-checksums"), Is.EqualTo(new long[] { 3, 0, 0, 0, 0, 0 }));
    }

    [Test]
    public void Datagrams_without_checksum_are_left_alone_over_ipv4_and_get_one_over_ipv6()
    {
        byte[] four = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(s_data));
        byte[] right = WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(s_data, overIPv6: true));
        byte[] six = [.. right];
        four[26] = four[27] = six[46] = six[47] = 0;

        ToolEnd end = Change(Capture(MbufLinkType.Raw, four, six), out CapturedPacket[] written, "--list-bad", "--fix-checksums");

        Assert.That(BytesOf(written), Is.EqualTo(new[] { four, right }));
        Assert.That(end.Row("UDP"), Is.EqualTo(new long[] { 0, 0, 1, 0, 0, 1 }));
        Assert.That(end.Output, Does.Contain("frame 2: UDP checksum is illegal"));
    }

    /// <summary>0 says that there is none, so all ones stand for it.</summary>
    [Test]
    public void A_datagram_whose_checksum_is_zero_gets_all_ones()
    {
        byte[] datagram = WirePacket.Udp(new byte[4]);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(8), BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(6)));
        datagram[6] = datagram[7] = 1;

        string capture = Capture(MbufLinkType.Raw, [WirePacket.IPv4(IPProtocol.Udp, datagram)]);
        _ = Change(capture, out CapturedPacket[] written, "--fix-checksums");

        Assert.That(written.Single().Bytes[26..28], Is.EqualTo(new byte[] { 0xFF, 0xFF }));
        Assert.That(Run(PathOf("out.pcap")).IsGood().Row("UDP"), Is.EqualTo(new long[] { 1, 0, 0, 0, 0, 0 }));
    }

    /// <summary>A pseudo header has the address of the end of a source route (RFC 8200, section 8.1).</summary>
    [Test]
    public void A_segment_on_a_source_route_is_put_right()
    {
        byte[] last = [.. WirePacket.IPv6Destination[..15], 77];
        byte[] routing = [(byte)IPProtocol.Tcp, 2, 0, 1, 0, 0, 0, 0, .. last];
        byte[] right = WirePacket.IPv6(IPProtocol.Routing, [.. routing, .. WirePacket.Tcp(s_data, overIPv6: true, last)]);
        byte[] wrong = [.. right];
        wrong[40 + 24 + 17]++;

        _ = Change(Capture(MbufLinkType.IPv6, right, wrong), out CapturedPacket[] written, "--fix-checksums");

        Assert.That(BytesOf(written), Is.EqualTo(new[] { right, right }));
    }

    [Test]
    public void Checksums_inside_of_tunnels_are_verified()
    {
        byte[] inner = WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(s_data));
        inner[36]++;
        byte[] outer = WirePacket.IPv6(IPProtocol.Gre, [0, 0, 8, 0, .. inner]);

        ToolEnd end = Run(Capture(MbufLinkType.Raw, [WirePacket.IPv4(IPProtocol.IPv6, outer)]), "--list-bad").IsGood();

        Assert.That(end.Row("IPv4 header"), Is.EqualTo(new long[] { 2, 0, 0, 0, 0, 0 }));
        Assert.That(end.Row("TCP"), Is.EqualTo(new long[] { 0, 1, 0, 0, 0, 0 }));
        Assert.That(end.Output, Does.Contain("frame 1: TCP checksum of an inner packet is wrong\n"));
    }

    [Test]
    public void Frames_without_checksums_are_counted_as_such()
    {
        ToolEnd end = Run(Capture(
            MbufLinkType.Ethernet, Ethernet(EtherType.Arp, new byte[28]), [], [1], Ethernet(EtherType.IPv4, [0x45]))).IsGood();

        Assert.That(end.Row("none"), Is.EqualTo(new long[] { 4 }));
    }

    private static TestCaseData Case(string row, int place, byte[]? four = null, byte[]? six = null)
        => new TestCaseData(row, place, four ?? six, six is not null).SetArgDisplayNames(row + (six is null ? "" : " over IPv6"));

    private static byte[] Sctp()
    {
        byte[] packet = [0, 7, 0, 9, 1, 2, 3, 4, 0, 0, 0, 0, 10, 0, 0, 8, .. BytePattern.Of(4)];
        uint crc = ~packet.Aggregate(uint.MaxValue, System.Numerics.BitOperations.Crc32C);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), crc);
        return packet;
    }
}
