using Engine.Mbufs.Tests.Captures;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Packets that contradict themselves in every way: each step takes them or leaves them, and loses no memory.</summary>
public sealed class ToolFuzzTests : ToolFixture
{
    private const int Packets = 4_000;

    private static readonly string[] s_steps =
    [
        "--strip-vlan --reassemble --decapsulate --fix-checksums --segment 100 --clear-df --fragment 128 --add-vlan 1",
        "--strip-bytes 4 --reassemble --fix-checksums",
        "--fix-checksums --segment-udp 100 --fragment 68 --strip-link",
    ];

    [Test]
    public void Damaged_packets_are_worked_on_or_passed_by(
        [Values] MbufLinkType linkType, [Values(1, 2)] int seed, [ValueSource(nameof(s_steps))] string steps)
    {
        var random = new Random(seed);
        var capture = new PcapBytes(linkType: (uint)linkType);
        for (int i = 0; i < Packets; i++)
        {
            byte[] frame = [.. LinkHeader(linkType, random), .. Damaged(random)];
            int length = random.Next(8) == 0 ? random.Next(frame.Length + 1) : frame.Length;
            _ = capture.Packet(frame.AsSpan(0, length), (ulong)i * 1_000_000, original: (uint)frame.Length);
        }

        string path = Save(capture.ToArray());
        ToolEnd end = Change(path, out _, ["--verify", .. steps.Split(' ')]);

        Assert.That(end.Row("read")[0], Is.EqualTo(Packets));
        _ = Run(PathOf("out.pcap"), "--list-bad").IsGood();
    }

    private static byte[] LinkHeader(MbufLinkType linkType, Random random)
    {
        byte[] type = random.Next(2) == 0 ? [0x08, 0x00] : [0x86, 0xDD];
        byte[] tags = random.Next(3) == 0 ? [0x81, 0x00, 0x20, 0x05] : [];
        byte[] header = linkType switch
        {
            MbufLinkType.Ethernet => [.. new byte[12], .. tags, .. type],
            MbufLinkType.LinuxSll => [.. new byte[14], .. tags, .. type],
            MbufLinkType.LinuxSll2 => [.. type, .. new byte[18]],
            MbufLinkType.Null or MbufLinkType.Loop => [type[0] == 8 ? (byte)2 : (byte)24, 0, 0, 0],
            _ => [],
        };
        return header;
    }

    /// <summary>A packet of any kind, of whose first bytes some are not what they were.</summary>
    private static byte[] Damaged(Random random)
    {
        byte[] data = BytePattern.Of(random.Next(4) == 0 ? random.Next(3_000) : random.Next(100), random.Next());
        bool isIPv6 = random.Next(2) == 0;
        byte[] transport = random.Next(4) switch
        {
            0 => WirePacket.Tcp(data, isIPv6),
            1 => WirePacket.Udp(data, isIPv6),
            2 => WirePacket.Echo(data, isIPv6),
            _ => [0, 0, 8, 0, .. WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(data))],
        };
        IPProtocol[] protocols =
        [
            IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.Icmp, IPProtocol.IcmpV6, IPProtocol.Gre, IPProtocol.IPv4, IPProtocol.Sctp,
            IPProtocol.Fragment, IPProtocol.Routing, IPProtocol.HopByHopOptions, IPProtocol.DestinationOptions,
        ];
        IPProtocol protocol = protocols[random.Next(protocols.Length)];
        int fragment = random.Next(3) == 0 ? random.Next(8) | (random.Next(2) << 13) : 0;
        byte[] packet = isIPv6
            ? WirePacket.IPv6(protocol, transport)
            : WirePacket.IPv4(protocol, transport, identification: (ushort)random.Next(20), fragment: fragment);
        for (int i = random.Next(4); i > 0; i--)
        {
            packet[random.Next(Math.Min(packet.Length, 64))] = (byte)random.Next(256);
        }

        return packet;
    }
}
