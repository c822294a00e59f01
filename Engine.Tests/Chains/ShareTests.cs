using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ShareTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_share_has_the_same_bytes_layout_and_header()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(700);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Internal(100, lead: 50), Segment.Empty, Segment.Cluster(500), Segment.ReadOnly(100), Segment.EmptyCluster);
        packet.Flags |= MbufFlags.Multicast | MbufFlags.EndOfRecord | MbufFlags.Protocol4;
        packet.Type = MbufType.Header;
        packet.ReceiveInterface = 12;
        packet.PacketLength = 701;
        using MbufChain share = packet.Share();

        Assert.That(share.Flags, Is.EqualTo(packet.Flags));
        Assert.That((share.Type, share.ReceiveInterface, share.PacketLength), Is.EqualTo((MbufType.Header, (ushort)12, 701)));
        Assert.That(ChainAssert.Lengths(share), Is.EqualTo(ChainAssert.Lengths(packet)));
        ZoneId[] kinds = [.. ChainAssert.Kinds(packet)[..^1], ZoneId.Mbuf];
        Assert.That(ChainAssert.Kinds(share), Is.EqualTo(kinds), "An empty cluster stays the original's room.");
        Assert.That(share.Headroom, Is.EqualTo(packet.Headroom).And.EqualTo(50), "An internal buffer is copied with its place.");
        ChainAssert.HoldsWhateverTheHeaderSays(share, bytes);
        ChainAssert.HoldsWhateverTheHeaderSays(packet, bytes);
    }

    [Test]
    public void Clusters_are_shared_and_internal_buffers_copied()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(2200);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(2048), Segment.Internal(152));
        int clusters = Arena.GetStatistics().Clusters.Current;
        int live = Arena.LiveMbufs;
        using MbufChain share = packet.Share();

        Assert.That(Arena.GetStatistics().Clusters.Current, Is.EqualTo(clusters));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(live + 2));
        Assert.That(packet.IsWritable || share.IsWritable, Is.False);
        Assert.That((packet.Headroom, share.Headroom), Is.EqualTo((0, 0)));
        Assert.That((packet.Tailroom, share.Tailroom), Is.EqualTo((40, 40)), "The last mbuf's bytes are its own.");
    }

    [Test]
    public void Writing_is_possible_again_when_the_other_is_freed([Values] bool originalFirst, [Values(1, 2, 5)] int shares)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1000);
        using MbufChain packet = Packet(mbufs, bytes);
        using MbufChain last = packet.Share();
        var others = new Mbuf[shares - 1];
        foreach (ref Mbuf other in others.AsSpan())
        {
            other = last.Share().Detach();
        }

        MbufChain first = originalFirst ? packet : last;
        MbufChain stays = originalFirst ? last : packet;
        first.Free();
        Assert.That(stays.IsWritable, Is.EqualTo(shares == 1));
        mbufs.Free(others);
        Assert.That(stays.IsWritable);
        Assert.That(stays.TryGetWritable(out Span<byte> span));
        span[0] ^= 1;
        bytes[0] ^= 1;
        Assert.That((stays.Headroom, stays.Tailroom), Is.EqualTo((Kind.Headroom, 1048)));
        ChainAssert.Holds(stays, bytes);
    }

    [Test]
    public void A_share_of_a_share_of_a_share_is_one_more_reference()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(3000);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(2000), Segment.Cluster(1000));
        using MbufChain second = packet.Share();
        using MbufChain third = second.Share();
        using MbufChain fourth = third.Share();

        second.Free();
        packet.Free();
        ChainAssert.Holds(third, bytes);
        fourth.TrimStart(2000);
        Assert.That(third.IsWritable, "Nobody else refers to the first cluster.");
        third.Free();
        Assert.That(fourth.IsWritable);
        ChainAssert.Holds(fourth, bytes.AsSpan(2000));
    }

    [Test]
    public void Read_only_storage_stays_read_only_in_every_share_and_part()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1000);
        using MbufChain packet = Packet(mbufs, bytes);
        packet.Flags |= MbufFlags.ReadOnly;
        using MbufChain share = packet.Share();
        using MbufChain again = share.Share();

        packet.Free();
        share.Free();
        Assert.That(again.IsWritable, Is.False, "Although nobody else refers to it.");
        Assert.That(again.TrySplit(400, out MbufChain rest));
        using (rest)
        {
            again.Free();
            Assert.That(rest.IsWritable, Is.False);
            Assert.That(rest.Flags & MbufFlags.ReadOnly, Is.EqualTo(MbufFlags.ReadOnly));
            Assert.That((rest.Headroom, rest.Tailroom), Is.EqualTo((0, 0)));
            ChainAssert.Holds(rest, bytes.AsSpan(400));
        }
    }

    [Test]
    public void Read_only_internal_bytes_stay_read_only_in_every_share_and_part()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), Segment.Internal(100));
        packet.Flags |= MbufFlags.ReadOnly;
        using MbufChain share = packet.Share();

        Assert.That(share.IsWritable, Is.False);
        Assert.That(share.TrySplit(60, out MbufChain rest));
        using (rest)
        {
            Assert.That(rest.IsWritable, Is.False);
            ChainAssert.Holds(rest, Pattern(100).AsSpan(60));
        }
    }

    [Test]
    public void A_chain_without_header_and_an_empty_packet_can_be_shared()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(300), Segment.Internal(100), Segment.Cluster(200));
        using MbufChain share = chain.Share();
        using MbufChain empty = mbufs.AllocatePacket();
        using MbufChain emptyShare = empty.Share();

        Assert.That(share.HasPacketHeader, Is.False);
        ChainAssert.Holds(share, Pattern(300));
        ChainAssert.Holds(emptyShare, []);
    }

    [Test]
    public void An_exhausted_arena_gives_null_and_leaves_the_packet_as_it_was([Range(0, 3)] int plain)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(700);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(300), Segment.Internal(100), Segment.Empty, Segment.Cluster(300));
        Hoard hoard = Hoard.OfEverythingBut(mbufs, plain);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.Share().IsNull);
        before.AssertUnchanged(packet);
        Assert.That(packet.IsWritable);
        Assert.That(packet.Tailroom, Is.EqualTo(1748));
        ChainAssert.Holds(packet, bytes);
        hoard.ReleasePlain(mbufs, 4 - plain);
        using MbufChain share = packet.Share();
        Assert.That(share.IsNull, Is.False, "What the attempt took came back.");
        hoard.Release(mbufs);
        ChainAssert.Holds(share, bytes);
    }
}
