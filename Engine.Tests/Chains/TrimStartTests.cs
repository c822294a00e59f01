using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class TrimStartTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(100), Segment.EmptyCluster, Segment.Shared(300), Segment.Empty, Segment.Cluster(200),
        Segment.ReadOnly(50), Segment.Internal(40), Segment.Empty,
    ];

    [Test]
    public void What_is_trimmed_is_gone_and_the_rest_is_there([Range(0, 690, 10)] int count)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(690);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        MbufChain copy = packet;

        Assert.That(packet.TrimStart(count), Is.EqualTo(count));
        ChainAssert.Holds(packet, bytes.AsSpan(count));
        ChainAssert.Holds(copy, bytes.AsSpan(count));
    }

    [TestCase(1, 99)]
    [TestCase(99, 1)]
    [TestCase(101, 299)]
    [TestCase(399, 1)]
    public void The_boundaries_are_exact(int count, int left)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(690);
        using MbufChain packet = Build(mbufs, bytes, s_layout);

        packet.TrimStart(count);
        Assert.That(packet.FirstSpan.Length, Is.EqualTo(left));
        ChainAssert.Holds(packet, bytes.AsSpan(count));
    }

    [Test]
    public void Mbufs_that_become_empty_are_freed_at_once()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(600), Segment.Cluster(200), Segment.Internal(100), Segment.Cluster(300));
        int live = Arena.LiveMbufs;

        packet.TrimStart(200);
        Assert.That((packet.SegmentCount, Arena.LiveMbufs), Is.EqualTo((2, live - 1)));
        packet.TrimStart(101);
        Assert.That((packet.SegmentCount, Arena.LiveMbufs), Is.EqualTo((1, live - 2)));
        ChainAssert.Holds(packet, Pattern(600).AsSpan(301));
    }

    [TestCase(690)]
    [TestCase(691)]
    [TestCase(int.MaxValue)]
    public void More_than_there_is_empties_the_chain_which_lives_on(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(690), s_layout);

        Assert.That(packet.TrimStart(count), Is.EqualTo(690));
        Assert.That(packet.SegmentCount, Is.EqualTo(1));
        ChainAssert.Holds(packet, []);
        Assert.That(packet.TrimStart(count), Is.Zero);
        Assert.That(packet.TryAppend(Pattern(3000)));
        ChainAssert.Holds(packet, Pattern(3000));
    }

    [Test]
    public void Trimming_nothing_does_nothing()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(690), s_layout);
        using MbufChain room = mbufs.AllocatePacket(5000);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        ChainSnapshot empty = ChainSnapshot.Of(room);

        Assert.That((packet.TrimStart(0), room.TrimStart(0), room.TrimStart(1)), Is.EqualTo((0, 0, 0)));
        before.AssertUnchanged(packet);
        empty.AssertUnchanged(room);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_count_is_a_mistake(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(690), s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TrimStart(count));
        before.AssertUnchanged(packet);
    }

    [Test]
    public void It_needs_no_memory()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(690);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        Hoard hoard = Hoard.OfEverything(mbufs);
        for (int left = 690; left >= 0; left -= 23)
        {
            ChainAssert.Holds(packet, bytes.AsSpan(690 - left));
            packet.TrimStart(23);
        }

        hoard.Release(mbufs);
        ChainAssert.Holds(packet, []);
    }

    [Test]
    public void A_shared_packet_is_trimmed_alone()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(690);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        using MbufChain share = packet.Share();

        packet.TrimStart(450);
        ChainAssert.Holds(packet, bytes.AsSpan(450));
        ChainAssert.Holds(share, bytes);
        share.TrimStart(20);
        ChainAssert.Holds(share, bytes.AsSpan(20));
        ChainAssert.Holds(packet, bytes.AsSpan(450));
    }

    [Test]
    public void A_packet_length_that_lies_shrinks_and_ends_at_zero()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));
        packet.PacketLength = 30;

        packet.TrimStart(20);
        Assert.That(packet.PacketLength, Is.EqualTo(10));
        packet.TrimStart(20);
        Assert.That((packet.PacketLength, packet.Length), Is.EqualTo((0, 60)));
    }
}
