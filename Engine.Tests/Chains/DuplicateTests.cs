using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class DuplicateTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_duplicate_has_the_same_bytes_in_storage_of_its_own([ValueSource(typeof(Layouts), nameof(Layouts.Names))] string layout)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = Build(mbufs, bytes, Layouts.All[layout]);
        var before = ChainSnapshot.Of(packet);
        using MbufChain copy = packet.Duplicate();

        before.AssertUnchanged(packet);
        ChainAssert.Holds(copy, bytes);
        Assert.That(ChainAssert.IsWritableThroughout(copy));
        byte[] other = Pattern(bytes.Length, seed: 2);
        Assert.That(copy.TryCopyFrom(0, other));
        ChainAssert.Holds(copy, other);
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(0, new[] { ZoneId.Mbuf })]
    [TestCase(1, new[] { ZoneId.Mbuf })]
    [TestCase(192, new[] { ZoneId.Mbuf })]
    [TestCase(193, new[] { ZoneId.Cluster })]
    [TestCase(2048, new[] { ZoneId.Cluster })]
    [TestCase(2049, new[] { ZoneId.Page })]
    [TestCase(4096, new[] { ZoneId.Page })]
    [TestCase(4097, new[] { ZoneId.Jumbo9 })]
    [TestCase(9217, new[] { ZoneId.Jumbo16 })]
    [TestCase(16_384, new[] { ZoneId.Jumbo16 })]
    [TestCase(16_385, new[] { ZoneId.Jumbo16, ZoneId.Mbuf })]
    [TestCase(35_000, new[] { ZoneId.Jumbo16, ZoneId.Jumbo16, ZoneId.Page })]
    public void It_has_as_few_mbufs_as_clusters_allow(int length, object kinds)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(length);
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAppend(bytes));
        using MbufChain copy = packet.Duplicate();

        Assert.That(ChainAssert.Kinds(copy), Is.EqualTo((ZoneId[])kinds));
        ChainAssert.Holds(copy, bytes);
    }

    [Test]
    public void Without_larger_clusters_it_takes_as_many_of_2_KiB_as_it_needs()
    {
        MbufArena arena = NewArena(mbufs: 20, clusters: 20);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(20_000);
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(bytes));
        using MbufChain copy = packet.Duplicate();

        Assert.That(ChainAssert.Lengths(copy), Is.EqualTo(new[] { 2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048, 1568 }));
        ChainAssert.Holds(copy, bytes);
        Assert.That(arena.GetStatistics().Jumbo16Clusters.Denied, Is.Zero, "Nothing was denied: smaller ones did.");
    }

    [TestCase(0, 128)]
    [TestCase(64, 128)]
    [TestCase(100, 92)]
    [TestCase(192, 0)]
    [TestCase(193, 128)]
    [TestCase(2048, 128)]
    [TestCase(3000, 128)]
    public void Headroom_stays_as_far_as_it_fits(int length, int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAppend(Pattern(length)));
        using MbufChain copy = packet.Duplicate();

        Assert.That(copy.Headroom, Is.EqualTo(Math.Min(Kind.Headroom, headroom)));
    }

    [Test]
    public void What_was_prepended_into_the_headroom_is_copied_too()
    {
        MbufArena arena = NewArena(mbufs: 8, clusters: 8);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(2048 + Kind.Headroom);
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(bytes.AsSpan(Kind.Headroom)) && packet.TryPrepend(bytes.AsSpan(0, Kind.Headroom)));
        using MbufChain copy = packet.Duplicate();

        Assert.That(ChainAssert.Kinds(copy), Is.EqualTo(new[] { ZoneId.Cluster }), "Bytes and headroom fill the same cluster.");
        ChainAssert.Holds(copy, bytes);
    }

    [Test]
    public void It_has_the_header_the_flags_and_the_tags([Values(10, 1500, 5000)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 5, 6, 7);
        Assert.That(packet.TryAppend(Pattern(length)));
        PacketHeaderTests.Fill(packet, 3);
        packet.Flags |= MbufFlags.Multicast | MbufFlags.EndOfRecord | MbufFlags.Protocol6 | MbufFlags.ReadOnly;
        packet.Type = MbufType.Control;
        using MbufChain copy = packet.Duplicate();

        Assert.That(PacketHeaderTests.Fields(copy), Is.EqualTo(PacketHeaderTests.Filled(3)));
        Assert.That(TagTests.Types(copy), Is.EqualTo(new[] { 7, 6, 5 }).And.EqualTo(TagTests.Types(packet)));
        MbufFlags external = copy.Flags & MbufFlags.External;
        Assert.That(
            copy.Flags & ~external,
            Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Multicast | MbufFlags.EndOfRecord | MbufFlags.Protocol6),
            "Not read-only: the storage is another.");
        Assert.That(copy.Type, Is.EqualTo(MbufType.Control));
        ChainAssert.HoldsWhateverTheHeaderSays(copy, Pattern(length));
    }

    [Test]
    public void A_chain_without_header_has_a_duplicate_without_header([Values(10, 300, 3000)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(length), Segment.Internal(5), Segment.Jumbo(MbufClusterSize.Page, length - 5));
        using MbufChain copy = chain.Duplicate();

        Assert.That(copy.HasPacketHeader, Is.False);
        ChainAssert.Holds(copy, Pattern(length));
    }

    [TestCase(100, 3)]
    [TestCase(1500, 3)]
    [TestCase(20_000, 5)]
    public void Each_allocation_can_fail_and_nothing_is_left_behind(int length, int allocations)
    {
        MbufArena arena = NewArena(mbufs: 40, clusters: 20, jumbo16: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 1, 2);
        using MbufChain bulk = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        byte[] bytes = Pattern(length);
        Assert.That(packet.TryAppend(bytes));

        // The only larger cluster is taken, and asking for it in vain is an allocation, too.
        int failed = EachAllocation.Fails(packet, static chain =>
        {
            using MbufChain copy = chain.Duplicate();
            return !copy.IsNull;
        });
        Assert.That(failed, length > 2048 ? Is.EqualTo(0) : Is.EqualTo(allocations), "A larger cluster that fails is not needed.");
        using MbufChain last = packet.Duplicate();
        ChainAssert.Holds(last, bytes);
    }

    [Test]
    public void An_exhausted_arena_gives_null_and_leaves_the_packet_as_it_was([Values(10, 1500, 6000)] int length, [Range(0, 2)] int clusters)
    {
        MbufArena arena = NewArena(mbufs: 30, clusters: 9);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(Pattern(length)));
        Hoard hoard = Hoard.OfEverything(mbufs);
        hoard.ReleaseClusters(mbufs, length < 6000 ? 0 : clusters);
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.Duplicate().IsNull);
        before.AssertUnchanged(packet);
        hoard.ReleaseClusters(mbufs, length < 6000 ? 1 : 3 - clusters);
        MbufChain copy = packet.Duplicate();
        Assert.That(copy.IsNull, Is.False, "What the attempt took came back.");
        ChainAssert.Holds(copy, Pattern(length));
        copy.Free();
        hoard.Release(mbufs);
    }
}
