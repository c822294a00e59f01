using System.Buffers.Binary;

using Engine.Mbufs.Tests.Captures;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>What a run needs does not depend on how much it reads.</summary>
public sealed class ToolMemoryTests : ToolFixture
{
    private static readonly string[] s_steps =
    [
        "--verify",
        "--strip-vlan --add-vlan 5",
        "--reassemble --decapsulate",
        "--fix-checksums --segment 500",
        "--clear-df --fragment 576",
    ];

    [Test]
    public void No_packet_costs_managed_memory([ValueSource(nameof(s_steps))] string steps)
    {
        byte[] wrong = TcpFrame(1400);
        wrong[14 + 36]++;
        byte[] fragment = Ethernet(EtherType.IPv4, WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(64), fragment: 0x2000));
        byte[] rest = Ethernet(EtherType.IPv4, WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(64), fragment: 8));
        byte[][] frames = [wrong, fragment, rest, Ethernet(EtherType.Arp, new byte[28], 9)];
        string few = Save(File.ReadAllBytes(Capture(MbufLinkType.Ethernet, Repeated(frames, 100))), "few.pcap");
        string many = Save(File.ReadAllBytes(Capture(MbufLinkType.Ethernet, Repeated(frames, 1_100))), "many.pcap");
        _ = Allocated(few, steps);

        long ofPackets = Allocated(many, steps) - Allocated(few, steps);

        Assert.That(ofPackets, Is.LessThan(1_000), "Bytes for 4,000 packets more: the figures of the report have more digits.");
    }

    /// <summary>More fragments than memory for them: the oldest go, and what is complete comes through.</summary>
    [Test]
    public void A_flood_of_fragments_is_bounded_and_does_not_end_the_run()
    {
        byte[] part = BytePattern.Of(1400);
        var capture = new PcapBytes(linkType: 101);
        for (int i = 0; i < 30_000; i++)
        {
            byte[] packet = WirePacket.IPv4(IPProtocol.Udp, part, identification: (ushort)i, fragment: 0x2000);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), (uint)i * 7);
            _ = capture.Packet(packet, 1_000_000_000 + (ulong)i);
        }

        byte[] whole = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(99)));
        ToolEnd end = Change(Save(capture.Packet(whole, 2_000_000_000).ToArray()), out CapturedPacket[] written, "--reassemble");

        Assert.That(written.Single().Bytes, Is.EqualTo(whole));
        Assert.That(end.Row("packets incomplete"), Is.EqualTo(new long[] { 30_000 }));
    }

    private static IEnumerable<byte[]> Repeated(byte[][] frames, int times)
        => Enumerable.Repeat(frames, times).SelectMany(static frame => frame);

    private long Allocated(string capture, string steps)
    {
        string[] output = steps == "--verify" ? [] : ["--output", PathOf("out.pcap")];
        string[] arguments = [capture, .. output, .. steps.Split(' ')];
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Run(arguments).IsGood();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
