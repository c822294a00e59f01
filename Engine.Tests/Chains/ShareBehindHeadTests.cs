using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>One payload under many headers.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ShareBehindHeadTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void The_body_is_shared_and_the_head_is_new([ValueSource(typeof(Layouts), nameof(Layouts.Names))] string layout)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = Build(mbufs, bytes, Layouts.All[layout]);
        var before = ChainSnapshot.Of(packet);
        using MbufChain copy = packet.ShareBehindHead(14);

        before.AssertUnchanged(packet);
        ChainAssert.Holds(copy, bytes);
        Assert.That(ChainAssert.Lengths(copy)[0], Is.Zero);
        Assert.That(ChainAssert.Lengths(copy)[1..], Has.None.Zero);
        Assert.That(copy.IsWritable);
    }

    [TestCase(0, ZoneId.Mbuf)]
    [TestCase(1, ZoneId.Mbuf)]
    [TestCase(192, ZoneId.Mbuf)]
    [TestCase(193, ZoneId.Cluster)]
    [TestCase(2048, ZoneId.Cluster)]
    [TestCase(2049, ZoneId.Page)]
    [TestCase(16_384, ZoneId.Jumbo16)]
    public void So_many_bytes_can_be_prepended_without_another_mbuf(int headroom, object storage)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1500);
        using MbufChain packet = Packet(mbufs, bytes);
        using MbufChain copy = packet.ShareBehindHead(headroom);

        Assert.That(ChainAssert.Kinds(copy), Is.EqualTo(new[] { (ZoneId)storage, ZoneId.Cluster }));
        Assert.That(copy.Headroom, Is.GreaterThanOrEqualTo(headroom));
        Assert.That(copy.TryPrepend(Pattern(headroom, seed: 2)));
        Assert.That(copy.SegmentCount, Is.EqualTo(2));
        ChainAssert.Holds(copy, [.. Pattern(headroom, seed: 2), .. bytes]);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Many_packets_have_each_their_own_header_before_one_payload()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] payload = Pattern(1400);
        MbufChain packet = Packet(mbufs, payload);
        var copies = new Mbuf[10];
        for (int i = 0; i < copies.Length; i++)
        {
            MbufChain copy = packet.ShareBehindHead(54);
            Assert.That(copy.TryPrepend(Pattern(54, seed: i)));
            copies[i] = copy.Detach();
        }

        packet.Free();
        Assert.That(Arena.GetStatistics().Clusters.Current, Is.EqualTo(1), "One payload.");
        for (int i = 0; i < copies.Length; i++)
        {
            using MbufChain copy = mbufs.Open(copies[i]);
            ChainAssert.Holds(copy, [.. Pattern(54, seed: i), .. payload]);
        }
    }

    [Test]
    public void It_has_the_header_the_flags_and_the_tags()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 5, 6);
        Assert.That(packet.TryAppend(Pattern(300)));
        PacketHeaderTests.Fill(packet, 3);
        packet.Flags |= MbufFlags.Multicast | MbufFlags.ReadOnly;
        packet.Type = MbufType.Control;
        using MbufChain copy = packet.ShareBehindHead(0);

        Assert.That(PacketHeaderTests.Fields(copy), Is.EqualTo(PacketHeaderTests.Filled(3)));
        Assert.That(TagTests.Types(copy), Is.EqualTo(new[] { 6, 5 }));
        Assert.That(copy.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Multicast), "The new head's storage is its own.");
        Assert.That(copy.Type, Is.EqualTo(MbufType.Control));
    }

    [Test]
    public void A_chain_without_header_stays_without([Values] bool empty)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(empty ? 0 : 100), empty ? Segment.Empty : Segment.Cluster(100));
        using MbufChain copy = chain.ShareBehindHead(20);

        Assert.That(copy.HasPacketHeader, Is.False);
        Assert.That(copy.TryAppend([1]), "Also where nothing but a head is.");
        ChainAssert.Holds(copy, [.. Pattern(empty ? 0 : 100), 1]);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(16_385)]
    [TestCase(int.MaxValue)]
    public void A_headroom_that_cannot_be_is_a_mistake(int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.ShareBehindHead(headroom));
    }

    [TestCase(100, 5)]
    [TestCase(1000, 5)]
    [TestCase(5000, 6)]
    public void Each_allocation_can_fail_and_nothing_is_left_behind(int headroom, int allocations)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 1, 2);
        Assert.That(packet.TryAppend(Pattern(3000)));

        int failed = EachAllocation.Fails(packet, chain =>
        {
            using MbufChain copy = chain.ShareBehindHead(headroom);
            return !copy.IsNull;
        });
        Assert.That(failed, Is.EqualTo(allocations), "The head, two segments, two tags.");
        Assert.That(ChainAssert.IsWritableThroughout(packet));
    }
}
