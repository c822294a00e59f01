using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PullDownTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_small =
    [
        Segment.Internal(1), Segment.Empty, Segment.Internal(1), Segment.Shared(3, lead: 8), Segment.EmptyCluster, Segment.Empty,
        Segment.ReadOnly(2), Segment.Cluster(1, lead: 40), Segment.Internal(4), Segment.Shared(1), Segment.Internal(1), Segment.Empty,
    ];

    private static readonly Segment[] s_large =
    [
        Segment.Internal(60, lead: 30), Segment.Empty, Segment.Cluster(2000), Segment.Shared(1000, lead: 50), Segment.EmptyCluster,
        Segment.ReadOnly(2048), Segment.Internal(192), Segment.Jumbo(MbufClusterSize.Jumbo16, 14_700),
    ];

    [Test]
    public void Every_range_of_a_small_chain_becomes_contiguous_and_nothing_before_it_moves([Values] bool share)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(14);
        for (int offset = 0; offset < 14; offset++)
        {
            for (int length = 0; offset + length <= 14; length++)
            {
                using MbufChain packet = Build(mbufs, bytes, s_small);
                using MbufChain copy = share ? packet.Share() : default;
                Check(packet, offset, length, bytes);
                if (share)
                {
                    ChainAssert.Holds(copy, bytes);
                }

                FreePartners(mbufs);
            }
        }
    }

    [Test]
    public void Ranges_up_to_the_largest_cluster_become_contiguous(
        [Values(0, 1, 59, 60, 61, 2059, 2060, 3059, 3060, 5107, 5108, 5299)] int offset,
        [Values(0, 1, 192, 193, 2048, 2049, 4097, 9217, 14_000)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20_000);
        using MbufChain packet = Build(mbufs, bytes, s_large);

        Check(packet, offset, length, bytes);
    }

    [Test]
    public void Sixteen_kilobytes_become_contiguous_and_with_the_headroom_a_little_more([Values(16_384, 16_385)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20_000);
        using MbufChain packet = Build(mbufs, bytes, s_large);

        if (length <= 16_384 + Kind.Headroom)
        {
            Check(packet, 50, length, bytes);
            return;
        }

        ChainSnapshot before = ChainSnapshot.Of(packet);
        Assert.That(packet.TryPullDown(50, length, out ReadOnlySpan<byte> view), Is.False);
        Assert.That(view.IsEmpty);
        before.AssertUnchanged(packet);
    }

    [Test]
    public void Random_chains([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        using MbufScope mbufs = Arena.Enter();
        Segment[] layout = Segment.RandomLayout(random);
        byte[] bytes = Pattern(layout.Sum(static segment => segment.Length), seed);
        using MbufChain packet = Build(mbufs, bytes, layout);
        using MbufChain share = random.Next(2) == 0 ? packet.Share() : default;
        for (int i = 0; i < 8 && bytes.Length > 0; i++)
        {
            int offset = random.Next(bytes.Length);
            Check(packet, offset, random.Next(bytes.Length - offset + 1), bytes);
        }

        if (!share.IsNull)
        {
            ChainAssert.Holds(share, bytes);
        }
    }

    [Test]
    public void A_view_taken_before_stays_valid_and_in_place(
        [Values(SegmentKind.Internal, SegmentKind.Cluster, SegmentKind.Shared, SegmentKind.ReadOnly, SegmentKind.External)] SegmentKind kind,
        [Values(10, 60, 119, 120, 121)] int offset,
        [Values] bool toSegment)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(400);
        using MbufChain packet = Build(mbufs, bytes, new Segment(kind, 120, Lead: 40), Segment.Internal(130, lead: 20), Segment.Shared(150));
        ReadOnlySpan<byte> first = packet.FirstSpan[..Math.Min(offset, 120)];
        Assert.That(packet.TryGetPosition(5, out MbufPosition fifth));
        ReadOnlySpan<byte> rest = fifth.Span;

        _ = toSegment ? packet.TryPullDownToSegment(offset, 200, out _) : packet.TryPullDown(offset, 200, out MbufPosition _);
        Assert.That(first.SequenceEqual(bytes.AsSpan(0, first.Length)));
        Assert.That(packet.FirstSpan[..first.Length] == first, "The same bytes in the same place.");
        Assert.That(rest[..(first.Length - 5)].SequenceEqual(bytes.AsSpan(5, first.Length - 5)));
        Assert.That((fifth.Offset, fifth.OffsetInSegment), Is.EqualTo((5, 5)), "Positions before it stay, too.");
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void What_is_contiguous_already_is_only_shown()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(310);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(10), Segment.Shared(100), Segment.ReadOnly(100), Segment.Internal(100));
        ChainSnapshot before = ChainSnapshot.Of(packet);
        foreach ((int offset, int length) in new[] { (0, 10), (3, 7), (10, 100), (50, 60), (109, 1), (110, 100), (210, 100), (309, 1), (309, 0), (50, 0) })
        {
            Assert.That(packet.TryPullDown(offset, length, out ReadOnlySpan<byte> view));
            Assert.That(view.SequenceEqual(bytes.AsSpan(offset, length)));
            Assert.That(packet.TryPullDown(offset, length, out MbufPosition position));
            Assert.That(position.Offset, Is.EqualTo(offset));
        }

        Assert.That(packet.TryPullDownToSegment(110, 100, out MbufPosition segment));
        Assert.That(segment.Offset, Is.EqualTo(110));
        before.AssertUnchanged(packet);
    }

    [TestCase(310, 1)]
    [TestCase(311, 0)]
    [TestCase(309, 2)]
    [TestCase(0, 311)]
    [TestCase(1, int.MaxValue)]
    [TestCase(int.MaxValue, 1)]
    [TestCase(int.MaxValue, int.MaxValue)]
    public void A_chain_that_is_too_short_is_left_as_it_was(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(310), Segment.Internal(10), Segment.Shared(200), Segment.Internal(100));
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryPullDown(offset, length, out ReadOnlySpan<byte> view), Is.False);
        Assert.That(view.IsEmpty);
        Assert.That(packet.TryPullDown(offset, length, out MbufPosition position), Is.False);
        Assert.That(packet.TryPullDownToSegment(offset, length, out MbufPosition segment), Is.False);
        Assert.That((position.IsNull, segment.IsNull), Is.EqualTo((true, true)));
        before.AssertUnchanged(packet);
    }

    [Test]
    public void Of_an_empty_chain_nothing_can_be_pulled_down_but_no_bytes()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();

        Assert.That(packet.TryPullDown(0, 0, out ReadOnlySpan<byte> none) && none.IsEmpty);
        Assert.That(packet.TryPullDownToSegment(0, 0, out MbufPosition end) && end.IsEnd);
        Assert.That(packet.TryPullDown(0, 1, out ReadOnlySpan<byte> _) || packet.TryPullDownToSegment(0, 1, out _), Is.False);
    }

    [TestCase(-1, 1)]
    [TestCase(1, -1)]
    [TestCase(int.MinValue, 1)]
    [TestCase(1, int.MinValue)]
    [TestCase(int.MinValue, int.MinValue)]
    [TestCase(int.MinValue, int.MaxValue)]
    public void Negative_offsets_and_lengths_are_mistakes(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryPullDown(offset, length, out ReadOnlySpan<byte> _));
        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryPullDown(offset, length, out MbufPosition _));
        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryPullDownToSegment(offset, length, out _));
    }

    /// <summary>In all three forms, on copies of one layout, since each may change it.</summary>
    private static void Check(MbufChain packet, int offset, int length, byte[] bytes)
    {
        if (offset == bytes.Length)
        {
            return;
        }

        MbufChain copy = packet;
        PrefixSnapshot before = PrefixSnapshot.Of(packet, offset);
        Assert.That(packet.TryPullDown(offset, length, out ReadOnlySpan<byte> view));
        Assert.That(view.SequenceEqual(bytes.AsSpan(offset, length)));
        AssertKept(packet, before, bytes);
        Assert.That(packet.TryPullDown(offset, length, out MbufPosition position));
        Assert.That(position.Span[..length] == view, "Contiguous already.");
        Assert.That(position.Offset, Is.EqualTo(offset));
        Assert.That(packet.TryPullDownToSegment(offset, length, out MbufPosition segment));
        Assert.That((segment.Offset, segment.OffsetInSegment), Is.EqualTo((offset, 0)));
        Assert.That(segment.Segment[..length].SequenceEqual(bytes.AsSpan(offset, length)));
        AssertKept(copy, before, bytes);
    }

    private static void AssertKept(MbufChain packet, PrefixSnapshot before, byte[] bytes)
    {
        before.AssertInPlace(packet);
        ChainAssert.Holds(packet, bytes);
    }
}
