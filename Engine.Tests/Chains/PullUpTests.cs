using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PullUpTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Internal(60, lead: 30), Segment.Empty, Segment.Cluster(2000), Segment.Shared(1000, lead: 50), Segment.EmptyCluster,
        Segment.ReadOnly(2048), Segment.Internal(192), Segment.Jumbo(MbufClusterSize.Jumbo16, 14_700),
    ];

    [Test]
    public void The_first_bytes_become_contiguous(
        [Values(0, 59, 60, 61, 191, 192, 193, 2047, 2048, 2049, 4096, 4097, 9216, 9217, 16383, 16384)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20_000);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        MbufChain copy = packet;

        Assert.That(packet.TryPullUp(length, out ReadOnlySpan<byte> view));
        Assert.That(view.Length, Is.EqualTo(length));
        Assert.That(view.SequenceEqual(bytes.AsSpan(0, length)));
        Assert.That(packet.FirstSpan.Length, Is.GreaterThanOrEqualTo(length));
        ChainAssert.Holds(packet, bytes);
        ChainAssert.Holds(copy, bytes);
    }

    [Test]
    public void Any_head_can_be_pulled_up_into(
        [Values(SegmentKind.Internal, SegmentKind.Cluster, SegmentKind.Shared, SegmentKind.ReadOnly, SegmentKind.Page)] SegmentKind head,
        [Values(0, 1, 150, 192)] int inHead,
        [Values(0, 40)] int lead,
        [Values(10, 192, 193, 600)] int length)
    {
        lead = head == SegmentKind.Internal ? Math.Min(lead, MbufSizes.InternalSize - inHead) : lead;
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(inHead + 500);
        using MbufChain packet = Build(mbufs, bytes, new Segment(head, inHead, lead), Segment.Internal(100), Segment.Shared(400));

        bool enough = length <= bytes.Length;
        Assert.That(packet.TryPullUp(length, out ReadOnlySpan<byte> view), Is.EqualTo(enough));
        Assert.That(view.SequenceEqual(bytes.AsSpan(0, enough ? length : 0)));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Bytes_that_are_contiguous_already_are_only_shown()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(150);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(100), Segment.Internal(50));
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryPullUp(100, out ReadOnlySpan<byte> view));
        Assert.That(view.SequenceEqual(bytes.AsSpan(0, 100)));
        Assert.That(packet.TryPullUp(0, out view));
        Assert.That(view.IsEmpty);
        before.AssertUnchanged(packet);
    }

    [Test]
    public void A_chain_that_is_too_short_is_left_as_it_was([Values(151, 16384, 16385, int.MaxValue)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(150);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Internal(50));
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryPullUp(length, out ReadOnlySpan<byte> view), Is.False);
        Assert.That(view.IsEmpty);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void More_than_the_largest_cluster_holds_cannot_be_contiguous()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20_000);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryPullUp(16384 + Kind.Headroom + 1, out _), Is.False);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_length_is_a_mistake(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryPullUp(length, out _));
    }

    [TestCase(SegmentKind.Internal, 193)]
    [TestCase(SegmentKind.Internal, 5000)]
    [TestCase(SegmentKind.Shared, 193)]
    [TestCase(SegmentKind.ReadOnly, 2049)]
    [TestCase(SegmentKind.Cluster, 4097)]
    public void An_exhausted_arena_leaves_the_chain_as_it_was(SegmentKind head, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(10_100);
        Segment last = Segment.Jumbo(MbufClusterSize.Jumbo16, 10_000);
        using MbufChain packet = Build(mbufs, bytes, new Segment(head, 60), Segment.Internal(40), last);
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryPullUp(length, out ReadOnlySpan<byte> view), Is.False);
        Assert.That(view.IsEmpty);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        hoard.Release(mbufs);
        Assert.That(packet.TryPullUp(length, out _), "With memory it is served.");
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_head_that_may_not_be_written_needs_no_memory_for_what_an_mbuf_holds([Values] bool shared)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, shared ? Segment.Shared(100) : Segment.ReadOnly(100), Segment.Internal(150), Segment.Internal(50));
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(packet.TryPullUp(192, out ReadOnlySpan<byte> view));
        Assert.That(view.SequenceEqual(bytes.AsSpan(0, 192)));
        Assert.That(packet.IsWritable, "The bytes are the packet's own now.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Mbufs_that_become_empty_are_freed()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(120);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Internal(10), Segment.Empty, Segment.Internal(50), Segment.EmptyCluster, Segment.Internal(60));

        Assert.That(packet.TryPullUp(60, out _));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 60, 0, 60 }));
        Assert.That(packet.TryPullUp(120, out _));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 120 }));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void The_other_packet_of_shared_storage_sees_nothing_of_it()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(900);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(300), Segment.Internal(100), Segment.Cluster(500));
        using MbufChain share = packet.Share();

        Assert.That(packet.TryPullUp(700, out _));
        ChainAssert.Holds(packet, bytes);
        ChainAssert.Holds(share, bytes);
        Assert.That(share.TryPullUp(900, out _));
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void What_the_largest_cluster_holds_with_its_headroom_can_still_be_pulled_up()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        byte[] bytes = Pattern(16384);
        Assert.That(packet.TryAppend(bytes) && packet.TryPrepend(Pattern(Kind.Headroom)));
        using MbufChain share = packet.Share();
        Assert.That(packet.TryPrepend([1]));
        packet.TrimEnd(1);

        Assert.That(packet.TryPullUp(packet.Length, out ReadOnlySpan<byte> view));
        Assert.That(view.Length, Is.EqualTo(16384 + Kind.Headroom));
        ChainAssert.Holds(packet, [1, .. Pattern(Kind.Headroom), .. bytes.AsSpan(0, 16383)]);
    }

    [Test]
    public void A_cluster_serves_with_its_headroom_where_there_are_no_larger_ones()
    {
        MbufArena arena = NewArena(mbufs: 8, clusters: 8);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(4000);
        using MbufChain packet = Packet(mbufs, bytes);
        using MbufChain share = packet.Share();

        Assert.That(packet.TryPullUp(2048 + Kind.Headroom + 1, out _), Is.False);
        Assert.That(packet.TryPullUp(2048 + Kind.Headroom, out ReadOnlySpan<byte> view));
        Assert.That(view.SequenceEqual(bytes.AsSpan(0, 2048 + Kind.Headroom)));
        ChainAssert.Holds(packet, bytes);
        ChainAssert.Holds(share, bytes);
    }
}
