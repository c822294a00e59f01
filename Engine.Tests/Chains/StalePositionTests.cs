using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>What can be done with a position, tried on positions whose mbuf or packet is gone.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class StalePositionTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Action<MbufPosition>[] s_uses =
    [
        static position => _ = position.Offset,
        static position => _ = position.OffsetInSegment,
        static position => _ = position.Span,
        static position => _ = position.Segment,
        static position => _ = position.Remaining,
        static position => _ = position.IsEnd,
        static position => _ = position.IsWritable,
        static position => _ = position.ReferenceCount,
        static position => _ = position.Flags,
        static position => _ = position.Type,
        static position => position.Type = MbufType.Control,
        static position => _ = position.Headroom,
        static position => _ = position.Tailroom,
        static position => position.TryGetWritable(out _),
        static position => position.TryGetNext(out _),
    ];

    [Test]
    public void Every_use_works_while_the_mbuf_is_there()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(15, out MbufPosition position));
        foreach (Action<MbufPosition> use in s_uses)
        {
            use(position);
        }
    }

    [Test]
    public void The_null_position_is_refused()
    {
        foreach (Action<MbufPosition> use in s_uses)
        {
            Expect.Throws<NullReferenceException>(default(MbufPosition), use);
        }
    }

    [Test]
    public void An_mbuf_that_was_freed_by_a_trim_is_refused([Values] bool fromTheEnd)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(15, out MbufPosition position));
        _ = fromTheEnd ? packet.TrimEnd(20) : packet.TrimStart(20);

        IsStale(position);
    }

    [Test]
    public void An_mbuf_whose_bytes_moved_into_the_head_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(15, out MbufPosition position));
        packet.TrimStart(10);

        IsStale(position);
        Assert.That(packet.TryGetPosition(5, out position));
        Assert.That(position.Span.SequenceEqual(Pattern(30).AsSpan(15, 5)));
    }

    [Test]
    public void An_mbuf_that_was_pulled_up_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(15, out MbufPosition position));
        Assert.That(packet.TryPullUp(20, out _));

        IsStale(position);
    }

    [Test]
    public void An_mbuf_that_serves_another_packet_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        MbufPosition last = packet.LastSegment;
        packet.TrimEnd(10);
        using MbufChain next = mbufs.AllocatePacketWithoutCluster();
        Assert.That(next.TryAppend(Pattern(10)));

        IsStale(last);
        Assert.That(next.Type, Is.EqualTo(MbufType.Data));
    }

    [Test]
    public void An_mbuf_that_was_trimmed_to_less_than_the_offset_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(28, out MbufPosition position));
        Assert.That(packet.TryGetPosition(30, out MbufPosition end));
        packet.TrimEnd(2);

        Assert.That((position.Span.IsEmpty, position.IsEnd), Is.EqualTo((true, true)), "Exactly at the end is a place.");
        IsStale(end);
        packet.TrimEnd(1);
        IsStale(position);
    }

    [Test]
    public void An_mbuf_that_a_split_moved_to_the_rest_is_refused([Values(12, 25)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(offset, out MbufPosition position));
        Assert.That(packet.TrySplit(10, out MbufChain rest));
        using MbufChain owned = rest;

        IsStale(position);
        owned.Free();
        IsStale(position);
    }

    [Test]
    public void An_mbuf_that_was_moved_is_refused_also_when_the_chain_has_grown_again([Values(12, 25)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(offset, out MbufPosition position));
        Assert.That(packet.TrySplit(10, out MbufChain rest));
        Mbuf given = rest.Detach();
        Assert.That(packet.TryAppend(Pattern(100)));

        IsStale(position);
        mbufs.Free([given]);
    }

    [Test]
    public void An_mbuf_that_was_moved_is_refused_also_when_the_chain_was_longer_than_the_position_knows()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(25, out MbufPosition position));
        Assert.That(packet.TryPrepend(Pattern(1000)));
        Assert.That(packet.TrySplit(1015, out MbufChain rest));
        using MbufChain owned = rest;

        IsStale(position);
    }

    [Test]
    public void A_packet_that_was_freed_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(15, out MbufPosition position));
        MbufPosition start = packet.Start;
        packet.Free();

        IsStale(position);
        IsStale(start);
    }

    [Test]
    public void A_packet_that_was_given_away_is_refused_also_after_it_came_back([Values] bool queued)
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(15, out MbufPosition position));
        Mbuf handle = default;
        if (queued)
        {
            Assert.That(queue.TryEnqueue(packet));
        }
        else
        {
            handle = packet.Detach();
        }

        IsStale(position);
        MbufChain back = queued && queue.TryDequeue(mbufs, out MbufChain dequeued) ? dequeued : mbufs.Open(handle);
        IsStale(position);
        back.Free();
    }

    [Test]
    public void A_packet_that_was_appended_to_another_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain first = Packet(mbufs, Pattern(10));
        MbufChain packet = ThreeSegments(mbufs);
        Assert.That(packet.TryGetPosition(15, out MbufPosition position));
        first.Append(packet);

        IsStale(position);
        Assert.That(first.TryGetPosition(25, out position));
        Assert.That(position.OffsetInSegment, Is.EqualTo(5));
    }

    [Test]
    public void A_closed_scope_is_refused()
    {
        MbufScope closed = Arena.Enter();
        MbufChain packet = ThreeSegments(closed);
        Mbuf handle = HandleOf(packet);
        MbufPosition position = packet.Start;
        closed.Dispose();
        foreach (Action<MbufPosition> use in s_uses)
        {
            Expect.Throws<ObjectDisposedException>(position, use);
        }

        using MbufScope mbufs = Arena.Enter();
        mbufs.Free([handle]);
    }

    private static void IsStale(MbufPosition position)
    {
        foreach (Action<MbufPosition> use in s_uses)
        {
            Expect.Throws<MbufStaleException>(position, use);
        }
    }

    private MbufChain ThreeSegments(in MbufScope mbufs)
        => Build(mbufs, Pattern(30), Segment.Internal(10), Segment.Internal(10), Segment.Internal(10));
}
