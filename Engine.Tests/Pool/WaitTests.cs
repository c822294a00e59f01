using System.Diagnostics;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>One thread waits for memory; who wakes it, and what ends its wait otherwise.</summary>
[Category("Contention")]
public sealed class WaitTests
{
    private static readonly Action<MbufArena>[] s_forms =
    [
        static arena => Use(arena, static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocateMbuf()),
        static arena => Use(arena, static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocatePacketWithoutCluster()),
        static arena => Use(arena, static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocatePacket()),
        static arena => Use(arena, static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocateMbufWithCluster()),
        static arena => Use(arena, static (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket(MbufClusterSize.Standard)),
        static arena => Use(arena, static (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket(MbufClusterSize.Page)),
        static arena => Use(arena, static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocateMbufWithCluster(MbufClusterSize.Jumbo16)),
        static arena => Use(arena, static (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket(4000)),
    ];

    [Test]
    public void Every_waiting_form_returns_at_once_while_there_is_memory()
    {
        using MbufArena arena = Arenas.Of(mbufs: 8, clusters: 4, jumbos: 2);
        Assert.Multiple(() =>
        {
            foreach (Action<MbufArena> form in s_forms)
            {
                form(arena);
            }
        });
        Assert.That(arena.Zones.Sum(zone => zone.Delayed + zone.Denied), Is.Zero);
        arena.AssertSettled();
    }

    [Test]
    public void Every_waiting_form_sleeps_until_another_thread_frees([Range(0, 7)] int form)
    {
        using MbufArena arena = Arenas.Of(mbufs: 8, clusters: 4, jumbos: 2);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = HoldAll(holder);
        var waiter = new Mate(() => s_forms[form](arena));
        arena.UntilAsleep();
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        waiter.Join();
        Assert.That(arena.Zones.Sum(zone => zone.Delayed), Is.EqualTo(1));
        Assert.That(arena.HasWaiters, Is.False);
        arena.AssertSettled();
    }

    [Test]
    public void A_free_in_a_scope_that_stays_open_wakes_a_sleeper([Values] bool enteredBefore)
    {
        using MbufArena arena = Arenas.Of(mbufs: 1);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = HoldAll(holder);
        Mate waiter;
        if (enteredBefore)
        {
            using MbufScope mbufs = holder.Enter();
            waiter = StartWaiter(arena);
            Arenas.FreeAll(mbufs, held);
            waiter.Join();
        }
        else
        {
            waiter = StartWaiter(arena);
            using MbufScope mbufs = holder.Enter();
            Arenas.FreeAll(mbufs, held);
            waiter.Join();
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_scope_that_closes_wakes_a_sleeper_that_wants_what_its_magazines_hold()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1);
        using MbufCache holder = arena.CreateCache();
        Mate waiter;
        using (MbufScope mbufs = holder.Enter())
        {
            mbufs.AllocateMbuf().Free(); // Into the magazine, before anybody asked.
            waiter = StartWaiter(arena);
        }

        waiter.Join();
        arena.AssertSettled();
    }

    [Test]
    public void A_flush_that_an_allocation_of_another_kind_makes_wakes_a_sleeper()
    {
        using MbufArena arena = Arenas.Of(mbufs: 3, jumbos: 1);
        using MbufCache holder = arena.CreateCache();
        using (MbufScope mbufs = holder.Enter())
        {
            List<Mbuf> held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            mbufs.Free([held[0], held[1]]);
            Mate waiter = StartWaiter(arena);
            Assert.That(mbufs.AllocatePacket().IsNull, Is.True, "there are no clusters; but asking flushes");
            waiter.Join();
            mbufs.Free([held[2]]);
        }

        arena.AssertSettled();
    }

    [Test]
    public void The_waiters_own_magazines_are_there_for_others_while_it_sleeps()
    {
        using MbufArena arena = Arenas.Of(mbufs: 4, clusters: 1);
        using MbufCache holder = arena.CreateCache();
        Mbuf only;
        using (MbufScope mbufs = holder.Enter())
        {
            only = mbufs.AllocatePacket().Detach();
        }

        Mate waiter = StartWaiter(
            arena, static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocatePacket(), static (in mbufs) => mbufs.AllocateMbuf().Free());
        using (MbufScope mbufs = holder.Enter())
        {
            List<Mbuf> plain = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Assert.That(plain, Has.Count.EqualTo(3), "all but the one with the cluster");
            mbufs.Free([only]);
            waiter.Join();
            Arenas.FreeAll(mbufs, plain);
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_wait_ends_with_its_time_and_is_counted_as_delayed_and_denied()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1);
        using (MbufScope mbufs = arena.Enter())
        {
            MbufChain only = mbufs.AllocateMbuf();
            var timeout = TimeSpan.FromMilliseconds(30);
            long started = Stopwatch.GetTimestamp();
            Assert.That(mbufs.Waiting(timeout).AllocateMbuf().IsNull, Is.True);
            Assert.That(Stopwatch.GetElapsedTime(started), Is.GreaterThanOrEqualTo(timeout), "never early");
            Assert.That(mbufs.Waiting(TimeSpan.Zero).AllocateMbuf().IsNull, Is.True, "no time: no wait");
            Assert.That(mbufs.Waiting(TimeSpan.FromTicks(1)).AllocatePacketWithoutCluster().IsNull, Is.True);
            MbufZoneStatistics counted = arena.GetStatistics().Mbufs;
            Assert.That(counted.Denied, Is.EqualTo(3));
            Assert.That(counted.Delayed, Is.InRange(1, 2), "the shortest may be over before it begins");
            only.Free();
            using MbufChain again = mbufs.Waiting(TimeSpan.Zero).AllocateMbuf();
            Assert.That(again.IsNull, Is.False, "the scope works on after a wait");
        }

        arena.AssertSettled();
    }

    [Test]
    public void More_than_the_arena_will_ever_have_is_refused_when_the_time_is_over()
    {
        using MbufArena arena = Arenas.Of(mbufs: 8, clusters: 2);
        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That(mbufs.Waiting(TimeSpan.FromMilliseconds(1)).AllocatePacket(100_000).IsNull, Is.True);
            using MbufChain all = mbufs.AllocatePacket((2 * 2048) + 192);
            Assert.That(all.IsNull, Is.False, "the attempts gave everything back");
        }

        Assert.That(arena.GetStatistics().Packets.Denied, Is.EqualTo(1));
        arena.AssertSettled();
    }

    [Test]
    public void A_timeout_that_is_negative_or_a_length_that_is_negative_is_refused()
    {
        using MbufArena arena = Arenas.Of(mbufs: 8);
        using MbufScope mbufs = arena.Enter();
        Exception? error = Thrown.By(mbufs, static (in mbufs) => mbufs.Waiting(TimeSpan.FromSeconds(-2)).AllocateMbuf());
        Assert.That(error, Is.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("timeout"));
        error = Thrown.By(mbufs, static (in mbufs) => mbufs.Waiting(TimeSpan.Zero).AllocatePacket(-1));
        Assert.That(error, Is.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("room"));
        error = Thrown.By(mbufs, static (in mbufs) => mbufs.Waiting(TimeSpan.Zero).AllocatePacket((MbufClusterSize)5000));
        Assert.That(error, Is.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("size"));
    }

    [Test]
    public void The_longest_timeouts_are_waits_like_others([Values(0, 1)] int kind)
    {
        using MbufArena arena = Arenas.Of(mbufs: 1);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = HoldAll(holder);
        TimeSpan timeout = kind == 0 ? TimeSpan.MaxValue : TimeSpan.FromDays(60);
        var waiter = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain chain = mbufs.Waiting(timeout).AllocateMbuf();
            Assert.That(chain.IsNull, Is.False);
        });
        arena.UntilAsleep();
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        waiter.Join();
        arena.AssertSettled();
    }

    /// <summary>Takes every mbuf, with the clusters and jumbo clusters there are.</summary>
    internal static List<Mbuf> HoldAll(MbufCache cache)
    {
        using MbufScope mbufs = cache.Enter();
        List<Mbuf> held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
        held.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Page)));
        held.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo16)));
        held.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf()));
        return held;
    }

    private static Mate StartWaiter(MbufArena arena) => StartWaiter(arena, static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocateMbuf());

    private static Mate StartWaiter(MbufArena arena, Allocation allocation, Thrown.ScopeUse? before = null)
    {
        var waiter = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            before?.Invoke(mbufs);
            using MbufChain chain = allocation(mbufs);
            Assert.That(chain.IsNull, Is.False, "it was woken before its time was over");
        });
        arena.UntilAsleep();
        return waiter;
    }

    private static void Use(MbufArena arena, Allocation allocation)
    {
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = allocation(mbufs);
        Assert.That(chain.IsNull, Is.False);
        Assert.That(chain.TryAppend("payload"u8), Is.True);
    }
}
