using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ExtendTests(ArenaKind kind) : MbufFixture(kind)
{
    [TestCase(0, 1)]
    [TestCase(92, 1)]
    [TestCase(93, 2)]
    [TestCase(192, 2)]
    [TestCase(193, 2)]
    [TestCase(2047, 2)]
    [TestCase(2048, 2)]
    [TestCase(2049, 2)]
    [TestCase(4096, 2)]
    [TestCase(4097, 2)]
    [TestCase(9217, 2)]
    [TestCase(16384, 2)]
    public void Room_at_the_end_is_contiguous_and_counts_as_data(int length, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(100);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100));

        Assert.That(packet.TryAppend(length, out Span<byte> room));
        Assert.That(room.Length, Is.EqualTo(length));
        Pattern(length, seed: 2).CopyTo(room);
        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
        ChainAssert.Holds(packet, [.. bytes, .. Pattern(length, seed: 2)]);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(16385)]
    [TestCase(int.MaxValue)]
    public void Room_of_no_possible_length_is_a_mistake(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryAppend(length, out _));
        before.AssertUnchanged(packet);
    }

    [TestCase(1)]
    [TestCase(192)]
    [TestCase(193)]
    [TestCase(2049)]
    [TestCase(16384)]
    public void An_exhausted_arena_leaves_the_chain_as_it_was(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(192);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(192));
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryAppend(length, out Span<byte> room), Is.False);
        Assert.That(room.IsEmpty);
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_cluster_that_finds_no_mbuf_goes_back()
    {
        MbufArena arena = NewArena(mbufs: 2, jumbo16: 1);
        using MbufScope mbufs = arena.Enter();
        using (MbufChain packet = mbufs.AllocatePacketWithoutCluster())
        {
            using MbufChain last = mbufs.AllocateMbuf();
            Assert.That(packet.TryAppend(10_000, out _), Is.False);
            last.Free();
            Assert.That(packet.TryAppend(10_000, out _));
        }
    }

    [Test]
    public void Without_a_cluster_that_fits_a_larger_one_serves()
    {
        MbufArena arena = NewArena(mbufs: 4, clusters: 1, jumbo9: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(2048, out _));

        Assert.That(packet.TryAppend(2049, out Span<byte> room));
        Assert.That(room.Length, Is.EqualTo(2049));
        Assert.That(ChainAssert.Kinds(packet), Is.EqualTo(new[] { ZoneId.Cluster, ZoneId.Jumbo9 }));
    }

    [Test]
    public void Shared_storage_is_not_extended_into()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(100);
        using MbufChain packet = Packet(mbufs, bytes);
        using MbufChain share = packet.Share();

        Assert.That(packet.TryAppend(8, out Span<byte> room));
        room.Fill(1);
        Assert.That(share.TryAppend(8, out Span<byte> other));
        other.Fill(2);
        ChainAssert.Holds(packet, [.. bytes, 1, 1, 1, 1, 1, 1, 1, 1]);
        ChainAssert.Holds(share, [.. bytes, 2, 2, 2, 2, 2, 2, 2, 2]);
    }
}
