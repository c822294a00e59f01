using System.Buffers.Binary;

using Engine.Mbufs.Tests.Captures;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Steps that cut what a host left to its hardware to cut.</summary>
public sealed class ToolSegmentTests : ToolFixture
{
    private static readonly byte[] s_data = BytePattern.Of(4000);

    [Test]
    public void A_tcp_packet_becomes_segments_with_its_payload_and_right_checksums(
        [Values] bool overIPv6, [Values(64, 1000, 1460, 3999)] int size)
    {
        byte[] packet = overIPv6
            ? WirePacket.IPv6(IPProtocol.Tcp, WirePacket.Tcp(s_data, overIPv6: true))
            : WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(s_data), options: [1, 1, 1, 0]);
        packet[(overIPv6 ? 40 : 24) + 16]++;
        string capture = Capture(MbufLinkType.Ethernet, [Ethernet(overIPv6 ? EtherType.IPv6 : EtherType.IPv4, packet, 7)]);

        ToolEnd end = Change(capture, out CapturedPacket[] written, "--segment", $"{size}");

        int headers = 18 + (overIPv6 ? 60 : 44);
        int sequence = headers - 16;
        Assert.That(BytesOf(written).SelectMany(frame => frame[headers..]), Is.EqualTo(s_data));
        Assert.That(BytesOf(written).Select(frame => frame.Length - headers).SkipLast(1), Has.All.EqualTo(size));
        Assert.That(
            BytesOf(written).Select(frame => BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(sequence))),
            Is.EqualTo(Enumerable.Range(0, written.Length).Select(number => 0x01020304u + (uint)(number * size))));
        Assert.That(end.Row("--segment"), Is.EqualTo(new long[] { 1, 0, 0, 0, 0, 0 }));
        Assert.That(Run(PathOf("out.pcap")).IsGood().Row("TCP"), Is.EqualTo(new long[] { written.Length, 0, 0, 0, 0, 0 }));
    }

    [Test]
    public void A_udp_packet_becomes_datagrams_with_its_payload_and_right_checksums([Values] bool overIPv6)
    {
        byte[] datagram = WirePacket.Udp(s_data, overIPv6);
        byte[] packet = overIPv6 ? WirePacket.IPv6(IPProtocol.Udp, datagram) : WirePacket.IPv4(IPProtocol.Udp, datagram);

        ToolEnd end = Change(Capture(MbufLinkType.Raw, [packet]), out CapturedPacket[] written, "--segment-udp", "1200");

        int headers = overIPv6 ? 48 : 28;
        Assert.That(BytesOf(written).SelectMany(bytes => bytes[headers..]), Is.EqualTo(s_data));
        Assert.That(written, Has.Length.EqualTo(4));
        Assert.That(end.Row("--segment-udp"), Is.EqualTo(new long[] { 1, 0, 0, 0, 0, 0 }));
        Assert.That(Run(PathOf("out.pcap")).IsGood().Row("UDP"), Is.EqualTo(new long[] { 4, 0, 0, 0, 0, 0 }));
    }

    [Test]
    public void What_is_not_larger_and_what_is_not_tcp_passes_as_it_is()
    {
        byte[] wrong = TcpFrame(1000);
        wrong[14 + 36]++;
        byte[] udp = Ethernet(EtherType.IPv4, WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(s_data)));
        byte[] fragment = Ethernet(EtherType.IPv4, WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(s_data), fragment: 0x2000));
        byte[] shortHeader = TcpFrame(2000);
        shortHeader[14 + 32] = 0x40;
        byte[] cut = TcpFrame(2000)[..1500];
        byte[][] frames = [wrong, udp, fragment, shortHeader, cut, Ethernet(EtherType.Arp, new byte[2000])];

        ToolEnd end = Change(Capture(MbufLinkType.Ethernet, frames), out CapturedPacket[] written, "--segment=1000");

        Assert.That(BytesOf(written), Is.EqualTo(frames));
        Assert.That(end.Row("--segment"), Is.EqualTo(new long[] { 0, 1, 4, 1, 0, 0 }));
    }

    /// <summary>As a capturing host writes down a packet that is longer than its length field can say.</summary>
    [Test]
    public void A_packet_without_length_is_cut_by_what_there_is()
    {
        byte[] packet = [.. WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp([])), .. BytePattern.Of(100_000)];
        packet[2] = packet[3] = 0;

        _ = Change(Capture(MbufLinkType.Raw, [packet]), out CapturedPacket[] written, "--segment", "9000", "--fragment", "1500");
        string cut = Save(File.ReadAllBytes(PathOf("out.pcap")), "cut.pcap");
        ToolEnd joined = Change(cut, out CapturedPacket[] whole, "--reassemble");

        Assert.That(BytesOf(written), Has.All.Length.LessThanOrEqualTo(1500));
        Assert.That(BytesOf(whole).SelectMany(static bytes => bytes[40..]), Is.EqualTo(BytePattern.Of(100_000)));
        Assert.That(joined.Row("packets whole"), Is.EqualTo(new long[] { 11 }), "The last segment fits.");
    }
}
