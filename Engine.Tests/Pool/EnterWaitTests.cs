using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>More threads than caches: they wait for each other, and nobody is refused.</summary>
[Category("Contention")]
public sealed class EnterWaitTests
{
    [TestCase(64)]
    [TestCase(1)]
    public void Of_200_threads_all_are_served(int caches)
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, caches: caches);
        int served = 0;
        Crew.Run(200, _ =>
        {
            for (int turn = 0; turn < 20; turn++)
            {
                using MbufScope mbufs = arena.Enter();
                mbufs.AllocateMbuf().Dispose();
                Interlocked.Increment(ref served);
            }
        });
        Assert.That(served, Is.EqualTo(200 * 20));
        arena.AssertSettled();
    }

    [Test]
    public void Threads_that_run_out_of_memory_meanwhile_are_served_too()
    {
        using MbufArena arena = Arenas.Of(mbufs: 2, caches: 2);
        Crew.Run(16, _ =>
        {
            for (int turn = 0; turn < 200; turn++)
            {
                using MbufScope mbufs = arena.Enter();
                using MbufChain first = mbufs.AllocateMbuf();
                using MbufChain second = mbufs.AllocateMbuf();
                using MbufChain third = mbufs.AllocateMbuf();
            }
        });
        arena.AssertSettled();
    }

    [Test]
    public void Closing_wakes_one_that_sleeps()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 1);
        MbufScope mbufs = arena.Enter();
        var waiting = new Mate(() => arena.Enter().Dispose());
        waiting.UntilBlocked();
        mbufs.Dispose();
        waiting.Join();
    }

    [Test]
    public void Disposing_the_only_cache_with_an_owner_wakes_one_that_sleeps()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 2);
        MbufCache cache = arena.CreateCache();
        new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            var waiting = new Mate(() => arena.Enter().Dispose());
            waiting.UntilBlocked();
            cache.Dispose();
            waiting.Join();
        }).Join();
    }

    [Test]
    public void A_time_that_is_over_ends_the_wait()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 1);
        using MbufScope mbufs = arena.Enter();
        new Mate(() =>
        {
            Assert.That(() => arena.Enter(TimeSpan.Zero).Dispose(), Throws.TypeOf<TimeoutException>().With.Message.Contains("All 1 caches"));
            Assert.That(() => arena.Enter(TimeSpan.FromMilliseconds(5)).Dispose(), Throws.TypeOf<TimeoutException>());
            Assert.That(() => arena.Enter(TimeSpan.FromTicks(-2)).Dispose(), Throws.TypeOf<ArgumentOutOfRangeException>());
        }).Join();
    }

    [Test]
    public void A_token_that_is_cancelled_ends_the_wait()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 1);
        using var stop = new CancellationTokenSource();
        using MbufScope mbufs = arena.Enter();
        var waiting = new Mate(() => Assert.That(
            () => arena.Enter(Timeout.InfiniteTimeSpan, stop.Token).Dispose(), Throws.InstanceOf<OperationCanceledException>()));
        waiting.UntilBlocked();
        stop.Cancel();
        waiting.Join();
        Assert.That(() => arena.Enter(TimeSpan.Zero, stop.Token).Dispose(), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_dispose_ends_the_wait()
    {
        MbufArena arena = Arenas.Of(mbufs: 64, caches: 1);
        using MbufScope mbufs = arena.Enter();
        var waiting = new Mate(() => Assert.That(() => arena.Enter().Dispose(), Throws.TypeOf<ObjectDisposedException>()));
        waiting.UntilBlocked();
        arena.Dispose();
        waiting.Join();
    }

    /// <summary>Each of those that leave may have been woken in the place of one that stays.</summary>
    [Test]
    public void Those_that_leave_by_time_take_nobodys_turn()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 1);
        Crew.Run(8, number =>
        {
            for (int turn = 0; turn < 300; turn++)
            {
                try
                {
                    using MbufScope mbufs = number < 4 ? arena.Enter() : arena.Enter(TimeSpan.FromTicks(turn));
                    mbufs.AllocateMbuf().Dispose();
                }
                catch (TimeoutException)
                {
                    Assert.That(number, Is.GreaterThanOrEqualTo(4));
                }
            }
        });
        arena.AssertSettled();
    }

    [Test]
    public void Where_it_need_not_wait_the_other_form_is_the_same()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 1);
        using MbufScope mbufs = arena.Enter(TimeSpan.Zero);
        using MbufScope inner = arena.Enter(TimeSpan.Zero);
        Assert.That(inner.Cache, Is.SameAs(mbufs.Cache));
    }

    [Test]
    public void An_arena_with_1024_caches_makes_them_as_they_are_needed()
    {
        using var arena = new MbufArena();
        arena.Enter().Dispose();
        arena.Enter().Dispose();
        Assert.That(arena.Layout.Caches, Is.EqualTo(1024));
        Assert.That(arena.EmptyMagazines.Take().Id, Is.LessThan(64), "magazines of one cache, and of the depot");
    }
}
