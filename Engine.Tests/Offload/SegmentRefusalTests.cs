using Engine.Mbufs.Wire;

using NUnit.Framework;

using Status = Engine.Mbufs.Wire.MbufOffloadStatus;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>A packet that is refused is what it was, and so is the queue.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SegmentRefusalTests(ArenaKind kind) : CutFixture(kind)
{
    private const MbufChecksumFlags Tcp = MbufChecksumFlags.TcpSegmentation;
    private const MbufChecksumFlags TcpIPv6 = MbufChecksumFlags.TcpSegmentationIPv6;
    private const MbufChecksumFlags Udp = MbufChecksumFlags.UdpSegmentation;
    private const MbufChecksumFlags UdpIPv6 = MbufChecksumFlags.UdpSegmentationIPv6;

    private static readonly (string Name, Func<byte[]> Packet, MbufChecksumFlags Requests, int Size, Status Expected)[] s_cases =
    [
        ("nothing", static () => [], Tcp, 100, Status.NotIP),
        ("no version", static () => new byte[100], Tcp, 100, Status.NotIP),
        ("no segment size", static () => IPv4(), Tcp, 0, Status.SegmentSizeMissing),
        ("two kinds", static () => IPv4(), Tcp | Udp, 100, Status.ContradictoryRequest),
        ("two versions", static () => IPv4(), Tcp | TcpIPv6, 100, Status.ContradictoryRequest),
        ("IPv6's for IPv4", static () => IPv4(), TcpIPv6, 100, Status.ContradictoryRequest),
        ("IPv4's for IPv6", static () => IPv6(), Tcp, 100, Status.ContradictoryRequest),
        ("UDP checksum", static () => IPv4(), Tcp | MbufChecksumFlags.Udp, 100, Status.ContradictoryRequest),
        ("IPv6's checksum", static () => IPv4(), Tcp | MbufChecksumFlags.TcpIPv6, 100, Status.ContradictoryRequest),
        ("UDP packet", static () => Packets.IPv4(Packets.UdpDatagram(new byte[900]), protocol: Packets.Udp), Tcp, 100, Status.NotTransport),
        ("TCP packet", static () => IPv6(), UdpIPv6, 100, Status.NotTransport),
        ("cut", static () => IPv4()[..^1], Tcp, 100, Status.Truncated),
        ("IPv6 cut", static () => IPv6()[..^1], TcpIPv6, 100, Status.Truncated),
        ("extension header that does not end", static () => Changed(Extended(), 41, 250), TcpIPv6, 100, Status.MalformedHeader),
        ("first fragment", static () => Packets.IPv4(new byte[80], fragment: Packets.MoreFragments, protocol: 6), Tcp, 10, Status.IsFragment),
        ("last fragment", static () => Packets.IPv4(new byte[80], fragment: 2, protocol: 6), Tcp, 10, Status.IsFragment),
        ("IPv6 fragment", static () => Packets.IPv6(new byte[80], Packets.Tcp, (IPProtocol.Fragment, 1)), TcpIPv6, 10, Status.IsFragment),
        ("TCP of 19 bytes", static () => Packets.IPv4(new byte[19], protocol: Packets.Tcp), Tcp, 10, Status.MalformedHeader),
        ("TCP header of 16 bytes", static () => Changed(IPv4(), 32, 0x40), Tcp, 10, Status.MalformedHeader),
        ("TCP header beyond the packet", static () => Changed(Packets.IPv4(new byte[40], protocol: Packets.Tcp), 32, 0xB0), Tcp, 10, Status.MalformedHeader),
        ("UDP of 7 bytes", static () => Packets.IPv4(new byte[7], protocol: Packets.Udp), Udp, 10, Status.MalformedHeader),
        ("jumbogram", static () => Jumbogram(), TcpIPv6, 1000, Status.TooLong),
        ("segment beyond the length field", static () => Large(), Tcp, 65_500, Status.TooLong),
    ];

    [Test]
    public void Everything_stays_as_it_was([ValueSource(nameof(Names))] string name)
    {
        (_, Func<byte[]> make, MbufChecksumFlags requests, int size, Status expected)
            = s_cases.Single(refusal => refusal.Name == name);
        byte[] packet = make();
        using MbufScope mbufs = Arena.Enter();
        MbufQueue queue = NewQueue();
        var random = new Random(1);
        for (int i = 0; i < 20; i++)
        {
            using MbufChain chain = Build(mbufs, packet, Packets.RandomLayout(random, packet.Length, small: packet.Length < 10_000));
            SetHeaderFields(mbufs, chain);
            chain.ChecksumFlags = requests;
            chain.SegmentSize = (ushort)size;
            ChainSnapshot before = ChainSnapshot.Of(chain);
            int live = Arena.LiveMbufs;
            Assert.That(chain.SegmentInto(queue), Is.EqualTo(expected));
            before.AssertUnchanged(chain);
            ChainAssert.Holds(chain, packet);
            Assert.That((queue.IsEmpty, queue.Drops, Arena.LiveMbufs), Is.EqualTo((true, 0L, live)));
            FreePartners(mbufs);
        }
    }

    [Test]
    public void A_full_queue([Values(MbufChecksumFlags.None, Tcp)] MbufChecksumFlags requests)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufQueue queue = NewQueue(2);
        Assert.That(queue.TryEnqueue(Packet(mbufs, [1])));
        Assert.That(requests != MbufChecksumFlags.None || queue.TryEnqueue(Packet(mbufs, [1])));
        using MbufChain chain = Packet(mbufs, IPv4());
        chain.ChecksumFlags = requests;
        chain.SegmentSize = 600;
        ChainSnapshot before = ChainSnapshot.Of(chain);
        int count = queue.Count;

        Assert.That(chain.SegmentInto(queue), Is.EqualTo(Status.QueueFull));
        before.AssertUnchanged(chain);
        Assert.That((queue.Count, queue.Drops), Is.EqualTo((count, 0L)));
        queue.Drain(mbufs);
    }

    [Test]
    public void Mistakes_throw()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, IPv4());
        using MbufChain plain = BuildPlain(mbufs, IPv4(), Segment.Cluster(1052));
        MbufQueue queue = NewQueue();
        var foreign = new MbufQueue(NewArena(mbufs: 64));
        ChainSnapshot before = ChainSnapshot.Of(chain);

        Expect.Throws<ArgumentNullException>(chain, static chain => chain.SegmentInto(null!));
        Expect.Throws<InvalidOperationException>(plain, chain => chain.SegmentInto(queue));
        Expect.Throws<MbufForeignException>(chain, chain => chain.SegmentInto(foreign));
        before.AssertUnchanged(chain);
        Assert.That(queue.IsEmpty && foreign.IsEmpty);
    }

    [Test]
    public void Whichever_allocation_fails_everything_is_as_it_was()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] packet = IPv6();
        MbufChain chain = Build(mbufs, packet, Segment.Shared(500), Segment.Internal(101), Segment.Cluster(packet.Length - 601));
        SetHeaderFields(mbufs, chain);
        chain.ChecksumFlags = TcpIPv6;
        chain.SegmentSize = 150;
        MbufQueue queue = NewQueue();

        int failures = EachAllocation.Fails(chain, chain => chain.SegmentInto(queue) switch
        {
            Status.Done => true,
            Status.Exhausted when queue.IsEmpty => false,
            var other => throw new AssertionException($"{other}, and {queue}"),
        });

        Assert.That(failures, Is.GreaterThan(3 * queue.Count), "Headers, pieces, and two tags for each but the first.");
        queue.Drain(mbufs);
    }

    private static IEnumerable<string> Names() => s_cases.Select(static refusal => refusal.Name);

    private static byte[] IPv4() => Packets.IPv4(Packets.TcpSegment(Pattern(1000), TcpFlags.Ack, 1), protocol: Packets.Tcp);

    private static byte[] IPv6() => Packets.IPv6(Packets.TcpSegment(Pattern(1000), TcpFlags.Ack, 1), Packets.Tcp);

    private static byte[] Extended()
        => Packets.IPv6(Packets.TcpSegment(Pattern(1000), TcpFlags.Ack, 1), Packets.Tcp, (IPProtocol.DestinationOptions, 1));

    /// <summary>One without length, of which a segment would be longer than a length can be.</summary>
    private static byte[] Large()
    {
        byte[] packet = Packets.IPv4(Packets.TcpSegment(Pattern(70_000), TcpFlags.Ack, 1), protocol: Packets.Tcp);
        (packet[2], packet[3]) = (0, 0);
        return packet;
    }

    private static byte[] Jumbogram()
    {
        byte[] segment = Packets.TcpSegment(Pattern(70_000), TcpFlags.Ack, 1);
        byte[] packet = Packets.IPv6(segment, Packets.Tcp, (IPProtocol.HopByHopOptions, 1));
        (packet[4], packet[5]) = (0, 0);
        int length = packet.Length - IPv6Header.Size;
        new byte[] { 0xC2, 4, 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length }.CopyTo(packet.AsSpan(42));
        return packet;
    }

    private static byte[] Changed(byte[] packet, int place, byte value)
    {
        packet[place] = value;
        return packet;
    }
}
