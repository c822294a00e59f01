using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PrependTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Bytes_come_first_whatever_the_head_and_however_many(
        [Values(0, 1, 14, 127, 128, 129, 191, 192, 193, 2047, 2048, 2049, 9216, 9217, 16384)] int length,
        [Values(SegmentKind.Internal, SegmentKind.Cluster, SegmentKind.Shared, SegmentKind.ReadOnly, SegmentKind.Jumbo9)] SegmentKind head)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(150);
        using MbufChain packet = Build(mbufs, bytes, new Segment(head, 120), Segment.Internal(30));
        MbufChain copy = packet;

        Assert.That(packet.TryPrepend(Pattern(length, seed: 2)));
        ChainAssert.Holds(packet, [.. Pattern(length, seed: 2), .. bytes]);
        ChainAssert.Holds(copy, [.. Pattern(length, seed: 2), .. bytes]);
        Assert.That(packet.FirstSpan.Length, Is.GreaterThanOrEqualTo(length), "What was prepended is contiguous.");
    }

    [Test]
    public void Headroom_is_used_before_another_mbuf_is()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Assert.That(packet.TryPrepend(Pattern(Kind.Headroom, seed: 2)));
        Assert.That((packet.SegmentCount, packet.Headroom), Is.EqualTo((1, 0)));
        Assert.That(packet.TryPrepend([1]));
        Assert.That(packet.SegmentCount, Is.EqualTo(2));
        ChainAssert.Holds(packet, [1, .. Pattern(Kind.Headroom, seed: 2), .. Pattern(10)]);
    }

    [Test]
    public void Many_small_prepends_share_the_new_front()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(192);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(192));
        var oracle = new ByteOracle(hasHeader: true, bytes);
        for (byte i = 0; i < 192; i++)
        {
            Assert.That(packet.TryPrepend([i]));
            oracle.Prepend([i]);
        }

        Assert.That(packet.SegmentCount, Is.EqualTo(2));
        ChainAssert.Holds(packet, oracle.ToArray());
    }

    [Test]
    public void What_was_trimmed_off_the_front_can_be_prepended_again()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(2000);
        using MbufChain packet = Packet(mbufs, bytes);
        packet.TrimStart(1999);

        Assert.That(packet.TryPrepend(bytes.AsSpan(0, 1999)));
        Assert.That(packet.SegmentCount, Is.EqualTo(1));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void The_room_of_one_prepend_is_followed_by_what_was_first()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, [9]);

        Assert.That(packet.TryPrepend(4, out Span<byte> room));
        new byte[] { 1, 2, 3, 4 }.CopyTo(room);
        Assert.That(packet.FirstSpan[..4].ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
        ChainAssert.Holds(packet, [1, 2, 3, 4, 9]);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(16385)]
    [TestCase(int.MaxValue)]
    public void A_front_of_no_possible_length_is_a_mistake(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryPrepend(length, out _));
        before.AssertUnchanged(packet);
    }

    [Test]
    public void More_bytes_than_can_be_contiguous_are_a_mistake()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, static chain => chain.TryPrepend(new byte[16385]));
        ChainAssert.Holds(packet, Pattern(10));
    }

    [TestCase(SegmentKind.Internal, 1)]
    [TestCase(SegmentKind.Internal, 193)]
    [TestCase(SegmentKind.Shared, 1)]
    [TestCase(SegmentKind.ReadOnly, 14)]
    [TestCase(SegmentKind.Cluster, 129)]
    [TestCase(SegmentKind.Cluster, 16384)]
    public void An_exhausted_arena_leaves_the_chain_as_it_was(SegmentKind head, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(150);
        using MbufChain packet = Build(mbufs, bytes, new Segment(head, 120), Segment.Internal(30));
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryPrepend(length, out Span<byte> room), Is.False);
        Assert.That(room.IsEmpty);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        hoard.Release(mbufs);
        Assert.That(packet.TryPrepend(length, out _), "With memory it is served.");
    }

    [Test]
    public void A_cluster_that_finds_no_mbuf_goes_back()
    {
        MbufArena arena = NewArena(mbufs: 2, jumbo16: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        using (mbufs.AllocateMbuf())
        {
            Assert.That(packet.TryPrepend(10_000, out _), Is.False);
        }

        Assert.That(packet.TryPrepend(10_000, out _));
    }

    [Test]
    public void Shared_bytes_do_not_move_under_the_other_packet()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(500);
        using MbufChain packet = Packet(mbufs, bytes);
        using MbufChain share = packet.Share();

        Assert.That((packet.Headroom, share.Headroom), Is.EqualTo((0, 0)));
        Assert.That(packet.TryPrepend([1, 2]) && share.TryPrepend([3, 4, 5]));
        ChainAssert.Holds(packet, [1, 2, .. bytes]);
        ChainAssert.Holds(share, [3, 4, 5, .. bytes]);
    }

    [Test]
    public void The_flags_of_the_packet_stay_with_the_head_and_read_only_with_the_storage()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        packet.Flags |= MbufFlags.ReadOnly | MbufFlags.Broadcast;
        packet.ReceiveInterface = 3;

        Assert.That(packet.TryPrepend([1]));
        Assert.That(packet.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Broadcast));
        Assert.That(packet.IsWritable, "The new front is.");
        packet.TrimStart(1);
        Assert.That(packet.IsWritable, Is.False, "What was read-only still is.");
        Assert.That(packet.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Broadcast | MbufFlags.ReadOnly | MbufFlags.External));
        Assert.That(packet.ReceiveInterface, Is.EqualTo(3));
    }
}
