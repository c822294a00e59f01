using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>A thread that ends inside a scope: its cache is adopted by whoever has a use for it.</summary>
public sealed class DeadThreadTests
{
    [Test]
    public void Its_cache_is_entered_by_others()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, clusters: 256, caches: 3);
        for (int thread = 0; thread < 3; thread++)
        {
            DieInside(arena);
        }

        using (arena.Enter())
        {
        }

        arena.AssertSettled();
    }

    [Test]
    public void What_its_magazines_hold_is_allocated_by_others([Values] bool waits)
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, clusters: 256);
        DieInside(arena);
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> all = Arenas.Take(
                mbufs, 256, (in mbufs) => waits ? mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket() : mbufs.AllocatePacket());
            Arenas.FreeAll(mbufs, all);
        }

        arena.AssertSettled();
    }

    [Test]
    public void Who_sleeps_for_its_memory_or_its_cache_when_it_ends_gets_it([Values] bool forMemory)
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64, caches: forMemory ? 2 : 1);
        arena.LongestSleep = 1;
        using var step = new Barrier(2);
        var dying = new Mate(() =>
        {
            MbufScope mbufs = arena.Enter();
            List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
            step.Meet();
            step.Meet();
            mbufs.Cache.ClearFlushRequest(); // It sees no request any more, and ends.
            mbufs.Free([.. all]);
        });
        step.Meet();
        var sleeping = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket();
        });
        sleeping.UntilBlocked();
        step.Meet();
        dying.Join();
        sleeping.Join();
        arena.AssertSettled();
    }

    [Test]
    public void The_memory_of_a_disposed_arena_is_released()
    {
        MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64);
        DieInside(arena);
        arena.Dispose();
        Assert.That(arena.IsReleased, Is.True);
    }

    [Test]
    public void A_second_dispose_releases_what_a_thread_held_that_ended_after_the_first()
    {
        MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64);
        using var step = new Barrier(2);
        var dying = new Mate(() =>
        {
            MbufScope mbufs = arena.Enter();
            step.Meet();
            step.Meet();
            mbufs.AllocateMbuf().Free();
        });
        step.Meet();
        arena.Dispose();
        Assert.That(arena.IsReleased, Is.False);
        step.Meet();
        dying.Join();
        arena.Dispose();
        Assert.That(arena.IsReleased, Is.True);
    }

    [Test]
    public void Audit_and_statistics_count_what_it_left_as_free()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64);
        DieInside(arena);
        Assert.That(arena.GetStatistics().Mbufs.Current, Is.Zero);
        arena.AssertSettled();
    }

    [Test]
    public void A_cache_of_its_own_is_entered_again_or_disposed_by_others([Values] bool enters)
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64);
        MbufCache cache = arena.CreateCache();
        new Mate(() => cache.Enter().AllocatePacket().Free()).Join();
        if (enters)
        {
            using MbufScope mbufs = cache.Enter();
            using MbufChain packet = mbufs.AllocatePacket();
            Assert.That(packet.IsNull, Is.False);
        }

        cache.Dispose();
        arena.AssertSettled();
    }

    [Test]
    public void A_new_cache_takes_the_place_of_its_cache()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64, caches: 1);
        DieInside(arena);
        using MbufCache cache = arena.CreateCache();
        cache.Enter().Dispose();
        arena.AssertSettled();
    }

    [Test]
    public void What_it_did_not_free_stays_live_and_can_be_opened()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64, caches: 1);
        Mbuf handle = default;
        uint opening = 0;
        ThreadCache? cache = null;
        new Mate(() =>
        {
            MbufScope mbufs = arena.Enter();
            (opening, cache) = (mbufs.Cache.Serial, mbufs.Cache);
            handle = mbufs.AllocatePacket().Detach();
        }).Join();
        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That((mbufs.Cache, mbufs.Cache.Serial), Is.EqualTo((cache, opening + 2)), "its opening is over, and this is the next");
            mbufs.Open(handle).Free();
        }

        arena.AssertSettled();
    }

    private static void DieInside(MbufArena arena) => new Mate(() => arena.Enter().AllocatePacket().Free()).Join();
}
