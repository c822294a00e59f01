using Engine.Mbufs.Tests.Captures;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Steps that change what is before the IP header.</summary>
public sealed class ToolLinkTests : ToolFixture
{
    private static readonly byte[] s_packet = WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(BytePattern.Of(100)));
    private static readonly byte[] s_packet6 =
        WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(50), overIPv6: true));
    private static readonly byte[] s_arp = Ethernet(EtherType.Arp, BytePattern.Of(28));

    [Test]
    public void Without_a_step_everything_is_copied_with_its_time()
    {
        byte[][] frames = [TcpFrame(100), s_arp, [], [1, 2, 3], TcpFrame(3000), TcpFrame(40_000)];
        string capture = Capture(MbufLinkType.Ethernet, frames);

        _ = Change(capture, out CapturedPacket[] written);

        Assert.That(BytesOf(written), Is.EqualTo(frames));
        Assert.That(TimesOf(written), Is.EqualTo(TimesOf(Read(capture, out _))));
    }

    [Test]
    public void Times_are_written_as_finely_as_is_asked_for()
    {
        byte[] file = new PcapBytes(isNanoseconds: true).Packet(s_arp, 1_700_000_000_123_456_789).ToArray();

        _ = Change(Save(file), out CapturedPacket[] micro);
        _ = Change(Save(file), out CapturedPacket[] nano, "--nanoseconds");

        Assert.That(micro.Single().Nanoseconds, Is.EqualTo(1_700_000_000_123_456_000));
        Assert.That(nano.Single().Nanoseconds, Is.EqualTo(1_700_000_000_123_456_789));
    }

    [Test]
    public void Tags_are_stripped_all_of_them()
    {
        string capture = Capture(
            MbufLinkType.Ethernet,
            Ethernet(EtherType.IPv4, s_packet, 0x2064),
            Ethernet(EtherType.IPv6, s_packet6, 7, 8, 9),
            Ethernet(EtherType.IPv4, s_packet),
            Ethernet(EtherType.Arp, [1, 2, 3], 5),
            [.. new byte[12], 0x81, 0, 0]);

        ToolEnd end = Change(capture, out CapturedPacket[] written, "--strip-vlan");

        Assert.That(BytesOf(written), Is.EqualTo(new[]
        {
            Ethernet(EtherType.IPv4, s_packet), Ethernet(EtherType.IPv6, s_packet6), Ethernet(EtherType.IPv4, s_packet),
            Ethernet(EtherType.Arp, [1, 2, 3]), [.. new byte[12], 0x81, 0, 0],
        }));
        Assert.That(end.Row("--strip-vlan"), Is.EqualTo(new long[] { 3, 1, 1, 0, 0, 0 }));
    }

    [Test]
    public void Tags_of_cooked_captures_are_stripped()
    {
        byte[] sll = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
        byte[] sll2 = [0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];

        byte[] tag = [0, 5, 8, 0];

        string first = Capture(MbufLinkType.LinuxSll, [[.. sll, 0x81, 0, .. tag, .. s_packet]]);
        _ = Change(first, out CapturedPacket[] one, "--strip-vlan");
        string second = Capture(MbufLinkType.LinuxSll2, [[0x81, 0, .. sll2, .. tag, .. s_packet]]);
        _ = Change(second, out CapturedPacket[] two, "--strip-vlan");

        Assert.That(one.Single().Bytes, Is.EqualTo((byte[])[.. sll, 8, 0, .. s_packet]));
        Assert.That(two.Single().Bytes, Is.EqualTo((byte[])[8, 0, .. sll2, .. s_packet]));
    }

    [Test]
    public void A_tag_is_put_in_before_others()
    {
        string capture = Capture(
            MbufLinkType.Ethernet,
            Ethernet(EtherType.IPv4, s_packet),
            Ethernet(EtherType.IPv4, s_packet, 7),
            s_arp,
            Ethernet(EtherType.IPv4, s_packet, 1, 2, 3, 4, 5, 6, 7, 8),
            [1, 2, 3]);

        ToolEnd end = Change(capture, out CapturedPacket[] written, "--add-vlan", "100:5");

        Assert.That(BytesOf(written), Is.EqualTo(new[]
        {
            Ethernet(EtherType.IPv4, s_packet, 0xA064),
            Ethernet(EtherType.IPv4, s_packet, 0xA064, 7),
            Ethernet(EtherType.Arp, s_arp.AsSpan(14), 0xA064),
            Ethernet(EtherType.IPv4, s_packet, 1, 2, 3, 4, 5, 6, 7, 8),
            [1, 2, 3],
        }));
        Assert.That(end.Row("--add-vlan"), Is.EqualTo(new long[] { 3, 0, 2, 0, 0, 0 }));
    }

    [Test]
    public void Tags_are_replaced_by_stripping_and_adding()
    {
        _ = Change(
            Capture(MbufLinkType.Ethernet, [Ethernet(EtherType.IPv4, s_packet, 7, 8)]),
            out CapturedPacket[] written,
            "--add-vlan=9", "--strip-vlan");

        Assert.That(written.Single().Bytes, Is.EqualTo(Ethernet(EtherType.IPv4, s_packet, 9)));
    }

    [Test]
    public void Without_link_header_raw_packets_are_left_and_what_is_not_ip_is_left_out()
    {
        string capture = Capture(
            MbufLinkType.Ethernet, Ethernet(EtherType.IPv4, s_packet, 7), s_arp, Ethernet(EtherType.IPv6, s_packet6), [1, 2]);

        ToolEnd end = Change(capture, out CapturedPacket[] written, "--strip-link");

        Assert.That(BytesOf(written), Is.EqualTo(new[] { s_packet, s_packet6 }));
        _ = Read(PathOf("out.pcap"), out MbufLinkType linkType);
        Assert.That(linkType, Is.EqualTo(MbufLinkType.Raw));
        Assert.That(end.Row("--strip-link"), Is.EqualTo(new long[] { 2, 0, 2, 0, 0, 0 }));
        Assert.That(end.Output, Does.Contain("2 frames left out"));
    }

    [Test]
    public void Bytes_are_stripped_off_the_front_where_there_are_as_many()
    {
        byte[] inner = Ethernet(EtherType.IPv4, s_packet);
        byte[] outer = BytePattern.Of(50);
        string capture = Capture(MbufLinkType.Ethernet, [.. outer, .. inner], BytePattern.Of(49), outer);

        ToolEnd end = Change(capture, out CapturedPacket[] written, "--strip-bytes", "50");

        Assert.That(BytesOf(written), Is.EqualTo(new[] { inner, BytePattern.Of(49), [] }));
        Assert.That(end.Row("--strip-bytes"), Is.EqualTo(new long[] { 2, 0, 0, 0, 1, 0 }));
    }

    [Test]
    public void What_was_not_captured_stays_known_to_be_missing()
    {
        byte[] file = new PcapBytes().Packet(Ethernet(EtherType.IPv4, s_packet, 7).AsSpan(0, 60), original: 158).ToArray();

        ToolEnd end = Change(Save(file), out CapturedPacket[] written, "--strip-vlan", "--fix-checksums", "--fragment", "68");

        Assert.That(written.Single().Bytes, Is.EqualTo(Ethernet(EtherType.IPv4, s_packet)[..56]));
        Assert.That(written.Single().Original, Is.EqualTo(154));
        Assert.That(end.Row("read"), Is.EqualTo(new long[] { 1, 60, 1 }));
        Assert.That(end.Row("--fix-checksums"), Is.EqualTo(new long[] { 0, 0, 0, 1, 0, 0 }));
        Assert.That(end.Row("--fragment"), Is.EqualTo(new long[] { 0, 0, 0, 1, 0, 0 }));
    }

    [Test]
    public void Outer_ip_headers_are_taken_off_and_the_link_header_says_so()
    {
        byte[] sixInFour = WirePacket.IPv4(IPProtocol.IPv6, s_packet6);
        byte[] greInSix = WirePacket.IPv6(IPProtocol.Gre, [0xB0, 0, 8, 0, .. new byte[12], .. s_packet]);
        byte[] fragment = WirePacket.IPv4(IPProtocol.IPv4, s_packet, fragment: 0x2000);
        string capture = Capture(
            MbufLinkType.Ethernet,
            Ethernet(EtherType.IPv4, WirePacket.IPv4(IPProtocol.IPv4, sixInFour)),
            Ethernet(EtherType.IPv6, greInSix, 7),
            Ethernet(EtherType.IPv4, s_packet),
            Ethernet(EtherType.IPv4, fragment),
            s_arp);

        ToolEnd end = Change(capture, out CapturedPacket[] written, "--decapsulate");

        Assert.That(BytesOf(written), Is.EqualTo(new[]
        {
            Ethernet(EtherType.IPv6, s_packet6), Ethernet(EtherType.IPv4, s_packet, 7), Ethernet(EtherType.IPv4, s_packet),
            Ethernet(EtherType.IPv4, fragment), s_arp,
        }));
        Assert.That(end.Row("--decapsulate"), Is.EqualTo(new long[] { 2, 2, 1, 0, 0, 0 }));
    }

    [Test]
    public void A_link_header_that_cannot_say_what_is_inside_keeps_the_outer_header()
    {
        byte[] packet = [2, 0, 0, 0, .. WirePacket.IPv4(IPProtocol.IPv6, s_packet6)];

        ToolEnd end = Change(Capture(MbufLinkType.Null, [packet]), out CapturedPacket[] written, "--decapsulate");

        Assert.That(written.Single().Bytes, Is.EqualTo(packet));
        Assert.That(end.Row("--decapsulate"), Is.EqualTo(new long[] { 0, 0, 0, 0, 1, 0 }));
    }

    [Test]
    public void A_pcap_file_has_the_link_type_of_the_first_packet_and_raw_packets_have_one_anyway()
    {
        byte[] file = new PcapNgBytes().Interface(linkType: 1).Interface(linkType: 101)
            .Enhanced(Ethernet(EtherType.IPv4, s_packet)).Enhanced(s_packet6, on: 1).Enhanced(s_arp).ToArray();

        ToolEnd end = Change(Save(file), out CapturedPacket[] first, "--strip-vlan");
        _ = Change(Save(file), out CapturedPacket[] raw, "--strip-link");

        Assert.That(BytesOf(first), Is.EqualTo(new[] { Ethernet(EtherType.IPv4, s_packet), s_arp }));
        Assert.That(end.Output, Does.Contain("1 frames left out"));
        Assert.That(BytesOf(raw), Is.EqualTo(new[] { s_packet, s_packet6 }));
    }

    private static ulong[] TimesOf(CapturedPacket[] packets) => Array.ConvertAll(packets, static packet => packet.Nanoseconds);
}
