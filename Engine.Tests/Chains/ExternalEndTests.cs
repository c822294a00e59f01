using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>What free routines may do, and where they are called.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ExternalEndTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_routine_may_use_the_engine()
    {
        MbufArena arena = Arena;
        using var inner = new Attachment(10);
        using var memory = new Attachment(100)
        {
            OnRelease = () =>
            {
                using MbufScope own = arena.Enter();
                inner.Attach(own).Free();
            },
        };
        using MbufScope mbufs = Arena.Enter();
        memory.Attach(mbufs).Free();
        Assert.That((memory.Calls, inner.Calls), Is.EqualTo((1, 1)));
    }

    [Test]
    public void If_one_throws_the_others_are_called_and_everything_is_freed([Values] bool dispose)
    {
        using var first = new Attachment(10, throws: true);
        using var second = new Attachment(10);
        using var third = new Attachment(10, throws: true);
        using MbufScope mbufs = Arena.Enter();
        int before = Arena.LiveMbufs;
        MbufChain packet = first.Attach(mbufs);
        packet.Append(second.Attach(mbufs));
        packet.Append(third.Attach(mbufs));
        InvalidOperationException thrown = Expect.Throws<InvalidOperationException>(packet, chain =>
        {
            if (dispose)
            {
                chain.Dispose();
            }
            else
            {
                chain.Free();
            }
        });
        Assert.That(thrown.Message, Does.Contain("told to throw"));
        Assert.That((first.Calls, second.Calls, third.Calls), Is.EqualTo((1, 1, 1)));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(before));
    }

    [Test]
    public void A_verb_whose_routine_throws_is_complete()
    {
        using var memory = new Attachment(100, throws: true);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = memory.Attach(mbufs);
        packet.Append(Build(mbufs, Pattern(300), Segment.Cluster(300)));
        Expect.Throws<InvalidOperationException>(packet, static chain => chain.TrimStart(150));
        ChainAssert.Holds(packet, Pattern(300).AsSpan(50));
        packet.Free();
    }

    [Test]
    public void Threads_that_free_the_last_two_at_the_same_time_call_it_once()
    {
        const int Rounds = 2000;
        using var memory = new Attachment(100);
        Mbuf mine = default;
        Mbuf other = default;
        using var barrier = new Barrier(2);
        var thread = new Thread(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                barrier.SignalAndWait();
                using (MbufScope mbufs = Arena.Enter())
                {
                    mbufs.Open(other).Free();
                }

                barrier.SignalAndWait();
            }
        });
        thread.Start();
        for (int round = 0; round < Rounds; round++)
        {
            using (MbufScope mbufs = Arena.Enter())
            {
                MbufChain packet = memory.Attach(mbufs);
                other = packet.Share().Detach();
                mine = packet.Detach();
            }

            barrier.SignalAndWait();
            using (MbufScope mbufs = Arena.Enter())
            {
                mbufs.Open(mine).Free();
            }

            barrier.SignalAndWait();
        }

        thread.Join();
        Assert.That((memory.Calls, memory.Wrong), Is.EqualTo((Rounds, 0)));
    }

    [Test]
    public void It_is_called_on_the_thread_that_frees_last()
    {
        using var memory = new Attachment(100);
        Mbuf handle;
        using (MbufScope mbufs = Arena.Enter())
        {
            handle = memory.Attach(mbufs).Detach();
        }

        int freeing = 0;
        var thread = new Thread(() =>
        {
            freeing = Environment.CurrentManagedThreadId;
            using MbufScope mbufs = Arena.Enter();
            mbufs.Open(handle).Free();
        });
        thread.Start();
        thread.Join();
        Assert.That((memory.Calls, memory.Thread), Is.EqualTo((1, freeing)));
    }

    [Test]
    public void An_arena_that_is_disposed_calls_what_its_live_packets_left()
    {
        using var memory = new Attachment(100);
        using var counted = new Attachment(100);
        using var alsoElsewhere = new Attachment(100);
        MbufArena arena = NewArena(mbufs: 16);
        using (MbufScope mbufs = arena.Enter())
        {
            memory.Attach(mbufs).Share().Detach();
            ExternalCountedTests.Attach(mbufs, counted, count: 1);
            ExternalCountedTests.Attach(mbufs, alsoElsewhere, count: 3);
            Assert.That(memory.Calls, Is.Zero);
        }

        arena.Dispose();
        Assert.That((memory.Calls, counted.Calls, alsoElsewhere.Calls), Is.EqualTo((1, 1, 0)));
        Assert.That(alsoElsewhere.Counter, Is.EqualTo(2), "The packet's reference is gone, the others are not.");
    }

    [Test]
    public void A_bulk_free_and_a_drained_queue_free_everything_whatever_is_thrown([Values] bool queued)
    {
        using var memory = new Attachment(10, throws: true);
        using MbufScope mbufs = Arena.Enter();
        Mbuf[] packets = [mbufs.AllocatePacket().Detach(), memory.Attach(mbufs).Detach(), mbufs.AllocatePacket(5000).Detach()];
        var queue = new MbufQueue(Arena);
        foreach (Mbuf packet in queued ? packets : [])
        {
            queue.TryEnqueue(mbufs.Open(packet));
        }

        Expect.Throws<InvalidOperationException>(mbufs, scope =>
        {
            if (queued)
            {
                queue.Drain(scope);
            }
            else
            {
                scope.Free(packets);
            }
        });
        Assert.That((memory.Calls, Arena.LiveMbufs, queue.Count), Is.EqualTo((1, 0, 0)));
    }

    [Test]
    public void A_transformer_may_close_the_scope_and_even_the_arena()
    {
        using var memory = new Attachment(100);
        MbufArena arena = NewArena(mbufs: 16, clusters: 4);
        MbufScope mbufs = arena.Enter();
        MbufChain packet = memory.Attach(mbufs, MbufFlags.ReadOnly);
        packet.Append(Build(mbufs, Pattern(100), Segment.Cluster(100)));
        Assert.That(Closes(packet, mbufs, arena));
        Assert.That((memory.Calls, memory.Wrong), Is.EqualTo((1, 0)));
    }

    private static bool Closes(MbufChain packet, MbufScope mbufs, MbufArena arena)
    {
        var closer = new Closer(mbufs, arena);
        try
        {
            packet.TryTransform(0, 200, ref closer, out _);
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private readonly ref struct Closer(MbufScope mbufs, MbufArena arena) : IMbufTransformer
    {
        private readonly MbufScope _mbufs = mbufs;

        public int Transform(Span<byte> bytes)
        {
            bytes.Clear();
            _mbufs.Dispose();
            arena.Dispose();
            return 0;
        }
    }
}
