using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Packets that do not come in at the tail one by one: put back at the head, or taken over from another queue.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class QueueJoinTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void What_is_put_at_the_head_is_first_whatever_the_limit()
    {
        var queue = new MbufQueue(Arena, limit: 1);
        using MbufScope mbufs = Arena.Enter();
        for (int length = 3; length > 0; length--)
        {
            using MbufChain packet = Packet(mbufs, Pattern(length));
            queue.EnqueueFirst(packet);
            Assert.That(packet.IsOwned, Is.False);
        }

        Assert.That((queue.Count, queue.Length, queue.Drops, queue.IsFull, queue.IsEmpty), Is.EqualTo((3, 6L, 0L, true, false)));
        AssertLeave(queue, mbufs, 1, 2, 3);
    }

    [Test]
    public void A_queue_that_was_begun_at_the_head_goes_on_at_the_tail()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        queue.EnqueueFirst(Packet(mbufs, Pattern(2)));
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(3))));
        queue.EnqueueFirst(Packet(mbufs, Pattern(1)));
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(4))));

        AssertLeave(queue, mbufs, 1, 2, 3, 4);
    }

    [Test]
    public void A_packet_that_was_taken_off_can_be_put_back()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(1))) && queue.TryEnqueue(Packet(mbufs, Pattern(2))));
        for (int i = 0; i < 5; i++)
        {
            Assert.That(queue.TryDequeue(mbufs, out MbufChain packet));
            queue.EnqueueFirst(packet);
        }

        AssertLeave(queue, mbufs, 1, 2);
    }

    [TestCase(0, 0)]
    [TestCase(0, 2)]
    [TestCase(2, 0)]
    [TestCase(1, 1)]
    [TestCase(3, 3)]
    public void All_packets_of_another_queue_come_behind_whatever_the_limit(int count, int others)
    {
        var queue = new MbufQueue(Arena, limit: 3);
        var other = new MbufQueue(Arena, limit: 3);
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count + others; i++)
        {
            Assert.That((i < count ? queue : other).TryEnqueue(Packet(mbufs, Pattern(i + 1))));
        }

        queue.Append(mbufs, other);
        Assert.That((other.Count, other.Length, other.IsEmpty), Is.EqualTo((0, 0L, true)));
        Assert.That((queue.Count, queue.Drops), Is.EqualTo((count + others, 0L)));
        Assert.That(other.TryEnqueue(Packet(mbufs, Pattern(50))), "It can be used again.");
        queue.EnqueueFirst(Packet(mbufs, []));
        AssertLeave(queue, mbufs, [0, .. Enumerable.Range(1, count + others)]);
        AssertLeave(other, mbufs, 50);
    }

    [Test]
    public void The_drops_of_the_other_queue_stay_its_own()
    {
        var queue = new MbufQueue(Arena);
        var other = new MbufQueue(Arena, limit: 1);
        using MbufScope mbufs = Arena.Enter();
        Assert.That(other.TryEnqueue(Packet(mbufs, [])));
        using MbufChain refused = Packet(mbufs, []);
        Assert.That(other.TryEnqueue(refused), Is.False);

        queue.Append(mbufs, other);
        Assert.That((queue.Drops, other.Drops), Is.EqualTo((0L, 1L)));
        AssertLeave(queue, mbufs, 0);
    }

    [Test]
    public void Mistakes_change_nothing()
    {
        MbufArena arena = NewArena(mbufs: 4, clusters: 4);
        var queue = new MbufQueue(Arena);
        var foreignQueue = new MbufQueue(arena);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = arena.Enter();
        using MbufChain foreign = Packet(others, Pattern(10));
        MbufChain stale = Packet(mbufs, Pattern(10));
        stale.Free();
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(5))));

        Expect.Throws<ArgumentException>(mbufs, scope => queue.Append(scope, queue));
        Expect.Throws<ArgumentNullException>(mbufs, scope => queue.Append(scope, null!));
        Expect.Throws<MbufForeignException>(mbufs, scope => queue.Append(scope, foreignQueue));
        Expect.Throws<MbufForeignException>(others, scope => queue.Append(scope, new MbufQueue(Arena)));
        Expect.Throws<MbufForeignException>(foreign, chain => queue.EnqueueFirst(chain));
        Expect.Throws<MbufStaleException>(stale, chain => queue.EnqueueFirst(chain));
        Expect.Throws<NullReferenceException>(default, chain => queue.EnqueueFirst(chain));
        AssertLeave(queue, mbufs, 5);
    }

    [Test]
    public void A_closed_scope_cannot_append([Values] bool empty)
    {
        var queue = new MbufQueue(Arena);
        var other = new MbufQueue(Arena);
        MbufScope closed = Arena.Enter();
        Assert.That(empty || (other.TryEnqueue(Packet(closed, [])) && queue.TryEnqueue(Packet(closed, []))));
        closed.Dispose();

        Expect.Throws<ObjectDisposedException>(closed, scope => queue.Append(scope, other));
        using MbufScope mbufs = Arena.Enter();
        Assert.That(queue.Drain(mbufs) + other.Drain(mbufs), Is.EqualTo(empty ? 0 : 2));
    }

    /// <summary>Empties a queue whose packets have these lengths, in this order.</summary>
    private static void AssertLeave(MbufQueue queue, in MbufScope mbufs, params int[] lengths)
    {
        foreach (int length in lengths)
        {
            Assert.That(queue.TryDequeue(mbufs, out MbufChain packet));
            ChainAssert.Holds(packet, Pattern(length));
            packet.Free();
        }

        Assert.That((queue.TryDequeue(mbufs, out _), queue.Count, queue.Length), Is.EqualTo((false, 0, 0L)));
    }
}
