using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CopyUpTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Internal(60, lead: 30), Segment.Empty, Segment.Cluster(2000), Segment.Shared(1000, lead: 50), Segment.EmptyCluster,
        Segment.ReadOnly(2048), Segment.Internal(192), Segment.Jumbo(MbufClusterSize.Jumbo16, 14_700),
    ];

    [Test]
    public void The_first_bytes_move_into_storage_with_room_before_them(
        [Values(0, 1, 59, 60, 61, 192, 193, 2048, 2049, 9217, 16_000)] int length, [Values(0, 1, 14, 200, 384)] int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20_000);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        MbufChain copy = packet;

        Assert.That(packet.TryCopyUp(length, headroom, out ReadOnlySpan<byte> view));
        Assert.That(view.SequenceEqual(bytes.AsSpan(0, length)));
        Assert.That((packet.FirstSpan.Length, packet.Headroom, packet.IsWritable), Is.EqualTo((length, headroom, true)));
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.TryPrepend(Pattern(headroom)));
        ChainAssert.Holds(copy, [.. Pattern(headroom), .. bytes]);
    }

    [Test]
    public void Any_head_is_copied_up_from(
        [Values(SegmentKind.Internal, SegmentKind.Cluster, SegmentKind.Shared, SegmentKind.ReadOnly, SegmentKind.External)] SegmentKind head,
        [Values(0, 1, 150, 192)] int inHead,
        [Values(0, 1, 150, 193, 500)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(inHead + 500);
        using MbufChain packet = Build(mbufs, bytes, new Segment(head, inHead), Segment.Internal(100), Segment.Shared(400));
        using MbufChain share = packet.Share();

        Assert.That(packet.TryCopyUp(length, 20, out ReadOnlySpan<byte> view));
        Assert.That(view.SequenceEqual(bytes.AsSpan(0, length)));
        Assert.That((packet.Headroom, packet.IsWritable), Is.EqualTo((20, true)), "Whatever the old storage was.");
        ChainAssert.Holds(packet, bytes);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void What_is_left_of_the_old_storage_is_the_second_mbufs_and_empty_mbufs_are_freed()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(400);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(300), Segment.Empty, Segment.Internal(100));

        Assert.That(packet.TryCopyUp(40, 16, out _));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 40, 260, 0, 100 }));
        Assert.That(packet.TryCopyUp(300, 16, out _));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 300, 0, 100 }));
        Assert.That(packet.TryCopyUp(400, 16, out _));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 400 }));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Nothing_is_copied_up_out_of_an_empty_packet([Values(0, 100, 500)] int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();

        Assert.That(packet.TryCopyUp(0, headroom, out ReadOnlySpan<byte> view));
        Assert.That(view.IsEmpty);
        Assert.That((packet.Headroom, packet.SegmentCount), Is.EqualTo((headroom, 1)));
        Assert.That(packet.TryAppend(Pattern(10)));
        ChainAssert.Holds(packet, Pattern(10));
    }

    [Test]
    public void Room_allocated_in_advance_can_still_be_filled()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(5000);

        Assert.That(packet.TryCopyUp(0, 10, out _));
        Assert.That(packet.TryAppend(Pattern(5000)));
        ChainAssert.Holds(packet, Pattern(5000));
    }

    [TestCase(151, 0)]
    [TestCase(151, 10)]
    [TestCase(int.MaxValue, 0)]
    [TestCase(int.MaxValue, 16384)]
    public void A_chain_that_is_too_short_is_left_as_it_was(int length, int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(150), Segment.Internal(100), Segment.Internal(50));
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryCopyUp(length, headroom, out ReadOnlySpan<byte> view), Is.False);
        Assert.That(view.IsEmpty);
        before.AssertUnchanged(packet);
    }

    [Test]
    public void More_than_the_largest_cluster_holds_cannot_be_copied_up()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20_000);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryCopyUp(16_384, Kind.Headroom + 1, out _), Is.False);
        Assert.That(packet.TryCopyUp(20_000, 0, out _), Is.False);
        Assert.That(packet.TryCopyUp(20_000, 16_384, out _), Is.False);
        before.AssertUnchanged(packet);
        Assert.That(packet.TryCopyUp(16_384, Kind.Headroom, out ReadOnlySpan<byte> view));
        Assert.That(view.SequenceEqual(bytes.AsSpan(0, 16_384)));
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(-1, 0)]
    [TestCase(int.MinValue, 0)]
    [TestCase(1, -1)]
    [TestCase(1, int.MinValue)]
    [TestCase(1, 16_385)]
    [TestCase(1, int.MaxValue)]
    public void Lengths_and_headrooms_out_of_range_are_mistakes(int length, int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryCopyUp(length, headroom, out _));
    }

    [TestCase(10, 14, 0)]
    [TestCase(90, 14, 0)]
    [TestCase(300, 14, 1)]
    [TestCase(300, 14, 0)]
    public void An_exhausted_arena_leaves_the_chain_as_it_was(int length, int headroom, int mbufsLeft)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(600);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Cluster(500));
        Hoard hoard = Hoard.OfEverythingBut(mbufs, mbufsLeft);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryCopyUp(length, headroom, out ReadOnlySpan<byte> view), Is.False);
        Assert.That(view.IsEmpty);
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
        Assert.That(packet.TryCopyUp(length, headroom, out view), "With memory it is served.");
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Clusters_without_an_mbuf_do_not_do()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(600);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Cluster(500));
        Hoard hoard = Hoard.OfMbufs(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryCopyUp(300, 14, out _), Is.False, "The cluster is there, and goes back.");
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
    }
}
