using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class MakeWritableTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
        [Segment.Internal(100), Segment.Shared(100), Segment.Shared(0), Segment.ReadOnly(100), Segment.Cluster(100), Segment.Shared(100)];

    [TestCase(0, 0, "")]
    [TestCase(0, 100, "")]
    [TestCase(100, 0, "")]
    [TestCase(99, 2, "1")]
    [TestCase(100, 1, "1")]
    [TestCase(199, 1, "1")]
    [TestCase(199, 2, "13")]
    [TestCase(200, 100, "3")]
    [TestCase(300, 100, "")]
    [TestCase(399, 2, "5")]
    [TestCase(0, 500, "135")]
    [TestCase(0, MbufSizes.CopyAll, "135")]
    [TestCase(250, MbufSizes.CopyAll, "35")]
    [TestCase(500, MbufSizes.CopyAll, "")]
    [TestCase(500, 0, "")]
    public void The_mbufs_of_the_range_are_replaced_and_no_others(int offset, int length, string replaced)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(500);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        uint[] indices = Indices(packet);
        (ZoneId, uint)[] before = Storages(packet);

        Assert.That(packet.TryMakeWritable(offset, length));
        Assert.That(Indices(packet), Is.EqualTo(indices), "The mbufs stay; storage is replaced.");
        (ZoneId, uint)[] after = Storages(packet);
        IEnumerable<int> changed = Enumerable.Range(0, before.Length).Where(place => before[place] != after[place]);
        Assert.That(string.Concat(changed), Is.EqualTo(replaced));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 100, 100, 0, 100, 100, 100 }));
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(0, 501)]
    [TestCase(500, 1)]
    [TestCase(501, 0)]
    [TestCase(501, MbufSizes.CopyAll)]
    [TestCase(1, int.MaxValue - 1)]
    [TestCase(int.MaxValue, int.MaxValue - 1)]
    public void A_range_that_the_chain_does_not_have_is_refused(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(500), s_layout);
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryMakeWritable(offset, length), Is.False);
        before.AssertUnchanged(packet);
    }

    [TestCase(-1, 1)]
    [TestCase(1, -1)]
    [TestCase(int.MinValue, int.MinValue)]
    public void A_negative_offset_or_length_is_a_mistake(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryMakeWritable(offset, length));
    }

    [Test]
    public void Nobody_else_sees_what_is_written_then([ValueSource(typeof(Layouts), nameof(Layouts.Names))] string layout)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = Build(mbufs, bytes, Layouts.All[layout]);
        using MbufChain share = packet.Share();

        Assert.That(packet.TryMakeWritable(0, MbufSizes.CopyAll));
        Hoard hoard = Hoard.OfEverything(mbufs);
        byte[] other = Pattern(bytes.Length, seed: 2);
        Assert.That(packet.TryCopyFrom(0, other), "It needs no memory any more.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, other);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void Each_allocation_can_fail_and_nothing_is_left_behind()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(500);
        using MbufChain packet = Build(mbufs, bytes, s_layout);

        Assert.That(EachAllocation.Fails(packet, static chain => chain.TryMakeWritable(0, 500)), Is.EqualTo(3));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_routine_that_throws_does_so_when_everything_is_done()
    {
        using var attachment = new Attachment(300, throws: true);
        using MbufScope mbufs = Arena.Enter();
        Pattern(300).CopyTo(attachment.Bytes);
        using MbufChain packet = attachment.Attach(mbufs, MbufFlags.ReadOnly);

        Expect.Throws<InvalidOperationException>(packet, static chain => chain.TryMakeWritable(299, 1));
        Assert.That(packet.IsWritable);
        ChainAssert.HoldsWhateverTheHeaderSays(packet, Pattern(300));
    }

    [Test]
    public void Writing_over_storage_larger_than_any_cluster_that_is_read_only_succeeds_too()
    {
        using var attachment = new Attachment(40_000);
        using MbufScope mbufs = Arena.Enter();
        Pattern(40_000).CopyTo(attachment.Bytes);
        using MbufChain packet = attachment.Attach(mbufs, MbufFlags.ReadOnly);
        var oracle = new ByteOracle(hasHeader: true, Pattern(40_000));
        oracle.CopyBack(39_000, Pattern(2000, seed: 2));

        Assert.That(packet.TryCopyFrom(39_000, Pattern(2000, seed: 2)));
        ChainAssert.HoldsWhateverTheHeaderSays(packet, oracle.ToArray());
        Assert.That(attachment.Bytes.SequenceEqual(Pattern(40_000)));
    }

    [Test]
    public void Storage_that_the_caller_counts_does_not_get_what_is_meant_for_its_neighbour()
    {
        using var attachment = new Attachment(3000);
        using MbufScope mbufs = Arena.Enter();
        attachment.Counter = 1;
        Pattern(3000).CopyTo(attachment.Bytes);
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.DangerousTryAttachExternal(attachment.Describe(MbufExternalType.CallerCounted), 3000));
        packet.Append(Build(mbufs, Pattern(100), Segment.Shared(100)));
        byte[] bytes = [.. Pattern(3000), .. Pattern(100)];

        Assert.That(packet.TryCopyFrom(0, bytes));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 3000, 100 }));
        ChainAssert.HoldsWhateverTheHeaderSays(packet, bytes);
    }

    private static uint[] Indices(MbufChain chain)
    {
        var indices = new List<uint>();
        for (uint index = chain.Index; index != 0; index = chain.Cache.Hot.Memory.Header(index).Next)
        {
            indices.Add(index);
        }

        return [.. indices];
    }

    private static (ZoneId Kind, uint Storage)[] Storages(MbufChain chain)
    {
        ThreadCache cache = chain.Cache;
        return [.. Indices(chain).Zip(ChainAssert.Kinds(chain), (index, kind) => (kind, cache.Hot.Memory.Header(index).Storage))];
    }

}
