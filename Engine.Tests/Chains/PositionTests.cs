using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PositionTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(1), Segment.Shared(3, lead: 5), Segment.EmptyCluster, Segment.Empty, Segment.Cluster(1),
        Segment.Internal(1), Segment.ReadOnly(10), Segment.Jumbo(MbufClusterSize.Page, 7), Segment.Empty,
    ];

    private static readonly int[] s_lengths = [0, 1, 3, 0, 0, 1, 1, 10, 7, 0];

    [Test]
    public void Every_byte_is_found_in_the_mbuf_that_holds_it()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(23);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        for (int offset = 0; offset < bytes.Length; offset++)
        {
            Assert.That(packet.TryGetPosition(offset, out MbufPosition position));
            Assert.That((position.IsNull, position.IsEnd, position.Offset, position.Remaining), Is.EqualTo((false, false, offset, 23 - offset)));
            int start = offset - position.OffsetInSegment;
            Assert.That(position.Segment.SequenceEqual(bytes.AsSpan(start, position.Segment.Length)));
            Assert.That(position.Span.SequenceEqual(bytes.AsSpan(offset, position.Segment.Length - position.OffsetInSegment)));
            Assert.That(position.Span.Length, Is.GreaterThan(0), "A byte that exists is not at the end of an mbuf.");
        }
    }

    [Test]
    public void The_length_of_the_chain_is_the_end_of_its_last_mbuf_whether_that_is_empty_or_not([Values] bool emptyTail)
    {
        using MbufScope mbufs = Arena.Enter();
        Segment[] layout = emptyTail ? [Segment.Internal(5), Segment.Cluster(15), Segment.Empty] : [Segment.Internal(5), Segment.Cluster(15)];
        using MbufChain packet = Build(mbufs, Pattern(20), layout);

        Assert.That(packet.TryGetPosition(20, out MbufPosition end));
        Assert.That((end.IsEnd, end.Offset, end.Remaining, end.OffsetInSegment), Is.EqualTo((true, 20, 0, emptyTail ? 0 : 15)));
        Assert.That(end.Span.IsEmpty);
        Assert.That(end.TryGetNext(out MbufPosition next), Is.False);
        Assert.That(next.IsNull);
    }

    [Test]
    public void There_is_nothing_beyond_the_end([Values(21, 100, int.MaxValue)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(20), Segment.Internal(5), Segment.Cluster(15));

        Assert.That(packet.TryGetPosition(offset, out MbufPosition position), Is.False);
        Assert.That(position.IsNull);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_offset_is_a_mistake(int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryGetPosition(offset, out _));
    }

    [Test]
    public void A_walk_from_the_start_visits_every_mbuf_also_empty_ones()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(23);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        var lengths = new List<int>();
        int sum = 0;
        MbufPosition position = packet.Start;
        do
        {
            Assert.That((position.OffsetInSegment, position.Offset), Is.EqualTo((0, sum)));
            Assert.That(position.Span.SequenceEqual(bytes.AsSpan(sum, position.Segment.Length)));
            Assert.That(position.IsEnd, Is.EqualTo(sum == 23));
            lengths.Add(position.Segment.Length);
            sum += position.Segment.Length;
        }
        while (position.TryGetNext(out position));

        Assert.That(lengths, Is.EqualTo(s_lengths));
        Assert.That(position.IsNull);
    }

    [Test]
    public void The_next_mbuf_is_found_from_anywhere_in_this_one([Values(0, 3, 5)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(5), Segment.Internal(5), Segment.Empty);
        var position = new MbufPosition(packet, packet.Index, offset);

        Assert.That(position.TryGetNext(out MbufPosition next));
        Assert.That((next.Offset, next.IsEnd), Is.EqualTo((5, true)));
    }

    [Test]
    public void The_last_segment_is_the_last_mbuf_at_its_start()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(5), Segment.Cluster(15));
        using MbufChain single = Packet(mbufs, bytes);
        using MbufChain empty = mbufs.AllocatePacketWithoutCluster();

        MbufPosition last = packet.LastSegment;
        Assert.That((last.Offset, last.OffsetInSegment, last.Remaining), Is.EqualTo((5, 0, 15)));
        Assert.That(last.Span.SequenceEqual(bytes.AsSpan(5)));
        Assert.That(single.LastSegment.Offset, Is.Zero);
        Assert.That((empty.LastSegment.IsEnd, empty.Start.IsEnd, empty.Start.Remaining), Is.EqualTo((true, true, 0)));
        Assert.That(packet.TryAddRoom(10));
        Assert.That(packet.LastSegment.Offset, Is.EqualTo(20));
    }

    [Test]
    public void An_empty_chain_has_one_place_which_is_its_end()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();

        Assert.That(packet.TryGetPosition(0, out MbufPosition position));
        Assert.That((position.IsEnd, position.OffsetInSegment, position.Offset), Is.EqualTo((true, 0, 0)));
        Assert.That(packet.TryGetPosition(1, out _), Is.False);
    }

    [TestCase(SegmentKind.Internal, 10, true, 1)]
    [TestCase(SegmentKind.Cluster, 10, true, 1)]
    [TestCase(SegmentKind.Jumbo16, 10, true, 1)]
    [TestCase(SegmentKind.Shared, 10, false, 2)]
    [TestCase(SegmentKind.ReadOnly, 10, false, 1)]
    public void An_interior_mbuf_tells_of_its_storage(SegmentKind kind, int length, bool writable, int references)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20 + length);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(20), new Segment(kind, length, Lead: 6));
        Assert.That(packet.TryGetPosition(23, out MbufPosition position));

        int headroom = kind == SegmentKind.Internal ? 0 : Kind.Headroom;
        int size = kind switch { SegmentKind.Internal => 192, SegmentKind.Jumbo16 => 16384, _ => 2048 };
        Assert.That((position.IsWritable, position.ReferenceCount), Is.EqualTo((writable, references)));
        Assert.That(position.Headroom, Is.EqualTo(writable ? headroom + 6 : 0));
        Assert.That(position.Tailroom, Is.EqualTo(writable ? size - 6 - length : 0));
        MbufFlags flags = (kind == SegmentKind.Internal ? 0 : MbufFlags.External) | (kind == SegmentKind.ReadOnly ? MbufFlags.ReadOnly : 0);
        Assert.That(position.Flags, Is.EqualTo(flags));
        Assert.That(position.TryGetWritable(out Span<byte> span), Is.EqualTo(writable));
        Assert.That(span.Length, Is.EqualTo(writable ? length - 3 : 0));
        span.Clear();
        bytes.AsSpan(23, span.Length).Clear();
        ChainAssert.Holds(packet, bytes);
        FreePartners(mbufs);
        Assert.That(position.ReferenceCount, Is.EqualTo(1), "Alone again.");
        Assert.That(position.IsWritable, Is.EqualTo(kind != SegmentKind.ReadOnly));
    }

    [Test]
    public void The_flags_of_the_first_mbuf_are_the_packets()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        packet.Flags = MbufFlags.Multicast;

        Assert.That(packet.Start.Flags, Is.EqualTo(packet.Flags));
    }

    [Test]
    public void The_type_of_one_mbuf_is_changed_alone()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(9), Segment.Internal(3), Segment.Internal(3), Segment.Internal(3));
        Assert.That(packet.TryGetPosition(4, out MbufPosition second));
        second.Type = MbufType.Control;

        Assert.That(second.Type, Is.EqualTo(MbufType.Control));
        Assert.That((packet.Type, packet.LastSegment.Type), Is.EqualTo((MbufType.Data, MbufType.Data)));
    }

    [Test]
    public void What_comes_before_the_mbuf_later_is_counted()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(150), Segment.Cluster(150));
        Assert.That(packet.TryGetPosition(160, out MbufPosition position));

        Assert.That(packet.TryPrepend(Pattern(180)), "A new mbuf comes between.");
        Assert.That((position.Offset, position.OffsetInSegment, position.Remaining), Is.EqualTo((340, 10, 140)));
        Assert.That(position.Span.SequenceEqual(bytes.AsSpan(160)));
        packet.TrimStart(200);
        Assert.That((position.Offset, position.OffsetInSegment), Is.EqualTo((140, 10)));
        Assert.That(position.Span.SequenceEqual(bytes.AsSpan(160)));
        Assert.That(packet.TryAppend(Pattern(10)));
        Assert.That((position.Offset, position.Remaining), Is.EqualTo((140, 150)));
    }

    [Test]
    public void Bytes_that_come_into_the_headroom_or_go_do_not_change_what_is_named()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));
        Assert.That(packet.TryGetPosition(50, out MbufPosition position));
        int before = Math.Min(20, packet.Headroom);
        Assert.That(packet.TryPrepend(before, out _) && packet.TryAppend(Pattern(10)));
        Assert.That((position.Offset, position.OffsetInSegment, position.Span[0]), Is.EqualTo((50 + before, 50 + before, Pattern(100)[50])));
        packet.TrimStart(before + 50);
        packet.TrimEnd(50);
        Assert.That((position.Offset, position.Remaining, position.Span[0]), Is.EqualTo((0, 10, Pattern(100)[50])));
        packet.TrimStart(1);
        bool isStale = false;
        try
        {
            _ = position.Offset;
        }
        catch (MbufStaleException)
        {
            isStale = true;
        }

        Assert.That(isStale, "Its byte was trimmed off.");
    }

    [Test]
    public void The_end_has_one_meaning_whatever_room_there_is([Values(1000, 5000)] int room)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(room);
        Assert.That(packet.TryAppend(Pattern(10)));
        Assert.That(packet.TryGetPosition(10, out MbufPosition end));
        MbufReader reader = packet.GetReader();
        Assert.That(reader.TryAdvance(10) && packet.TryAppend([1, 2, 3]));

        Assert.That((end.Offset, end.Remaining, end.IsEnd), Is.EqualTo((10, 3, false)));
        Assert.That((reader.Position, reader.Remaining), Is.EqualTo((10, 3)));
    }

    /// <summary>A storage that was given back comes to the head again: what is in the same place then is another byte.</summary>
    [Test]
    public void A_place_that_comes_again_is_not_taken_for_the_one_that_was()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));
        packet.TryGetPosition(50, out MbufPosition position);
        for (int i = 0; i < 4; i++)
        {
            using MbufChain share = packet.Share();
            Assert.That(packet.TryCopyFrom(0, [1]));
            packet.TrimStart(1);
            bool isStale = false;
            try
            {
                _ = position.Span;
            }
            catch (MbufStaleException)
            {
                isStale = true;
            }

            Assert.That(isStale, $"After {i + 1} private copies.");
        }
    }

    [Test]
    public void It_can_be_printed_in_any_state()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        MbufPosition position = packet.Start;

        Assert.That(position.ToString(), Does.StartWith("byte 0 of the 10 of mbuf"));
        packet.Free();
        Assert.That(position.ToString(), Does.Contain("freed"));
        Assert.That(default(MbufPosition).ToString(), Is.EqualTo("position null"));
    }
}
