using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

using Status = Engine.Mbufs.Wire.MbufOffloadStatus;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>A packet that is refused is what it was, and so is the queue.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FragmentRefusalTests(ArenaKind kind) : CutFixture(kind)
{
    private static readonly (string Name, Func<byte[]> Packet, int Mtu, Status Expected)[] s_cases =
    [
        ("nothing", static () => [], 100, Status.NotIP),
        ("one byte", static () => [0x45], 100, Status.NotIP),
        ("version 5", static () => Changed(Packets.IPv4(new byte[100]), 0, 0x55), 100, Status.NotIP),
        ("header of 16 bytes", static () => Changed(Packets.IPv4(new byte[100]), 0, 0x44), 100, Status.NotIP),
        ("IPv6 without its end", static () => Packets.IPv6([])[..39], 100, Status.NotIP),
        ("cut", static () => Packets.IPv4(new byte[100])[..^1], 60, Status.Truncated),
        ("cut, of which what it says would fit", static () => Packets.IPv4(new byte[20])[..^1], 60, Status.Truncated),
        ("IPv6 cut", static () => Packets.IPv6(new byte[100])[..^1], 60, Status.Truncated),
        ("length 0", static () => Changed(Packets.IPv4(new byte[100]), 3, 0), 60, Status.MalformedHeader),
        ("option that does not end", static () => Packets.IPv4(new byte[100], [130, 9, 0, 0]), 60, Status.MalformedHeader),
        ("option of length 1", static () => Packets.IPv4(new byte[100], [130, 1, 0, 0]), 60, Status.MalformedHeader),
        ("option without length", static () => Packets.IPv4(new byte[100], [1, 1, 1, 7]), 60, Status.MalformedHeader),
        ("extension header that does not end", static () => Changed(Extended(), 41, 200), 100, Status.MalformedHeader),
        ("odd fragment", static () => Packets.IPv4(new byte[101], fragment: Packets.MoreFragments), 60, Status.MalformedHeader),
        ("do not fragment", static () => Packets.IPv4(new byte[100], fragment: Packets.DontFragment), 119, Status.MustNotFragment),
        ("header leaves 7 bytes", static () => Packets.IPv4(new byte[100], new byte[40]), 67, Status.MtuTooSmall),
        ("IPv6 header leaves 7 bytes", static () => Packets.IPv6(new byte[100]), 55, Status.MtuTooSmall),
        ("IPv6 header leaves nothing", static () => Packets.IPv6(new byte[100]), 28, Status.MtuTooSmall),
        ("extension header beyond the first fragment", static () => Extended(), 71, Status.MtuTooSmall),
        ("beyond the last offset", static () => Packets.IPv4(new byte[1000], fragment: 65_000 / 8), 500, Status.TooLong),
    ];

    [Test]
    public void Everything_stays_as_it_was([ValueSource(nameof(Names))] string name)
    {
        (_, Func<byte[]> make, int mtu, Status expected) = s_cases.Single(refusal => refusal.Name == name);
        AssertRefused(make(), mtu, expected);
    }

    [Test]
    public void A_request_that_fragments_cannot_fulfil(
        [Values(
            MbufChecksumFlags.Udp, MbufChecksumFlags.Tcp, MbufChecksumFlags.Sctp, MbufChecksumFlags.TcpIPv6,
            MbufChecksumFlags.TcpSegmentation, MbufChecksumFlags.UdpSegmentationIPv6 | MbufChecksumFlags.FragmentChecksums)]
        MbufChecksumFlags requests)
        => AssertRefused(
            Packets.IPv4(Pattern(1000)), 500,
            (requests & MbufChecksumFlags.AnySegmentation) != 0 ? Status.ContradictoryRequest : Status.ChecksumPending,
            requests);

    [Test]
    public void A_transport_request_goes_with_fragments_whose_checksums_are_the_interfaces_work()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Packets.IPv4(Pattern(1000)));
        chain.ChecksumFlags = MbufChecksumFlags.Udp | MbufChecksumFlags.FragmentChecksums | MbufChecksumFlags.IPv4 | MbufChecksumFlags.Fragmentation;
        MbufQueue queue = NewQueue();

        Assert.That(chain.FragmentInto(600, queue), Is.EqualTo(Status.Done));
        while (queue.TryDequeue(mbufs, out MbufChain part))
        {
            Assert.That(part.ChecksumFlags, Is.EqualTo(MbufChecksumFlags.Udp | MbufChecksumFlags.FragmentChecksums));
            part.Free();
        }
    }

    /// <summary>One byte longer than the length field can say; what would be cut is not (RFC 2675, section 3).</summary>
    [Test]
    public void A_jumbogram()
    {
        byte[] bytes = [.. Packets.IPv6(new byte[65_527], Packets.Udp, (IPProtocol.HopByHopOptions, 1)), 0];
        (bytes[4], bytes[5]) = (0, 0);
        new byte[] { 0xC2, 4, 0, 1, 0, 0 }.CopyTo(bytes.AsSpan(42));
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, bytes);
        MbufQueue queue = NewQueue();
        ChainSnapshot before = ChainSnapshot.Of(chain);

        Assert.That(chain.FragmentInto(1500, queue), Is.EqualTo(Status.TooLong));
        before.AssertUnchanged(chain);
        Assert.That(queue.IsEmpty);
    }

    [Test]
    public void A_full_queue([Values(0, 1)] int room, [Values(true, false)] bool fits)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufQueue queue = NewQueue(2);
        Assert.That(queue.TryEnqueue(Packet(mbufs, [1])));
        if (room == 0 || fits)
        {
            Assert.That(queue.TryEnqueue(Packet(mbufs, [1])));
        }

        using MbufChain chain = Packet(mbufs, Packets.IPv4(Pattern(1000)));
        ChainSnapshot before = ChainSnapshot.Of(chain);
        int count = queue.Count;

        Assert.That(chain.FragmentInto(fits ? 1500 : 1000, queue), Is.EqualTo(Status.QueueFull));
        before.AssertUnchanged(chain);
        Assert.That((queue.Count, queue.Drops), Is.EqualTo((count, 0L)));
        queue.Drain(mbufs);
    }

    [Test]
    public void Mistakes_throw()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Packets.IPv4(Pattern(1000)));
        using MbufChain plain = BuildPlain(mbufs, Packets.IPv4(Pattern(1000)), Segment.Cluster(1020));
        MbufQueue queue = NewQueue();
        var foreign = new MbufQueue(NewArena(mbufs: 64));
        ChainSnapshot before = ChainSnapshot.Of(chain);

        foreach (int mtu in new[] { int.MinValue, -1, 0, 27 })
        {
            Expect.Throws<ArgumentOutOfRangeException>(chain, chain => chain.FragmentInto(mtu, queue));
        }

        Expect.Throws<ArgumentNullException>(chain, static chain => chain.FragmentInto(1500, null!));
        Expect.Throws<InvalidOperationException>(plain, chain => chain.FragmentInto(500, queue));
        Expect.Throws<MbufForeignException>(chain, chain => chain.FragmentInto(500, foreign));
        before.AssertUnchanged(chain);
        Assert.That(queue.IsEmpty && foreign.IsEmpty);
    }

    [Test]
    public void Whichever_allocation_fails_everything_is_as_it_was([Values(true, false)] bool isIPv6)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] packet = isIPv6 ? Packets.IPv6(Pattern(1500), 200, (IPProtocol.HopByHopOptions, 20)) : Packets.IPv4(Pattern(1500));
        MbufChain chain = Build(mbufs, packet, Segment.Shared(500), Segment.Internal(101), Segment.Cluster(packet.Length - 601));
        SetHeaderFields(mbufs, chain);
        MbufQueue queue = NewQueue();

        int failures = EachAllocation.Fails(chain, chain => chain.FragmentInto(400, queue, 1) switch
        {
            Status.Done => true,
            Status.Exhausted when queue.IsEmpty => false,
            var other => throw new AssertionException($"{other}, and {queue}"),
        });

        int parts = queue.Count;
        Assert.That(failures, Is.GreaterThan(3 * parts), "Headers, pieces, and two tags for each but the first.");
        while (queue.TryDequeue(mbufs, out MbufChain part))
        {
            AssertHeaderFields(part);
            part.Free();
        }
    }

    private static IEnumerable<string> Names() => s_cases.Select(static refusal => refusal.Name);

    private static byte[] Extended() => Packets.IPv6(new byte[100], 200, (IPProtocol.DestinationOptions, 3));

    private static byte[] Changed(byte[] packet, int place, byte value)
    {
        packet[place] = value;
        if (place == 3)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), value);
        }

        return packet;
    }

    private void AssertRefused(byte[] packet, int mtu, Status expected, MbufChecksumFlags requests = MbufChecksumFlags.None)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufQueue queue = NewQueue();
        var random = new Random(1);
        for (int i = 0; i < 20; i++)
        {
            using MbufChain chain = Build(mbufs, packet, Packets.RandomLayout(random, packet.Length, small: true));
            SetHeaderFields(mbufs, chain);
            chain.ChecksumFlags = requests;
            ChainSnapshot before = ChainSnapshot.Of(chain);
            int live = Arena.LiveMbufs;
            Assert.That(chain.FragmentInto(mtu, queue, 1), Is.EqualTo(expected));
            before.AssertUnchanged(chain);
            ChainAssert.Holds(chain, packet);
            Assert.That((queue.IsEmpty, queue.Drops, Arena.LiveMbufs), Is.EqualTo((true, 0L, live)));
        }
    }
}
