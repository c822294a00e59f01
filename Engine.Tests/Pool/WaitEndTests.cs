using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Waits that end with an exception, and what is left as it was.</summary>
[Category("Contention")]
public sealed class WaitEndTests
{
    [Test]
    public void A_token_that_is_cancelled_already_allocates_nothing_even_if_there_is_memory()
    {
        using MbufArena arena = Arenas.Of(mbufs: 8, clusters: 4);
        using var source = new CancellationTokenSource();
        source.Cancel();
        CancellationToken token = source.Token;
        using (MbufScope mbufs = arena.Enter())
        {
            bool cancelled = false;
            try
            {
                mbufs.Waiting(Timeout.InfiniteTimeSpan, token).AllocatePacket().Dispose();
            }
            catch (OperationCanceledException error) when (error.CancellationToken == token)
            {
                cancelled = true;
            }

            Assert.That(cancelled, Is.True);
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_sleeper_whose_token_is_cancelled_throws_and_its_scope_works_on()
    {
        using MbufArena arena = Arenas.Of(mbufs: 4);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = WaitTests.HoldAll(holder);
        using var source = new CancellationTokenSource();
        CancellationToken token = source.Token;
        using var ended = new ManualResetEventSlim();
        using var freed = new ManualResetEventSlim();
        var waiter = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            Exception? error = Caught(mbufs, token);
            Assert.That(error, Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(token));
            ended.Set();
            freed.Await();
            using MbufChain chain = mbufs.AllocateMbuf();
            Assert.That(chain.IsNull, Is.False);
        });
        arena.UntilAsleep();
        source.Cancel();
        ended.Await();
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        freed.Set();
        waiter.Join();
        Assert.That(arena.GetStatistics().Mbufs.Denied, Is.EqualTo(1), "the refusal that ended HoldAll; a cancelled wait is not one");
        arena.AssertSettled();
    }

    [Test]
    public void A_token_cancelled_at_the_same_moment_as_memory_comes_never_loses_the_memory()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1);
        for (int round = 0; round < 1000; round++)
        {
            using var source = new CancellationTokenSource();
            CancellationToken token = source.Token;
            using MbufCache holder = arena.CreateCache();
            List<Mbuf> held = WaitTests.HoldAll(holder);
            Crew.Run(
                () =>
                {
                    using MbufScope mbufs = arena.Enter();
                    Exception? error = Caught(mbufs, token);
                    Assert.That(error, Is.Null.Or.InstanceOf<OperationCanceledException>());
                },
                () =>
                {
                    using MbufScope mbufs = holder.Enter();
                    source.Cancel();
                    Arenas.FreeAll(mbufs, held);
                });
            arena.AssertSettled();
        }
    }

    [Test]
    public void Sleepers_of_an_arena_that_is_disposed_throw_and_the_last_one_out_releases_it()
    {
        MbufArena arena = Arenas.Of(mbufs: 4, clusters: 2, jumbos: 1);
        MbufCache holder = arena.CreateCache();
        List<Mbuf> held = WaitTests.HoldAll(holder);
        Mate[] waiters = [.. Enumerable.Range(0, 3).Select(_ => new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            Assert.That(Caught(mbufs, CancellationToken.None), Is.InstanceOf<ObjectDisposedException>());
        }))];
        arena.UntilAsleep(3);
        arena.Dispose();
        foreach (Mate waiter in waiters)
        {
            waiter.Join();
        }

        Assert.That(arena.IsReleased, Is.True);
        Assert.That(arena.LiveMbufs, Is.EqualTo(held.Count));
    }

    [Test]
    public void A_disposed_arena_still_serves_a_waiting_allocation_of_an_open_scope_if_it_can()
    {
        MbufArena arena = Arenas.Of(mbufs: 2);
        using (MbufScope mbufs = arena.Enter())
        {
            arena.Dispose();
            using MbufChain first = mbufs.Waiting(Crew.Patience).AllocateMbuf();
            using MbufChain second = mbufs.Waiting(Crew.Patience).AllocateMbuf();
            Assert.That(first.IsNull || second.IsNull, Is.False);
            Assert.That(
                Thrown.By(mbufs, static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocateMbuf()), Is.InstanceOf<ObjectDisposedException>(), "nobody else will come");
        }

        Assert.That(arena.IsReleased, Is.True);
        Assert.That(arena.LiveMbufs, Is.Zero);
    }

    [Test]
    public void A_sleeper_that_is_interrupted_still_owns_its_scope_alone()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = WaitTests.HoldAll(holder);
        using var interrupted = new ManualResetEventSlim();
        using var looked = new ManualResetEventSlim();
        var waiter = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            Assert.That(Caught(mbufs, CancellationToken.None), Is.InstanceOf<ThreadInterruptedException>());
            Assert.That(arena.HasWaiters, Is.False);
            interrupted.Set();
            looked.Await();
            using MbufChain chain = mbufs.Waiting(Crew.Patience).AllocateMbuf();
            Assert.That(chain.IsNull, Is.False);
        });
        arena.UntilAsleep();
        waiter.Interrupt();
        interrupted.Await();
        Assert.That(arena.Audit, Throws.InvalidOperationException, "its scope is open: nobody may drain it");
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        looked.Set();
        waiter.Join();
        arena.AssertSettled();
    }

    private static Exception? Caught(in MbufScope mbufs, CancellationToken token)
    {
        try
        {
            mbufs.Waiting(Crew.Patience, token).AllocateMbuf().Dispose();
            return null;
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or ThreadInterruptedException)
        {
            return error;
        }
    }
}
