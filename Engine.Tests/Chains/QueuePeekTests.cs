using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class QueuePeekTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void The_first_and_the_last_packet_are_seen_and_stay()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        for (int i = 1; i <= 3; i++)
        {
            Assert.That(queue.TryEnqueue(Build(mbufs, Pattern(100 + i), Segment.Internal(100), Segment.Cluster(i))));
            Assert.That(queue.TryPeekFirst(mbufs, out MbufPosition first));
            Assert.That(queue.TryPeekLast(mbufs, out MbufPosition last));
            Assert.That((first.Remaining, last.Remaining), Is.EqualTo((101, 100 + i)));
            Assert.That(last.Span.SequenceEqual(Pattern(100 + i).AsSpan(0, 100)));
            Assert.That(last.TryGetNext(out MbufPosition next) && next.Span.SequenceEqual(Pattern(100 + i).AsSpan(100)));
        }

        Assert.That((queue.Count, queue.Length), Is.EqualTo((3, 306L)));
        for (int i = 1; i <= 3; i++)
        {
            Assert.That(queue.TryPeekFirst(mbufs, out MbufPosition first) && first.Remaining == 100 + i);
            Assert.That(queue.TryDequeue(mbufs, out MbufChain packet));
            ChainAssert.Holds(packet, Pattern(100 + i));
            packet.Free();
        }
    }

    [Test]
    public void What_was_last_is_looked_at_anew_when_another_comes_behind_it()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(5))));
        Assert.That(queue.TryPeekLast(mbufs, out MbufPosition last) && last.Remaining == 5);
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(6))));
        bool isStale = false;
        try
        {
            _ = last.Remaining;
        }
        catch (MbufStaleException)
        {
            isStale = true;
        }

        Assert.That(isStale);
        Assert.That(queue.TryPeekFirst(mbufs, out MbufPosition first) && first.Remaining == 5);
        queue.Drain(mbufs);
    }

    [Test]
    public void One_packet_is_the_first_and_the_last_wherever_it_was_put([Values] bool atHead)
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        if (atHead)
        {
            queue.EnqueueFirst(Packet(mbufs, Pattern(5)));
        }
        else
        {
            Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(5))));
        }

        Assert.That(queue.TryPeekFirst(mbufs, out MbufPosition first));
        Assert.That(queue.TryPeekLast(mbufs, out MbufPosition last));
        Assert.That(first.Span.SequenceEqual(Pattern(5)) && last.Span.SequenceEqual(Pattern(5)));
        queue.Drain(mbufs);
    }

    [Test]
    public void Joined_queues_end_with_the_last_packet_of_the_other()
    {
        var queue = new MbufQueue(Arena);
        var other = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(1))) && other.TryEnqueue(Packet(mbufs, Pattern(2))));
        queue.Append(mbufs, other);

        Assert.That(queue.TryPeekFirst(mbufs, out MbufPosition first) && first.Remaining == 1);
        Assert.That(queue.TryPeekLast(mbufs, out MbufPosition last) && last.Remaining == 2);
        Assert.That(other.TryPeekFirst(mbufs, out _) || other.TryPeekLast(mbufs, out _), Is.False);
        queue.Drain(mbufs);
    }

    [Test]
    public void A_position_stays_right_when_its_packet_goes_to_another_queue_with_all_others()
    {
        var queue = new MbufQueue(Arena);
        var other = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        Assert.That(other.TryEnqueue(Packet(mbufs, Pattern(10))));
        Assert.That(other.TryPeekFirst(mbufs, out MbufPosition position));
        queue.Append(mbufs, other);

        Assert.That(position.Span.SequenceEqual(Pattern(10)));
        queue.Drain(mbufs);
        Expect.Throws<MbufStaleException>(position, static gone => _ = gone.Span);
    }

    [Test]
    public void An_empty_queue_has_neither()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        Assert.That(queue.TryPeekFirst(mbufs, out MbufPosition first), Is.False);
        Assert.That(queue.TryPeekLast(mbufs, out MbufPosition last), Is.False);
        Assert.That(first.IsNull && last.IsNull);

        Assert.That(queue.TryEnqueue(Packet(mbufs, [])));
        queue.Drain(mbufs);
        Assert.That(queue.TryPeekLast(mbufs, out last), Is.False, "Nor one that was emptied.");
        Assert.That(last.IsNull);
    }

    /// <summary>Who has peeked holds no claim: the packet's next owner may free it.</summary>
    [Test]
    public void A_position_is_stale_once_its_packet_has_left()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(5))));
        Assert.That(queue.TryPeekFirst(mbufs, out MbufPosition position));
        Assert.That(queue.TryDequeue(mbufs, out MbufChain packet));
        using (packet)
        {
            bool stale = false;
            try
            {
                _ = position.Span;
            }
            catch (MbufStaleException)
            {
                stale = true;
            }

            Assert.That(stale);
            ChainAssert.Holds(packet, Pattern(5));
        }
    }

    [Test]
    public void A_foreign_or_closed_scope_sees_nothing([Values] bool empty)
    {
        MbufArena arena = NewArena(mbufs: 4, clusters: 4);
        var queue = new MbufQueue(Arena);
        MbufScope closed = Arena.Enter();
        Assert.That(empty || queue.TryEnqueue(Packet(closed, Pattern(5))));
        closed.Dispose();
        using (MbufScope foreign = arena.Enter())
        {
            Expect.Throws<MbufForeignException>(foreign, scope => queue.TryPeekFirst(scope, out _));
            Expect.Throws<MbufForeignException>(foreign, scope => queue.TryPeekLast(scope, out _));
        }

        Expect.Throws<ObjectDisposedException>(closed, scope => queue.TryPeekFirst(scope, out _));
        Expect.Throws<ObjectDisposedException>(closed, scope => queue.TryPeekLast(scope, out _));

        using MbufScope mbufs = Arena.Enter();
        queue.Drain(mbufs);
    }
}
