using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class UnshareTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Every_mbuf_can_be_written_and_nobody_else_sees_it([ValueSource(typeof(Layouts), nameof(Layouts.Names))] string layout)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = Build(mbufs, bytes, Layouts.All[layout]);
        using MbufChain share = packet.Share();

        Assert.That(packet.TryUnshare());
        ChainAssert.Holds(packet, bytes);
        Assert.That(ChainAssert.IsWritableThroughout(packet));
        byte[] other = Pattern(bytes.Length, seed: 2);
        Assert.That(packet.TryCopyFrom(0, other));
        ChainAssert.Holds(packet, other);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void What_can_be_written_is_left_alone()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1000);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Internal(100), Segment.Empty, Segment.Cluster(400, lead: 7), Segment.EmptyCluster, Segment.External(500));
        Hoard hoard = Hoard.OfEverything(mbufs);
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryUnshare(), "No memory is needed.");
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
    }

    [Test]
    public void A_share_that_has_ended_needs_no_copy()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(1000));
        packet.Share().Free();
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryUnshare());
        before.AssertUnchanged(packet);
    }

    [Test]
    public void Neighbours_come_together_in_a_cluster_and_those_between_stay()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(5848);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Shared(1000), Segment.ReadOnly(0), Segment.ReadOnly(1000), Segment.Shared(48), Segment.Shared(1), Segment.Cluster(99),
            Segment.Shared(700), Segment.Shared(2000), Segment.ReadOnly(900), Segment.Shared(100));

        Assert.That(packet.TryUnshare());
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 2048, 1, 99, 700, 2000, 1000 }));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Storage_without_data_is_given_up([Values(0, 1, 2)] int place, [Values] bool shared)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = place == 0 ? Empty(mbufs, shared) : Build(mbufs, Pattern(10), Segment.Internal(10));
        Mbuf kept = packet.Share().Detach();
        if (place > 0)
        {
            packet.Append(Empty(mbufs, shared));
        }

        if (place < 2)
        {
            packet.Append(Build(mbufs, Pattern(10), Segment.Cluster(10)));
        }

        Hoard hoard = Hoard.OfEverything(mbufs);
        Assert.That(packet.TryUnshare(), "No memory is needed.");
        Assert.That(ChainAssert.IsWritableThroughout(packet));
        mbufs.Free([kept]);
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, place == 1 ? [.. Pattern(10), .. Pattern(10)] : Pattern(10));
    }

    [TestCase(SegmentKind.Page, 4000)]
    [TestCase(SegmentKind.Jumbo9, 9216)]
    [TestCase(SegmentKind.Jumbo16, 16_384)]
    public void A_larger_cluster_stays_contiguous_if_there_is_another(SegmentKind storage, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(length), new Segment(storage, length));
        using MbufChain share = packet.Share();

        Assert.That(packet.TryUnshare());
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { length }));
        ChainAssert.Holds(packet, Pattern(length));
    }

    [Test]
    public void A_larger_cluster_comes_into_several_if_there_is_no_other([Values] bool first)
    {
        MbufArena arena = NewArena(mbufs: 30, clusters: 10, jumbo16: 1);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(7020);
        using MbufChain packet = first ? mbufs.AllocatePacket(MbufClusterSize.Jumbo16) : mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(bytes.AsSpan(0, first ? 7000 : 20)));
        using MbufChain rest = first ? mbufs.AllocatePacket() : mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        Assert.That(rest.TryAppend(bytes.AsSpan(packet.Length)));
        packet.Append(rest);
        using MbufChain share = packet.Share();

        Assert.That(packet.TryUnshare());
        int[] lengths = first ? [2048, 2048, 2048, 856, 20] : [20, 2048, 2048, 2048, 856];
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(lengths));
        Assert.That(ChainAssert.IsWritableThroughout(packet));
        Assert.That(packet.TryAppend([1]), "The end of the chain is where it is.");
        ChainAssert.Holds(packet, [.. bytes, 1]);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void Attached_storage_larger_than_any_cluster_is_copied_too()
    {
        using var attachment = new Attachment(40_000);
        using MbufScope mbufs = Arena.Enter();
        Pattern(40_000).CopyTo(attachment.Bytes);
        using MbufChain packet = attachment.Attach(mbufs, MbufFlags.ReadOnly);

        Assert.That(packet.TryUnshare());
        Assert.That(attachment.Calls, Is.EqualTo(1), "Nobody refers to it any more.");
        ChainAssert.HoldsWhateverTheHeaderSays(packet, Pattern(40_000));
        Assert.That(ChainAssert.IsWritableThroughout(packet));
    }

    [Test]
    public void A_routine_that_throws_does_so_when_everything_is_done()
    {
        using var attachment = new Attachment(300, throws: true);
        using MbufScope mbufs = Arena.Enter();
        Pattern(300).CopyTo(attachment.Bytes);
        using MbufChain packet = attachment.Attach(mbufs, MbufFlags.ReadOnly);

        Expect.Throws<InvalidOperationException>(packet, static chain => chain.TryUnshare());
        Assert.That(packet.IsWritable);
        ChainAssert.HoldsWhateverTheHeaderSays(packet, Pattern(300));
    }

    [Test]
    public void Storage_that_the_caller_counts_is_writable_while_the_count_is_one()
    {
        using var attachment = new Attachment(300);
        using MbufScope mbufs = Arena.Enter();
        attachment.Counter = 1;
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.DangerousTryAttachExternal(attachment.Describe(MbufExternalType.CallerCounted), 300));
        using (MbufChain behind = Build(mbufs, Pattern(100), Segment.Shared(100)))
        {
            packet.Append(behind);
        }

        Assert.That(packet.TryUnshare());
        Assert.That(ChainAssert.Kinds(packet), Is.EqualTo(new[] { ZoneId.External, ZoneId.Mbuf }));
        attachment.Counter++;
        Assert.That(packet.TryUnshare());
        Assert.That(ChainAssert.Kinds(packet), Is.EqualTo(new[] { ZoneId.Cluster, ZoneId.Mbuf }));
        Assert.That((attachment.Counter, attachment.Calls), Is.EqualTo((1, 0)));
    }

    [Test]
    public void The_header_stays()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 5, 6);
        Assert.That(packet.TryAppend(Pattern(3000)));
        PacketHeaderTests.Fill(packet, 3);
        packet.Flags |= MbufFlags.Multicast | MbufFlags.ReadOnly;
        MbufChain copy = packet;

        Assert.That(packet.TryUnshare());
        Assert.That(PacketHeaderTests.Fields(copy), Is.EqualTo(PacketHeaderTests.Filled(3)));
        Assert.That(TagTests.Types(copy), Is.EqualTo(new[] { 6, 5 }));
        Assert.That(copy.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Multicast | MbufFlags.External), "The copy is not read-only.");
    }

    [TestCase("shared and own", 2)]
    [TestCase("full clusters", 2)]
    [TestCase("one read-only", 1)]
    public void Each_allocation_can_fail_and_nothing_is_left_behind(string layout, int allocations)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = Build(mbufs, bytes, Layouts.All[layout]);

        Assert.That(EachAllocation.Fails(packet, static chain => chain.TryUnshare()), Is.EqualTo(allocations));
        ChainAssert.Holds(packet, bytes);
        Assert.That(ChainAssert.IsWritableThroughout(packet));
    }

    [Test]
    public void An_exhausted_arena_leaves_the_chain_as_it_was([Range(0, 2)] int clusters)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(6000);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(2000), Segment.Shared(2000), Segment.ReadOnly(2000));
        Hoard hoard = Hoard.OfEverything(mbufs);
        hoard.ReleaseClusters(mbufs, clusters);
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryUnshare(), Is.False);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        hoard.ReleaseClusters(mbufs, 3 - clusters);
        Assert.That(packet.TryUnshare(), "What the attempt took came back.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    /// <summary>A packet without data in a cluster that may not be written.</summary>
    private MbufChain Empty(in MbufScope mbufs, bool shared)
    {
        MbufChain packet = Build(mbufs, Pattern(10), shared ? Segment.Shared(10) : Segment.ReadOnly(10));
        packet.TrimStart(10);
        return packet;
    }
}
