using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class QueueTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Packets_leave_in_the_order_in_which_they_came()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < 20; i++)
        {
            Assert.That(queue.TryEnqueue(Build(mbufs, Pattern(i + 300), Segment.Cluster(300), Segment.Internal(i))));
        }

        Assert.That((queue.Count, queue.Length), Is.EqualTo((20, 20 * 300L + 190)));
        for (int i = 0; i < 20; i++)
        {
            Assert.That(queue.TryDequeue(mbufs, out MbufChain packet));
            ChainAssert.Holds(packet, Pattern(i + 300));
            packet.Free();
        }

        Assert.That((queue.Count, queue.Length, queue.Drops), Is.EqualTo((0, 0L, 0L)));
    }

    [Test]
    public void An_empty_queue_gives_nothing_and_is_as_good_as_new([Values(1, 3)] int times)
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < times; i++)
        {
            Assert.That(queue.TryDequeue(mbufs, out MbufChain none), Is.False);
            Assert.That(none.IsNull);
            Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(i))));
            Assert.That(queue.TryDequeue(mbufs, out MbufChain packet));
            ChainAssert.Holds(packet, Pattern(i));
            packet.Free();
        }
    }

    [Test]
    public void Enqueueing_and_dequeueing_can_alternate()
    {
        var queue = new MbufQueue(Arena, limit: 3);
        using MbufScope mbufs = Arena.Enter();
        int entered = 0;
        int left = 0;
        while (left < 40)
        {
            while (!queue.IsFull && entered < 40)
            {
                Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(entered++))));
            }

            Assert.That(queue.TryDequeue(mbufs, out MbufChain packet));
            ChainAssert.Holds(packet, Pattern(left++));
            packet.Free();
        }
    }

    [Test]
    public void A_full_queue_refuses_counts_and_leaves_the_packet_to_its_owner()
    {
        var queue = new MbufQueue(Arena, limit: 2);
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < 5; i++)
        {
            using MbufChain packet = Packet(mbufs, Pattern(i));
            Assert.That(queue.TryEnqueue(packet), Is.EqualTo(i < 2));
            Assert.That(packet.IsOwned, Is.EqualTo(i >= 2));
        }

        Assert.That((queue.Count, queue.Drops, queue.Limit, queue.IsFull), Is.EqualTo((2, 3L, 2, true)));
        Assert.That(queue.Drain(mbufs), Is.EqualTo(2));
        Assert.That((queue.Count, queue.IsFull, queue.IsEmpty), Is.EqualTo((0, false, true)));
    }

    [Test]
    public void Without_a_limit_a_queue_takes_what_the_arena_has()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        for (MbufChain packet = mbufs.AllocateMbuf(); !packet.IsNull; packet = mbufs.AllocateMbuf())
        {
            Assert.That(queue.TryEnqueue(packet));
            Assert.That(queue.IsFull, Is.False);
        }

        Assert.That(queue.Drain(mbufs), Is.EqualTo(256));
        Assert.That(queue.Drain(mbufs), Is.Zero);
    }

    [Test]
    public void An_enqueued_packet_belongs_to_the_queue_and_a_dequeued_one_to_the_caller()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        Assert.That(queue.TryEnqueue(packet));

        Expect.Throws<MbufStaleException>(packet, static chain => chain.TrimStart(1));
        Expect.Throws<MbufStaleException>(packet, chain => queue.TryEnqueue(chain));
        Assert.That(queue.TryDequeue(mbufs, out MbufChain dequeued));
        Assert.That(dequeued.IsOwned);
        Assert.That(packet.IsOwned, Is.False, "The chain from before is not revived.");
        dequeued.Free();
    }

    [Test]
    public void A_queue_outlives_the_scope_of_its_packets()
    {
        var queue = new MbufQueue(Arena);
        using (MbufScope mbufs = Arena.Enter())
        {
            Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(10))) && queue.TryEnqueue(Packet(mbufs, Pattern(20))));
        }

        using MbufScope later = Arena.Enter();
        Assert.That(queue.TryDequeue(later, out MbufChain packet));
        ChainAssert.Holds(packet, Pattern(10));
        packet.Free();
        Assert.That(queue.Drain(later), Is.EqualTo(1));
    }

    [Test]
    public void A_foreign_packet_and_a_foreign_scope_are_mistakes()
    {
        MbufArena other = NewArena(mbufs: 4, clusters: 4);
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope foreign = other.Enter();
        using MbufChain packet = Packet(foreign, Pattern(10));

        Expect.Throws<MbufForeignException>(packet, chain => queue.TryEnqueue(chain));
        Expect.Throws<MbufForeignException>(foreign, scope => queue.TryDequeue(scope, out _));
        Expect.Throws<MbufForeignException>(foreign, scope => queue.Drain(scope));
        Assert.That(queue.Count, Is.Zero);
        ChainAssert.Holds(packet, Pattern(10));
    }

    [Test]
    public void A_closed_scope_cannot_dequeue([Values] bool empty)
    {
        var queue = new MbufQueue(Arena);
        MbufScope closed = Arena.Enter();
        Assert.That(empty || queue.TryEnqueue(Packet(closed, Pattern(10))));
        closed.Dispose();

        Expect.Throws<ObjectDisposedException>(closed, scope => queue.TryDequeue(scope, out _));
        Expect.Throws<ObjectDisposedException>(closed, scope => queue.Drain(scope));
        using MbufScope mbufs = Arena.Enter();
        Assert.That(queue.Drain(mbufs), Is.EqualTo(empty ? 0 : 1));
    }

    [Test]
    public void A_queue_needs_an_arena_and_a_limit_that_is_not_negative()
    {
        Assert.That(() => new MbufQueue(null!), Throws.TypeOf<ArgumentNullException>());
        Assert.That(() => new MbufQueue(Arena, -1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_queue_says_what_it_holds()
    {
        var queue = new MbufQueue(Arena, limit: 1);
        using MbufScope mbufs = Arena.Enter();
        Assert.That(queue.TryEnqueue(Packet(mbufs, Pattern(10))));
        using MbufChain refused = mbufs.AllocateMbuf();
        Assert.That(queue.TryEnqueue(refused), Is.False);

        Assert.That(queue.ToString(), Is.EqualTo("queue of 1 of at most 1 packets, 10 bytes, 1 dropped"));
        Assert.That(new MbufQueue(Arena).ToString(), Is.EqualTo("queue of 0 packets, 0 bytes, 0 dropped"));
        queue.Drain(mbufs);
    }
}
