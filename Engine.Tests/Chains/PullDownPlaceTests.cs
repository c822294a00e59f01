using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Where pulled down bytes end up, what is written for it, and what it costs.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PullDownPlaceTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void They_go_behind_the_first_of_them_if_there_is_room()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(250);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Empty, Segment.Shared(20), Segment.ReadOnly(130));
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(packet.TryPullDown(90, 60, out MbufPosition position));
        Assert.That((position.Offset, position.OffsetInSegment), Is.EqualTo((90, 90)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 150, 100 }), "Emptied mbufs are freed.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Else_they_go_before_the_others_if_there_is_room()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(292);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(192), Segment.Empty, Segment.Cluster(100, lead: 50));
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(packet.TryPullDown(150, 60, out MbufPosition position));
        Assert.That((position.Offset, position.OffsetInSegment), Is.EqualTo((150, 0)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 150, 0, 142 }));
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    /// <summary>FreeBSD-SA-19:22: the next mbuf has room in front, but too few bytes, and what was shown ended in foreign memory.</summary>
    [Test]
    public void A_next_mbuf_with_room_in_front_and_too_few_bytes_does_not_do([Values] bool roomBehind, [Values] bool toSegment)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(302);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Internal(192), Segment.Internal(10, lead: roomBehind ? 100 : 182), Segment.Internal(100));

        MbufPosition position = packet.Start;
        Assert.That(toSegment ? packet.TryPullDownToSegment(180, 60, out position) : packet.TryPullDown(180, 60, out position));
        Assert.That(position.Segment.Length, Is.GreaterThanOrEqualTo(60));
        Assert.That(position.Span[..60].SequenceEqual(bytes.AsSpan(180, 60)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 180, 60, 62 }));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Else_they_get_an_mbuf_of_their_own([Values(192, 193, 2048, 2049)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(4192);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(192), Segment.Shared(2000), Segment.Shared(2000));

        Assert.That(packet.TryPullDown(100, length, out MbufPosition position));
        Assert.That((position.Offset, position.OffsetInSegment, position.Segment.Length), Is.EqualTo((100, 0, length)));
        Assert.That(position.IsWritable);
        ZoneId storage = length == 192 ? ZoneId.Mbuf : length > 2048 ? ZoneId.Page : ZoneId.Cluster;
        Assert.That(ChainAssert.Kinds(packet)[1], Is.EqualTo(storage));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_range_that_starts_an_mbuf_makes_no_new_one_but_new_storage(
        [Values(SegmentKind.Internal, SegmentKind.Shared, SegmentKind.ReadOnly)] SegmentKind kind, [Values(0, 30)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(offset + 500);
        Segment[] layout = [new Segment(kind, 150), Segment.Shared(350)];
        using MbufChain packet = Build(mbufs, bytes, offset == 0 ? layout : [Segment.Internal(offset), .. layout]);

        Assert.That(packet.TryPullDown(offset, 300, out MbufPosition position));
        Assert.That((position.Offset, position.OffsetInSegment, position.IsWritable), Is.EqualTo((offset, 0, true)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(offset == 0 ? new[] { 300, 200 } : [30, 300, 200]));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_range_that_starts_an_mbuf_needs_no_memory_if_the_next_has_room_in_front([Values] bool head, [Values] bool cluster)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(500);
        Segment full = cluster ? Segment.Shared(150) : Segment.Internal(150, lead: 40);
        Segment next = cluster ? Segment.Cluster(350, lead: 150) : Segment.Cluster(350, lead: 160);
        using MbufChain packet = head
            ? Build(mbufs, bytes, full, Segment.Empty, next)
            : Build(mbufs, [.. Pattern(5), .. bytes], Segment.Internal(5), full, Segment.Empty, next);
        MbufChain copy = packet;
        Hoard hoard = Hoard.OfEverything(mbufs);
        int offset = head ? 0 : 5;

        Assert.That(packet.TryPullDown(offset, 300, out MbufPosition position));
        Assert.That((position.Offset, position.OffsetInSegment), Is.EqualTo((offset, 0)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(head ? new[] { 500 } : [5, 0, 500]));
        hoard.Release(mbufs);
        ChainAssert.Holds(copy, head ? bytes : [.. Pattern(5), .. bytes]);
    }

    [Test]
    public void Few_bytes_need_no_memory_if_the_mbufs_own_buffer_is_free()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(310);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(10), Segment.Shared(100), Segment.Shared(200));
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(packet.TryPullDown(10, 192, out ReadOnlySpan<byte> view));
        Assert.That(view.SequenceEqual(bytes.AsSpan(10, 192)));
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(50, 150)]
    [TestCase(50, 1000)]
    [TestCase(50, 5000)]
    [TestCase(100, 1000)]
    [TestCase(0, 1000)]
    public void An_exhausted_arena_leaves_the_chain_as_it_was(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(6200);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(100), Segment.Shared(100), Segment.Shared(2000), Segment.Jumbo(MbufClusterSize.Page, 4000));
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryPullDown(offset, length, out ReadOnlySpan<byte> view), Is.False);
        Assert.That(view.IsEmpty);
        Assert.That(packet.TryPullDown(offset, length, out MbufPosition position), Is.False);
        Assert.That(packet.TryPullDownToSegment(offset, length, out MbufPosition segment), Is.False);
        Assert.That((position.IsNull, segment.IsNull), Is.EqualTo((true, true)));
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
        Assert.That(packet.TryPullDown(offset, length, out view), "With memory it is served.");
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_cluster_is_cut_for_a_segment_and_shared_by_both_parts([Values(SegmentKind.Cluster, SegmentKind.Page, SegmentKind.External)] SegmentKind kind, [Values(0, 40, 60)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(110);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(10), new Segment(kind, 100));

        Assert.That(packet.TryPullDownToSegment(50, length, out MbufPosition segment));
        Assert.That((segment.Offset, segment.OffsetInSegment, segment.ReferenceCount, segment.IsWritable), Is.EqualTo((50, 0, 2, false)));
        Assert.That(segment.Span.SequenceEqual(bytes.AsSpan(50)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 10, 40, 60 }));
        Assert.That(packet.LastSegment.Offset, Is.EqualTo(50), "The tail is known.");
        ChainAssert.Holds(packet, bytes);
        packet.TrimEnd(60);
        Assert.That(packet.LastSegment.IsWritable, "The first part is alone again.");
    }

    [Test]
    public void An_internal_buffer_is_cut_for_a_segment_by_copying_its_tail([Values] bool head)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(160);
        using MbufChain packet = head
            ? Build(mbufs, bytes, Segment.Internal(100), Segment.Internal(60))
            : Build(mbufs, bytes, Segment.Internal(60), Segment.Internal(100));
        int offset = head ? 30 : 90;

        Assert.That(packet.TryPullDownToSegment(offset, 20, out MbufPosition segment));
        Assert.That((segment.Offset, segment.OffsetInSegment, segment.ReferenceCount, segment.IsWritable), Is.EqualTo((offset, 0, 1, true)));
        Assert.That(segment.Span.SequenceEqual(bytes.AsSpan(offset, 70)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(head ? new[] { 30, 70, 60 } : [60, 30, 70]));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_cut_needs_an_mbuf_and_without_one_nothing_happens([Values] bool cluster)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(110);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(10), cluster ? Segment.Cluster(100) : Segment.Internal(100));
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryPullDownToSegment(50, 10, out MbufPosition segment), Is.False);
        Assert.That(segment.IsNull);
        before.AssertUnchanged(packet);
        Assert.That(packet.TryPullDownToSegment(10, 100, out segment), "What starts an mbuf needs nothing.");
        hoard.ReleasePlain(mbufs, 1);
        Assert.That(packet.TryPullDownToSegment(50, 10, out segment), "One mbuf is enough.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Storage_of_others_and_read_only_storage_is_never_written([Values(0, 5, 12, 35)] int offset, [Values(20, 60, 250, 400)] int length, [Values] bool toSegment)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(460);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Cluster(10), Segment.ReadOnly(20, lead: 60), Segment.Shared(30, lead: 60), Segment.ReadOnly(100, lead: 60), Segment.Cluster(300, lead: 60));
        using MbufChain share = packet.Share();
        PrefixSnapshot before = PrefixSnapshot.Of(packet, offset, withStorage: true);

        _ = toSegment ? packet.TryPullDownToSegment(offset, length, out _) : packet.TryPullDown(offset, length, out MbufPosition _);
        before.AssertUntouched(packet);
        ChainAssert.Holds(share, bytes);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_packet_whose_header_lies_keeps_what_it_says()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(200), Segment.Internal(100), Segment.Shared(100));
        packet.PacketLength = 7;

        Assert.That(packet.TryPullDown(50, 100, out ReadOnlySpan<byte> _));
        Assert.That(packet.PacketLength, Is.EqualTo(7));
    }

    [Test]
    public void Types_of_the_mbufs_are_kept()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(392), Segment.Internal(192), Segment.Shared(200));
        packet.Type = MbufType.Control;

        Assert.That(packet.TryPullDown(100, 150, out MbufPosition position));
        Assert.That(position.Type, Is.EqualTo(MbufType.Control), "The type of the first of its bytes.");
        Assert.That(packet.LastSegment.Type, Is.EqualTo(MbufType.Data));
    }
}
