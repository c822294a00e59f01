using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class DefragmentTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_packet_comes_into_as_few_mbufs_as_possible_all_writable([ValueSource(typeof(Layouts), nameof(Layouts.Names))] string layout)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = Build(mbufs, bytes, Layouts.All[layout]);
        using MbufChain share = packet.Share();

        Assert.That(packet.TryDefragment());
        Assert.That(packet.SegmentCount, Is.EqualTo(bytes.Length > MbufSizes.MaximumContiguous ? 2 : 1));
        Assert.That(ChainAssert.IsWritableThroughout(packet));
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.TryAppend([1]) && packet.TryPrepend([2]));
        ChainAssert.Holds(packet, [2, .. bytes, 1]);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void What_is_laid_out_so_already_is_left_alone()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(1000), Segment.Cluster(1000, lead: 5));
        using MbufChain jumbo = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        Assert.That(jumbo.TryAppend(Pattern(16_384)) && jumbo.TryAppend(Pattern(1)));
        Hoard hoard = Hoard.OfEverything(mbufs);
        var before = ChainSnapshot.Of(packet);
        var beforeJumbo = ChainSnapshot.Of(jumbo);

        Assert.That(packet.TryDefragment() && jumbo.TryDefragment(), "No memory is needed.");
        before.AssertUnchanged(packet);
        beforeJumbo.AssertUnchanged(jumbo);
        hoard.Release(mbufs);
    }

    [Test]
    public void A_packet_that_is_as_short_as_what_is_free_allows_is_left_alone()
    {
        MbufArena arena = NewArena(mbufs: 10, clusters: 10);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(Pattern(4000)));
        var before = ChainSnapshot.Of(packet);
        int live = arena.LiveMbufs;

        Assert.That(packet.TryDefragment());
        before.AssertUnchanged(packet);
        Assert.That(arena.LiveMbufs, Is.EqualTo(live));
    }

    [Test]
    public void Without_larger_clusters_it_comes_into_as_many_of_2_KiB_as_it_needs()
    {
        MbufArena arena = NewArena(mbufs: 30, clusters: 30);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(9000);
        using MbufChain packet = mbufs.AllocatePacket();
        for (int i = 0; i < 10; i++)
        {
            packet.Append(Packet(mbufs, bytes.AsSpan(900 * i, 900)));
        }

        Assert.That(packet.TryDefragment());
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 2048, 2048, 2048, 2048, 808 }));
        Assert.That(packet.Headroom, Is.EqualTo(Kind.Headroom));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_chain_without_header_is_left_alone()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(100), Segment.Shared(50), Segment.Internal(50));
        var before = ChainSnapshot.Of(chain);

        Assert.That(chain.TryDefragment());
        before.AssertUnchanged(chain);
    }

    [Test]
    public void The_packet_length_is_repaired_also_when_the_rest_fails([Values] bool exhausted)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(300), Segment.Internal(100), Segment.Shared(200));
        packet.PacketLength = 7;
        Hoard hoard = exhausted ? Hoard.OfEverything(mbufs) : new Hoard();

        Assert.That(packet.TryDefragment(), Is.Not.EqualTo(exhausted));
        Assert.That(packet.PacketLength, Is.EqualTo(300));
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, Pattern(300));
    }

    [Test]
    public void The_header_stays()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 5, 6);
        Assert.That(packet.TryAppend(Pattern(3000)));
        PacketHeaderTests.Fill(packet, 3);
        packet.Flags |= MbufFlags.Multicast | MbufFlags.ReadOnly;
        packet.Type = MbufType.Control;
        MbufChain copy = packet;

        Assert.That(packet.TryDefragment());
        packet.PacketLength = 3;
        Assert.That(PacketHeaderTests.Fields(copy), Is.EqualTo(PacketHeaderTests.Filled(3)));
        Assert.That(TagTests.Types(copy), Is.EqualTo(new[] { 6, 5 }));
        Assert.That(copy.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Multicast | MbufFlags.External), "The copy is not read-only.");
        Assert.That(copy.Type, Is.EqualTo(MbufType.Control));
    }

    [Test]
    public void Stress_makes_it_fail_where_it_has_something_to_do()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Cluster(200));
        using MbufChain done = Packet(mbufs, bytes);
        var before = ChainSnapshot.Of(packet);
        Arena.Stress.DefragmentFailureRate = 1;

        Assert.That(packet.TryDefragment(), Is.False);
        Assert.That(done.TryDefragment());
        Assert.That(Arena.Stress.DefragmentFailures, Is.EqualTo(1));
        before.AssertUnchanged(packet);
        Arena.Stress.DefragmentFailureRate = 0;
        Assert.That(packet.TryDefragment());
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase("bytes of one each", 1)]
    [TestCase("shared and own", 1)]
    [TestCase("full clusters", 1)]
    public void Each_allocation_can_fail_and_nothing_is_left_behind(string layout, int allocations)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = Build(mbufs, bytes, Layouts.All[layout]);
        if (bytes.Length > 2048)
        {
            Hoard jumbos = Hoard.OfClusters(mbufs);
            Assert.That(packet.TryDefragment(), Is.False);
            jumbos.Release(mbufs);
            allocations = 0; // A larger cluster that fails gives way to smaller ones.
        }

        Assert.That(EachAllocation.Fails(packet, static chain => chain.TryDefragment()), Is.EqualTo(allocations));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void An_exhausted_arena_leaves_the_packet_as_it_was([Range(0, 2)] int clusters)
    {
        MbufArena arena = NewArena(mbufs: 30, clusters: 9);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(6000);
        using MbufChain packet = Packet(mbufs, bytes.AsSpan(0, 1500));
        for (int i = 1; i < 4; i++)
        {
            packet.Append(Packet(mbufs, bytes.AsSpan(1500 * i, 1500)));
        }

        Hoard hoard = Hoard.OfEverything(mbufs);
        hoard.ReleaseClusters(mbufs, clusters);
        var before = ChainSnapshot.Of(packet);
        Assert.That(packet.TryDefragment(), Is.False);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        hoard.ReleaseClusters(mbufs, 3 - clusters);
        Assert.That(packet.TryDefragment(), "What the attempt took came back.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_routine_that_throws_does_so_when_everything_is_done()
    {
        using var attachment = new Attachment(300, throws: true);
        using MbufScope mbufs = Arena.Enter();
        Pattern(300).CopyTo(attachment.Bytes);
        using MbufChain packet = attachment.Attach(mbufs);
        Assert.That(packet.TryPrepend(new byte[200]));

        Expect.Throws<InvalidOperationException>(packet, static chain => chain.TryDefragment());
        ChainAssert.Holds(packet, [.. new byte[200], .. Pattern(300)]);
        Assert.That(packet.SegmentCount, Is.EqualTo(1));
    }
}
