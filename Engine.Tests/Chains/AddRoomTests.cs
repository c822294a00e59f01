using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>m_getm onto a chain that exists.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AddRoomTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[][] s_layouts =
    [
        [Segment.Empty], [Segment.Internal(10)], [Segment.Internal(192)], [Segment.Cluster(100, lead: 20)], [Segment.Cluster(2048)],
        [Segment.Shared(300)], [Segment.ReadOnly(300)], [Segment.Jumbo(MbufClusterSize.Page, 4096), Segment.Empty],
        [Segment.Empty, Segment.Empty, Segment.EmptyCluster], [Segment.Internal(1), Segment.Empty, Segment.Shared(1), Segment.Empty],
    ];

    [Test]
    public void Room_is_added_behind_and_filled_in_order(
        [ValueSource(nameof(s_layouts))] Segment[] layout, [Values(1, 192, 193, 2048, 2049, 9000)] int length, [Values] bool header)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(layout.Sum(static segment => segment.Length));
        using MbufChain chain = header ? Build(mbufs, bytes, layout) : BuildPlain(mbufs, bytes, layout);
        int tailroom = chain.Tailroom;

        Assert.That(chain.TryAddRoom(length));
        ChainAssert.Holds(chain, bytes);
        Assert.That(chain.HasPacketHeader, Is.EqualTo(header));
        Assert.That(chain.Tailroom, Is.GreaterThanOrEqualTo(tailroom + length));
        int segments = chain.SegmentCount;
        Assert.That(segments, Is.EqualTo(layout.Length + ((length + 2047) / 2048)));
        byte[] more = Pattern(tailroom + length, seed: 2);
        foreach (byte[] piece in more.Chunk(777))
        {
            Assert.That(chain.TryAppend(piece));
        }

        Assert.That(chain.SegmentCount, Is.EqualTo(segments));
        ChainAssert.Holds(chain, [.. bytes, .. more]);
    }

    [Test]
    public void Room_can_be_added_to_room_and_everything_else_still_works()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(3000);
        byte[] bytes = Pattern(20_000);
        Assert.That(packet.TryAppend(bytes.AsSpan(0, 500)) && packet.TryAddRoom(3000) && packet.TryAddRoom(100) && packet.TryAddRoom(5000));
        int segments = packet.SegmentCount;
        Assert.That(packet.TryAppend(1000, out Span<byte> room));
        bytes.AsSpan(500, 1000).CopyTo(room);
        Assert.That(packet.TryCopyFrom(1500, bytes.AsSpan(1500, 5500)));
        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
        ChainAssert.Holds(packet, bytes.AsSpan(0, 7000));
        Assert.That(packet.TrySplit(6000, out MbufChain rest));
        packet.Append(rest);
        Assert.That(packet.TryAppend(bytes.AsSpan(7000)));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void No_room_is_no_mbuf()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, [1, 2]);
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(packet.TryAddRoom(0));
        Assert.That(packet.SegmentCount, Is.EqualTo(1));
        hoard.Release(mbufs);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_room_is_a_mistake(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, [1, 2]);

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryAddRoom(length));
    }

    [Test]
    public void The_mark_of_a_record_s_end_moves_to_the_end()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, [1, 2]);
        packet.Flags = MbufFlags.EndOfRecord | MbufFlags.Broadcast;

        Assert.That(packet.TryAddRoom(0) && packet.Flags.HasFlag(MbufFlags.EndOfRecord));
        Assert.That(packet.TryAddRoom(5000));
        Assert.That(packet.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.External | MbufFlags.Broadcast));
        uint last = packet.VerifiedHead().Tail;
        Assert.That(packet.Cache.Hot.Memory.Header(last).Flags & (uint)MbufFlags.EndOfRecord, Is.Not.Zero);
    }

    [Test]
    public void Being_denied_leaves_the_chain_as_it_was([ValueSource(nameof(s_layouts))] Segment[] layout)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(layout.Sum(static segment => segment.Length));
        using MbufChain packet = Build(mbufs, bytes, layout);
        packet.Flags |= MbufFlags.EndOfRecord;
        Hoard hoard = Hoard.OfEverything(mbufs);
        hoard.ReleaseClusters(mbufs, 1);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryAddRoom(5000), Is.False);
        Assert.That(packet.TryAddRoom(int.MaxValue), Is.False);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.TryAddRoom(2048), "What was taken came back.");
        hoard.Release(mbufs);
    }
}
