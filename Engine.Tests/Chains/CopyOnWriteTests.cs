using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Writing into shared and read-only storage: the writer gets a copy, and nobody else sees anything.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CopyOnWriteTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void The_other_packet_keeps_its_bytes([Values(0, 1, 299, 300, 301, 899)] int offset, [Values(1, 300)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(900);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(300), Segment.Internal(100), Segment.Cluster(500));
        using MbufChain share = packet.Share();
        var oracle = new ByteOracle(hasHeader: true, bytes);
        oracle.CopyBack(offset, Pattern(length, seed: 2));

        Assert.That(packet.TryCopyFrom(offset, Pattern(length, seed: 2)));
        ChainAssert.Holds(packet, oracle.ToArray());
        ChainAssert.Holds(share, bytes);
        packet.Free();
        Assert.That(share.TryGetWritable(out _), "The other is alone now.");
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void Both_packets_can_write_each_its_own([Values] bool originalFirst)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(900);
        using MbufChain packet = Packet(mbufs, bytes);
        using MbufChain share = packet.Share();
        MbufChain first = originalFirst ? packet : share;
        MbufChain second = originalFirst ? share : packet;

        Assert.That(first.TryCopyFrom(10, [1, 1]) && second.TryCopyFrom(10, [2, 2]));
        ChainAssert.Holds(first, [.. bytes.AsSpan(0, 10), 1, 1, .. bytes.AsSpan(12)]);
        ChainAssert.Holds(second, [.. bytes.AsSpan(0, 10), 2, 2, .. bytes.AsSpan(12)]);
        Assert.That(first.IsWritable && second.IsWritable);
    }

    [Test]
    public void Only_what_is_written_is_copied()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(900);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(300), Segment.Cluster(300), Segment.Cluster(300));
        using MbufChain share = packet.Share();
        long free = Free();

        Assert.That(packet.TryCopyFrom(300, Pattern(300, seed: 2)));
        Assert.That(Free(), Is.EqualTo(free - 1), "One of three clusters.");
        ChainAssert.Holds(share, bytes);

        long Free() => Arena.GetStatistics().Clusters.Limit - Arena.GetStatistics().Clusters.Current;
    }

    [Test]
    public void A_read_only_mbuf_becomes_a_writable_copy_and_its_shares_stay_read_only()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(200);
        using MbufChain packet = Build(mbufs, bytes, Segment.ReadOnly(200));
        using MbufChain share = packet.Share();

        Assert.That(packet.TryCopyFrom(0, [7]));
        Assert.That(packet.IsWritable);
        Assert.That(share.IsWritable, Is.False);
        Assert.That(share.Flags & MbufFlags.ReadOnly, Is.EqualTo(MbufFlags.ReadOnly));
        ChainAssert.Holds(packet, [7, .. bytes.AsSpan(1)]);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void A_read_only_internal_mbuf_is_copied_too()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(192);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(192));
        packet.Flags |= MbufFlags.ReadOnly;

        Assert.That(packet.TryGetWritable(out Span<byte> span), Is.False);
        Assert.That(span.IsEmpty);
        Assert.That(packet.TryCopyFrom(191, [1, 2]));
        ChainAssert.Holds(packet, [.. bytes.AsSpan(0, 191), 1, 2]);
        Assert.That(packet.IsWritable);
    }

    [TestCase(MbufClusterSize.Standard)]
    [TestCase(MbufClusterSize.Page)]
    [TestCase(MbufClusterSize.Jumbo9)]
    [TestCase(MbufClusterSize.Jumbo16)]
    public void A_full_cluster_of_any_size_with_its_headroom_used_is_copied(MbufClusterSize size)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(size);
        byte[] bytes = [.. Pattern(Kind.Headroom, seed: 3), .. Pattern((int)size)];
        Assert.That(packet.TryAppend(Pattern((int)size)) && packet.TryPrepend(Pattern(Kind.Headroom, seed: 3)));
        using MbufChain share = packet.Share();

        Assert.That(packet.TryCopyFrom(bytes.Length - 1, [1]));
        ChainAssert.Holds(packet, [.. bytes.AsSpan(0, bytes.Length - 1), 1]);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void Exhaustion_in_the_middle_leaves_every_mbuf_as_it_was()
    {
        MbufArena arena = NewArena(mbufs: 9, clusters: 5);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(900);
        using MbufChain packet = Packet(mbufs, bytes.AsSpan(0, 300));
        packet.Append(Packet(mbufs, bytes.AsSpan(300, 300)));
        packet.Append(Packet(mbufs, bytes.AsSpan(600)));
        using MbufChain share = packet.Share();
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryCopyFrom(0, Pattern(900, seed: 2)), Is.False, "It takes three clusters, and there are two.");
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.TryCopyFrom(0, Pattern(600, seed: 2)));
        ChainAssert.Holds(packet, [.. Pattern(600, seed: 2), .. bytes.AsSpan(600)]);
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void A_full_cluster_is_copied_in_an_arena_without_larger_ones()
    {
        MbufArena arena = NewArena(mbufs: 8, clusters: 8);
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = Pattern(2048 + Kind.Headroom);
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(bytes.AsSpan(Kind.Headroom)) && packet.TryPrepend(bytes.AsSpan(0, Kind.Headroom)));
        using MbufChain share = packet.Share();

        Assert.That(packet.TryCopyFrom(0, [1]));
        Assert.That(packet.SegmentCount, Is.EqualTo(1));
        ChainAssert.Holds(packet, [1, .. bytes.AsSpan(1)]);
        ChainAssert.Holds(share, bytes);
    }
}
