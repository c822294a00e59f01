using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Room for a number of bytes that is not known yet, and what is counted of it.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class GetRoomTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[][] s_layouts =
    [
        [Segment.Internal(10)], [Segment.Cluster(20)], [Segment.Cluster(2000)], [Segment.Shared(15)], [Segment.ReadOnly(5)],
        [Segment.Internal(10), Segment.Empty], [Segment.Internal(190), Segment.Empty, Segment.EmptyCluster], [Segment.Empty],
    ];

    [Test]
    public void What_is_written_into_the_room_and_committed_is_data_in_any_layout(
        [Range(0, 7)] int layout, [Values(0, 1, 100, 500, 2048, 9000)] int atLeast, [Values] bool header)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(s_layouts[layout].Sum(static segment => segment.Length));
        using MbufChain chain = header ? Build(mbufs, bytes, s_layouts[layout]) : BuildPlain(mbufs, bytes, s_layouts[layout]);

        Assert.That(chain.TryGetRoom(atLeast, out Span<byte> room));
        Assert.That(room.Length, Is.GreaterThanOrEqualTo(Math.Max(atLeast, 1)));
        ChainAssert.Holds(chain, bytes);
        byte[] more = Pattern(room.Length, seed: 2);
        more.CopyTo(room);
        int count = room.Length / 2;
        chain.Commit(count);
        ChainAssert.Holds(chain, [.. bytes, .. more.AsSpan(0, count)]);
        Assert.That(chain.TryAppend(Pattern(5000, seed: 3)));
        ChainAssert.Holds(chain, [.. bytes, .. more.AsSpan(0, count), .. Pattern(5000, seed: 3)]);
    }

    [Test]
    public void A_commit_of_nothing_leaves_the_room_offered()
    {
        byte[] bytes = Pattern(600);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..100], Segment.Cluster(100));
        Assert.That(chain.TryGetRoom(3000, out Span<byte> room));
        chain.Commit(0);
        bytes.AsSpan(100).CopyTo(room);
        chain.Commit(500);
        ChainAssert.Holds(chain, bytes);
    }

    [Test]
    public void Room_in_advance_is_given_from_its_first_mbuf_on_that_has_enough()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(3 * 2048);
        byte[] bytes = Pattern(6000);
        Assert.That(packet.TryAppend(bytes.AsSpan(0, 2000)));
        int segments = packet.SegmentCount;

        Assert.That(packet.TryGetRoom(1000, out Span<byte> room)); // Not in the first cluster, whose rest is too little.
        bytes.AsSpan(2000, 1000).CopyTo(room);
        packet.Commit(1000);
        ChainAssert.Holds(packet, bytes.AsSpan(0, 3000));
        Assert.That(packet.TryGetRoom(2048, out room)); // In the last one.
        bytes.AsSpan(3000, 2048).CopyTo(room);
        packet.Commit(2048);
        ChainAssert.Holds(packet, bytes.AsSpan(0, 5048));
        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
    }

    [Test]
    public void The_last_room_that_was_taken_counts()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(2 * 2048);
        Assert.That(packet.TryAppend(Pattern(2000)) && packet.TryGetRoom(1000, out _) && packet.TryGetRoom(10, out Span<byte> room));
        Assert.That(packet.TryGetRoom(10, out room));
        Assert.That(room.Length, Is.EqualTo(48), "What the first cluster has left.");
        room.Fill(7);
        packet.Commit(48);
        ChainAssert.Holds(packet, [.. Pattern(2000), .. Enumerable.Repeat((byte)7, 48)]);
    }

    [Test]
    public void Nothing_committed_leaves_the_data_as_it_was_and_the_room_for_the_next([Values(0, 3000)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(length));
        Assert.That(packet.TryGetRoom(4000, out Span<byte> room));
        packet.Commit(0);
        ChainAssert.Holds(packet, Pattern(length));
        int segments = packet.SegmentCount;
        Assert.That(packet.TryGetRoom(4000, out Span<byte> again));
        Assert.That((again.Length, packet.SegmentCount), Is.EqualTo((room.Length, segments)));
    }

    [Test]
    public void More_than_there_is_room_is_refused([Values(-1, 2049, int.MaxValue)] int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        Assert.That(packet.TryGetRoom(100, out _));
        ChainSnapshot before = ChainSnapshot.Of(packet);
        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.Commit(count));
        before.AssertUnchanged(packet);
    }

    [Test]
    public void Room_that_became_another_packets_too_is_not_committed()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(10), Segment.Cluster(10));
        Assert.That(packet.TryGetRoom(100, out _));
        using MbufChain share = packet.Share();
        Expect.Throws<ArgumentOutOfRangeException>(packet, static chain => chain.Commit(10));
        ChainAssert.Holds(share, Pattern(10));
    }

    [TestCase(-1)]
    [TestCase(16_385)]
    public void Room_that_cannot_be_is_a_mistake(int atLeast)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryGetRoom(atLeast, out _));
    }

    [Test]
    public void An_exhausted_arena_leaves_the_chain_as_it_was()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(2000), Segment.Cluster(2000));
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        Assert.That(packet.TryGetRoom(100, out Span<byte> room), Is.False);
        Assert.That(room.IsEmpty);
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
    }

    [Test]
    public void The_mark_of_a_record_is_at_the_end_of_what_is_committed()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(192), Segment.Internal(192));
        packet.Flags |= MbufFlags.EndOfRecord;
        Assert.That(packet.TryGetRoom(100, out Span<byte> room));
        room[..100].Clear();
        packet.Commit(100);
        Assert.That((packet.LastSegment.Flags & MbufFlags.EndOfRecord, packet.Flags & MbufFlags.EndOfRecord),
            Is.EqualTo((MbufFlags.EndOfRecord, MbufFlags.None)));
    }
}
