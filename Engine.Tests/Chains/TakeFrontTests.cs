using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class TakeFrontTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(10), Segment.EmptyCluster, Segment.Shared(15), Segment.Empty, Segment.Cluster(20),
        Segment.ReadOnly(5), Segment.Internal(19, lead: 30), Segment.Empty,
    ];

    private static readonly Segment[] s_firsts =
        [Segment.Internal(30), Segment.Internal(30, lead: 100), Segment.Cluster(30), Segment.Shared(30), Segment.ReadOnly(30), Segment.Empty];

    [Test]
    public void Both_parts_hold_their_bytes_and_both_can_grow([Range(0, 69)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(69);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        MbufChain copy = packet;

        Assert.That(packet.TryTakeFront(length, out MbufChain front));
        using (front)
        {
            ChainAssert.Holds(front, bytes.AsSpan(0, length));
            ChainAssert.Holds(packet, bytes.AsSpan(length));
            ChainAssert.Holds(copy, bytes.AsSpan(length));
            Assert.That(packet.HasPacketHeader && front.HasPacketHeader);
            Assert.That(front.TryAppend(Pattern(100, seed: 2)) && packet.TryAppend(Pattern(100, seed: 3)));
            Assert.That(front.TryPrepend([1]) && packet.TryPrepend([2]));
            ChainAssert.Holds(front, [1, .. bytes.AsSpan(0, length), .. Pattern(100, seed: 2)]);
            ChainAssert.Holds(packet, [2, .. bytes.AsSpan(length), .. Pattern(100, seed: 3)]);
        }
    }

    [TestCase(150, ExpectedResult = "front 100-50, rest 50!100!")]
    [TestCase(250, ExpectedResult = "front 100-100!50, rest 50!")]
    [TestCase(200, ExpectedResult = "front 100-100!, rest 100!")]
    [TestCase(50, ExpectedResult = "front 50, rest 50-100!100!")]
    public string A_record_ends_where_its_last_byte_is(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), Segment.Cluster(100));
        for (int i = 0; i < 2; i++)
        {
            MbufChain behind = BuildPlain(mbufs, Pattern(100), Segment.Cluster(100));
            behind.Flags |= MbufFlags.EndOfRecord;
            packet.Append(behind);
        }

        Assert.That(packet.TryTakeFront(length, out MbufChain front));
        using (front)
        {
            return $"front {Records(front)}, rest {Records(packet)}";
        }
    }

    /// <summary>The lengths of the mbufs, each with an exclamation mark where a record ends.</summary>
    private static string Records(MbufChain chain)
    {
        string text = "";
        for (uint index = chain.Index; index != 0; index = chain.At(index).Next)
        {
            bool ends = (chain.At(index).Flags & (uint)MbufFlags.EndOfRecord) != 0;
            text += $"{chain.At(index).SegmentLength}{(ends ? "!" : chain.At(index).Next != 0 ? "-" : "")}";
        }

        return text;
    }

    [Test]
    public void The_first_mbufs_change_places_whatever_their_storage(
        [Range(0, 5)] int first, [Range(0, 4)] int second, [Values(0, 1, 29, 30, 31, 59, 60)] int length, [Values] bool header)
    {
        using MbufScope mbufs = Arena.Enter();
        Segment[] layout = [s_firsts[first], s_firsts[second]];
        byte[] bytes = Pattern(layout.Sum(static segment => segment.Length));
        int cut = Math.Min(length, bytes.Length);
        using MbufChain chain = header ? Build(mbufs, bytes, layout) : BuildPlain(mbufs, bytes, layout);

        Assert.That(chain.TryTakeFront(cut, out MbufChain front));
        using (front)
        {
            Assert.That(front.IsNull, Is.EqualTo(cut == 0 && !header));
            if (!front.IsNull)
            {
                ChainAssert.Holds(front, bytes.AsSpan(0, cut));
                Assert.That(front.HasPacketHeader, Is.EqualTo(header));
            }

            ChainAssert.Holds(chain, bytes.AsSpan(cut));
        }

        Assert.That(chain.TryAppend(Pattern(3000)));
        ChainAssert.Holds(chain, [.. bytes.AsSpan(cut), .. Pattern(3000)]);
    }

    [Test]
    public void Messages_come_off_a_stream_one_by_one_and_its_identity_stays()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(60_000);
        using MbufChain stream = Packet(mbufs, bytes);
        var random = new Random(5);
        int taken = 0;
        while (!stream.IsEmpty)
        {
            int length = Math.Min(random.Next(1, 3000), stream.Length);
            Assert.That(stream.TryTakeFront(length, out MbufChain message));
            using (message)
            {
                ChainAssert.Holds(message, bytes.AsSpan(taken, length));
            }

            taken += length;
            ChainAssert.Holds(stream, bytes.AsSpan(taken));
            Assert.That(stream.IsEmpty || !stream.FirstSpan.IsEmpty);
        }
    }

    [Test]
    public void Each_keeps_what_is_its_own_of_the_packet_header()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(300), Segment.Cluster(200), Segment.Internal(100));
        packet.ReceiveInterface = 9;
        packet.FlowId = 77;
        packet.VlanTag = 5;
        packet.Flags |= MbufFlags.Broadcast;
        packet.PrependTag(mbufs.AllocateTag(1, 10));

        Assert.That(packet.TryTakeFront(250, out MbufChain front));
        using (front)
        {
            Assert.That((front.ReceiveInterface, front.FlowId, front.VlanTag, front.TryFindTag(1, out _)), Is.EqualTo(((ushort)9, 0u, (ushort)0, false)));
            Assert.That((packet.ReceiveInterface, packet.FlowId, packet.VlanTag, packet.TryFindTag(1, out _)), Is.EqualTo(((ushort)9, 77u, (ushort)5, true)));
            Assert.That(packet.Flags & MbufFlags.Broadcast, Is.EqualTo(MbufFlags.Broadcast));
            Assert.That(front.Flags & MbufFlags.Broadcast, Is.EqualTo(MbufFlags.None));
            Assert.That((front.PacketLength, packet.PacketLength), Is.EqualTo((250, 50)));
        }
    }

    [Test]
    public void Positions_go_on_in_what_stays_and_end_in_what_was_taken()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(90), Segment.Internal(30), Segment.Internal(30), Segment.Internal(30));
        Assert.That(packet.TryGetPosition(5, out MbufPosition first) & packet.TryGetPosition(35, out MbufPosition second)
            & packet.TryGetPosition(65, out MbufPosition third));

        Assert.That(packet.TryTakeFront(30, out MbufChain front));
        using (front)
        {
            Assert.That((third.Offset, third.OffsetInSegment), Is.EqualTo((35, 5)));
            AssertIsStale(first);
            AssertIsStale(second);
        }
    }

    [Test]
    public void A_cluster_that_is_cut_is_shared_and_written_by_neither()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(2000);
        using MbufChain packet = Packet(mbufs, bytes);
        Assert.That(packet.TryTakeFront(700, out MbufChain front));
        using (front)
        {
            Assert.That(packet.IsWritable || front.IsWritable, Is.False);
            Assert.That(front.TryAppend([1, 2, 3]), "It must not run into what stays.");
            ChainAssert.Holds(packet, bytes.AsSpan(700));
        }

        Assert.That(packet.IsWritable);
    }

    [TestCase(70)]
    [TestCase(int.MaxValue)]
    public void A_chain_that_is_shorter_is_left_as_it_was(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(69), s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        Assert.That(packet.TryTakeFront(length, out MbufChain front), Is.False);
        Assert.That(front.IsNull);
        before.AssertUnchanged(packet);
        Expect.Throws<ArgumentOutOfRangeException>(packet, static chain => chain.TryTakeFront(-1, out _));
        before.AssertUnchanged(packet);
    }

    [Test]
    public void An_exhausted_arena_leaves_the_chain_as_it_was([Values(1, 15, 30, 47, 60, 69)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(69);
        using MbufChain packet = Build(mbufs, bytes, s_layout[..^1]);
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        Assert.That(packet.TryTakeFront(length, out MbufChain front), Is.False);
        Assert.That(front.IsNull);
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
    }

    [Test]
    public void Between_two_mbufs_no_memory_is_needed()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(90);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(30), Segment.Cluster(30), Segment.Internal(30));
        Hoard hoard = Hoard.OfEverything(mbufs);
        Assert.That(packet.TryTakeFront(30, out MbufChain front));
        ChainAssert.Holds(front, bytes.AsSpan(0, 30));
        ChainAssert.Holds(packet, bytes.AsSpan(30));
        front.Free();
        hoard.Release(mbufs);
    }

    private static void AssertIsStale(MbufPosition position)
    {
        bool isStale = false;
        try
        {
            _ = position.Offset;
        }
        catch (MbufStaleException)
        {
            isStale = true;
        }

        Assert.That(isStale);
    }
}
