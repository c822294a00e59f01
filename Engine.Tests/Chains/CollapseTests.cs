using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CollapseTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_chain_comes_into_no_more_mbufs_than_the_limit(
        [ValueSource(typeof(Layouts), nameof(Layouts.Names))] string layout, [Values(1, 2, 3, 5, 8, 100)] int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = Build(mbufs, bytes, Layouts.All[layout]);
        using MbufChain share = packet.Share();
        int before = packet.SegmentCount;
        var snapshot = ChainSnapshot.Of(packet);
        bool possible = segments > 1 || bytes.Length <= MbufSizes.MaximumContiguous;

        Assert.That(packet.TryCollapse(segments), Is.EqualTo(possible));
        Assert.That(packet.SegmentCount, Is.EqualTo(possible ? Math.Min(segments, before) : before), "As many as may stay.");
        ChainAssert.Holds(packet, bytes);
        if (!possible || before <= segments)
        {
            snapshot.AssertUnchanged(packet);
        }

        Assert.That(packet.TryAppend([1]) && packet.TryPrepend([2]));
        ChainAssert.Holds(packet, [2, .. bytes, 1]);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void Random_chains_come_into_no_more_mbufs_than_the_limit([Range(1, 50)] int seed)
    {
        var random = new Random(seed);
        using MbufScope mbufs = Arena.Enter();
        Segment[] layout = Segment.RandomLayout(random, most: 12);
        byte[] bytes = Pattern(layout.Sum(static segment => segment.Length), seed);
        using MbufChain packet = Build(mbufs, bytes, layout);
        int segments = random.Next(1, packet.SegmentCount + 1);
        Hoard hoard = random.Next(2) == 0 ? Hoard.OfEverythingBut(mbufs, random.Next(3)) : new Hoard();
        var before = ChainSnapshot.Of(packet);

        if (packet.TryCollapse(segments))
        {
            Assert.That(packet.SegmentCount, Is.LessThanOrEqualTo(segments));
        }
        else
        {
            Assert.That(hoard.Count > 0 || bytes.Length > MbufSizes.MaximumContiguous);
            before.AssertUnchanged(packet);
        }

        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Mbufs_without_data_go_first_and_nothing_moves()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(900);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Empty, Segment.Shared(300), Segment.EmptyCluster, Segment.Cluster(300), Segment.Empty, Segment.ReadOnly(300));
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(packet.TryCollapse(3));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 300, 300, 300 }));
        Assert.That(packet.IsWritable, Is.False, "Shared storage became the head's without a copy.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Bytes_move_into_the_room_behind_a_neighbour()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(200);
        using MbufChain packet = Build(mbufs, bytes, [.. Enumerable.Repeat(Segment.Internal(10), 20)]);
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(packet.TryCollapse(3));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 180, 10, 10 }), "No more than it takes.");
        Assert.That(packet.TryCollapse(2));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 190, 10 }));
        Assert.That(packet.TryCollapse(1), Is.False, "They do not fit into one, and there is no cluster.");
        hoard.Release(mbufs);
        Assert.That(packet.TryCollapse(1));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Bytes_move_into_the_room_before_a_neighbour()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1040);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(40), Segment.Cluster(1000, lead: 40));
        Hoard hoard = Hoard.OfEverything(mbufs);
        int headroom = Kind.Headroom;

        Assert.That(packet.TryCollapse(1));
        Assert.That((packet.IsWritable, packet.Headroom), Is.EqualTo((true, headroom)));
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Small_mbufs_move_rather_than_large_ones()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(3150);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Cluster(1000), Segment.Shared(1000), Segment.Cluster(1000), Segment.Internal(100), Segment.Internal(50));

        Assert.That(packet.TryCollapse(3));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 1000, 1000, 1150 }));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void If_no_neighbours_fit_together_everything_moves()
    {
        MbufArena arena = NewArena(mbufs: 40, clusters: 20);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(6000);
        using MbufChain packet = Packet(mbufs, bytes.AsSpan(0, 1500));
        for (int i = 1; i < 4; i++)
        {
            packet.Append(Packet(mbufs, bytes.AsSpan(1500 * i, 1500)));
        }

        Assert.That(packet.TryCollapse(2), Is.False);
        Assert.That(packet.TryCollapse(3));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 2048, 2048, 1904 }));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Storage_that_others_see_is_not_written()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(400);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(100), Segment.ReadOnly(100, lead: 100), Segment.Shared(100), Segment.Internal(100));
        using MbufChain share = packet.Share();

        Assert.That(packet.TryCollapse(1));
        Assert.That(packet.IsWritable);
        ChainAssert.Holds(packet, bytes);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void Storage_whose_references_the_caller_counts_is_not_written()
    {
        using var attachment = new Attachment(1000);
        using MbufScope mbufs = Arena.Enter();
        attachment.Counter = 1;
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.DangerousTryAttachExternal(attachment.Describe(MbufExternalType.CallerCounted), 300));
        attachment.Bytes.Fill(0xEE);
        packet.Append(Build(mbufs, Pattern(100), Segment.Internal(100)));

        Assert.That(packet.TryCollapse(1));
        Assert.That(attachment.Calls, Is.EqualTo(1));
        Assert.That(attachment.Bytes.IndexOfAnyExcept((byte)0xEE), Is.Negative);
        Assert.That(packet.TryCopyTo(300, new byte[100]));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_limit_that_no_chain_can_keep_is_a_mistake(int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryCollapse(segments));
    }

    [Test]
    public void The_header_stays_and_room_taken_in_advance_is_no_longer_there()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(6000);
        Assert.That(packet.TryAppend(Pattern(100)));
        PacketHeaderTests.Fill(packet, 3);
        packet.PacketLength = 100;

        Assert.That(packet.TryCollapse(1));
        Assert.That(packet.TryAppend(Pattern(4000)));
        ChainAssert.Holds(packet, [.. Pattern(100), .. Pattern(4000)]);
        packet.PacketLength = 3;
        Assert.That(PacketHeaderTests.Fields(packet), Is.EqualTo(PacketHeaderTests.Filled(3)));
    }

    [Test]
    public void Room_taken_in_advance_that_stays_is_filled_in_order([Values(1, 2, 3, 4)] int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(8000);
        Assert.That(packet.TryAppend(Pattern(3000)));

        Assert.That(packet.TryCollapse(segments));
        Assert.That(packet.TryAppend(Pattern(4000)) && packet.TryAppend(Pattern(3000)));
        ChainAssert.Holds(packet, [.. Pattern(3000), .. Pattern(4000), .. Pattern(3000)]);
    }

    [Test]
    public void An_exhausted_arena_leaves_the_chain_as_it_was([Range(0, 2)] int clusters)
    {
        MbufArena arena = NewArena(mbufs: 40, clusters: 12);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(6300);
        MbufChain packet = Packet(mbufs, bytes.AsSpan(0, 700));
        for (int i = 1; i < 9; i++)
        {
            packet.Append(Packet(mbufs, bytes.AsSpan(700 * i, 700)));
        }

        using MbufChain share = packet.Share();
        Hoard hoard = Hoard.OfEverything(mbufs);
        hoard.ReleaseClusters(mbufs, clusters);
        var before = ChainSnapshot.Of(packet);

        // Each cluster of 2048 bytes takes two of the 700: every third one is too much.
        Assert.That(packet.TryCollapse(6), Is.False);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        hoard.ReleaseClusters(mbufs, 3 - clusters);
        Assert.That(packet.TryCollapse(6), "What the attempt took came back.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
        ChainAssert.Holds(share, bytes);
        packet.Free();
    }
}
