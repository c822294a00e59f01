using Engine.Mbufs.Tests.Captures;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Steps that cut packets and put them together.</summary>
public sealed class ToolFragmentTests : ToolFixture
{
    [Test]
    public void Fragmenting_and_reassembling_is_the_identity([Values(68, 576, 1280, 1500)] int mtu, [Values(0, 1)] int tags)
    {
        ushort[] vlan = [.. Enumerable.Repeat((ushort)7, tags)];
        byte[] largest = WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(BytePattern.Of(65_495)), identification: 9);
        byte[][] frames =
        [
            Ethernet(EtherType.IPv4, UdpPacket(9000), vlan),
            Ethernet(EtherType.IPv4, largest, vlan),
            Ethernet(EtherType.Arp, BytePattern.Of(2000)),
            Ethernet(EtherType.IPv6, WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(5000), overIPv6: true)), vlan),
        ];
        string capture = Capture(MbufLinkType.Ethernet, frames);

        ToolEnd cut = Change(capture, out CapturedPacket[] fragments, "--fragment", $"{mtu}");
        string between = Save(File.ReadAllBytes(PathOf("out.pcap")), "between.pcap");
        ToolEnd joined = Change(between, out CapturedPacket[] whole, "--reassemble");

        int link = 14 + (4 * tags);
        Assert.That(BytesOf(fragments).Where(static frame => frame.Length != 2014), Has.All.Length.LessThanOrEqualTo(link + mtu));
        Assert.That(BytesOf(whole), Is.EqualTo(frames));
        Assert.That(cut.Row("--fragment"), Is.EqualTo(new long[] { 3, 0, 1, 0, 0, 0 }));
        Assert.That(joined.Row("packets whole"), Is.EqualTo(new long[] { 3 }));
    }

    [Test]
    public void Reassembled_packets_come_when_their_last_fragment_does()
    {
        byte[] datagram = WirePacket.Udp(BytePattern.Of(56));
        byte[] packet = WirePacket.IPv4(IPProtocol.Udp, datagram);
        byte[] first = WirePacket.IPv4(IPProtocol.Udp, datagram.AsSpan(0, 32), fragment: 0x2000);
        byte[] second = WirePacket.IPv4(IPProtocol.Udp, datagram.AsSpan(32), fragment: 4);
        byte[] padded = [.. Ethernet(EtherType.IPv4, first), .. new byte[8]];
        string capture = Capture(MbufLinkType.Ethernet, Ethernet(EtherType.IPv4, second), TcpFrame(5), padded, TcpFrame(6));

        ToolEnd end = Change(capture, out CapturedPacket[] written, "--reassemble");

        Assert.That(BytesOf(written), Is.EqualTo(new[] { TcpFrame(5), Ethernet(EtherType.IPv4, packet), TcpFrame(6) }));
        Assert.That(written.Select(static frame => frame.Nanoseconds), Is.Ordered);
        Assert.That(end.Row("--reassemble"), Is.EqualTo(new long[] { 2, 2, 0, 0, 0, 0 }));
    }

    [Test]
    public void Fragments_whose_others_never_come_are_left_out_and_counted()
    {
        byte[] late = WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(16), identification: 1, fragment: 0x2000);
        byte[] early = WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(16), identification: 1, fragment: 2);
        byte[] overlap = WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(24, seed: 2), identification: 2, fragment: 0x2000);
        byte[] overlapping = WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(24, seed: 3), identification: 2, fragment: 0x2001);
        byte[] alone = WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(24), identification: 3, fragment: 0x2000);
        byte[] file = new PcapBytes(linkType: 101)
            .Packet(early, 1_000_000_000).Packet(late, 32_000_000_000)
            .Packet(overlap, 33_000_000_000).Packet(overlapping, 33_000_000_000).Packet(alone, 34_000_000_000)
            .Packet(alone.AsSpan(0, 40), 34_000_000_000).ToArray();

        ToolEnd end = Change(Save(file), out CapturedPacket[] written, "--reassemble");

        Assert.That(written.Single().Bytes, Is.EqualTo(alone[..40]), "What is truncated passes.");
        Assert.That(end.Row("packets incomplete"), Is.EqualTo(new long[] { 3 }), "Two of them only half came in their time.");
        Assert.That(end.Row("dropped, Overlap"), Is.EqualTo(new long[] { 1 }));
        Assert.That(end.Row("--reassemble"), Is.EqualTo(new long[] { 4, 0, 0, 1, 0, 1 }));
    }

    [Test]
    public void A_packet_that_must_not_be_fragmented_passes_as_it_is()
    {
        byte[] frame = Ethernet(EtherType.IPv4, UdpPacket(2000, fragment: 0x4000));
        byte[] small = Ethernet(EtherType.IPv4, UdpPacket(20, fragment: 0x4000));

        ToolEnd end = Change(Capture(MbufLinkType.Ethernet, frame, small), out CapturedPacket[] written, "--fragment", "576");

        Assert.That(BytesOf(written), Is.EqualTo(new[] { frame, small }));
        Assert.That(end.Row("--fragment"), Is.EqualTo(new long[] { 0, 1, 0, 0, 1, 0 }));
    }

    [Test]
    public void The_mark_that_forbids_it_is_cleared()
    {
        byte[] marked = UdpPacket(200, fragment: 0x4000);
        byte[] six = WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(20), overIPv6: true));
        byte[] clear = UdpPacket(200);

        ToolEnd end = Change(Capture(MbufLinkType.Raw, marked, six, clear, [0x45]), out CapturedPacket[] written, "--clear-df");
        ToolEnd cut = Change(Capture(MbufLinkType.Raw, [marked]), out CapturedPacket[] fragments, "--clear-df", "--fragment=128");

        Assert.That(BytesOf(written), Is.EqualTo(new[] { clear, six, clear, [0x45] }));
        Assert.That(end.Row("--clear-df"), Is.EqualTo(new long[] { 1, 1, 2, 0, 0, 0 }));
        Assert.That(fragments.Select(static packet => packet.Bytes.Length), Is.EqualTo(new[] { 124, 124 }));
        Assert.That(cut.Row("--fragment"), Is.EqualTo(new long[] { 1, 0, 0, 0, 0, 0 }));
    }

    private static byte[] UdpPacket(int payload, int fragment = 0)
        => WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(payload)), fragment: fragment);
}
