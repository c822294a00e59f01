using System.Collections.Concurrent;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Several threads run out of memory at once.</summary>
[Category("Contention")]
public sealed class ReclaimRaceTests
{
    [Test]
    public void A_storm_of_denials_is_no_storm_of_calls()
    {
        var time = new ManualTime();
        using MbufArena arena = Of(mbufs: 10, time);
        int calls = 0;
        int running = 0;
        using IDisposable registration = arena.RegisterReclaim(() =>
        {
            Interlocked.Increment(ref calls);
            Assert.That(Interlocked.Increment(ref running), Is.EqualTo(1), "one thread at a time");
            Thread.Yield();
            Interlocked.Decrement(ref running);
        });
        int warnings = 0;
        arena.LimitReached += (_, _) => Interlocked.Increment(ref warnings);
        int failures = 0;
        arena.CallbackFailed += (_, _) => Interlocked.Increment(ref failures);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = WaitTests.HoldAll(holder);
        time.Advance(TimeSpan.FromMinutes(6));
        calls = warnings = 0;
        Crew.Run(4, _ =>
        {
            for (int round = 0; round < 3000; round++)
            {
                using MbufScope mbufs = arena.Enter();
                Assert.That(mbufs.AllocateMbuf().IsNull);
            }
        });
        Assert.That((calls, warnings, failures), Is.EqualTo((1, 1, 0)));
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        arena.AssertSettled();
    }

    [Test]
    public void Threads_that_fill_a_store_beyond_the_arena_live_on_what_the_callback_takes_out_of_it([Values] bool isWaiting)
    {
        using MbufArena arena = Of(mbufs: 300, TimeProvider.System, interval: TimeSpan.Zero);
        var store = new ConcurrentQueue<Mbuf>();
        Exception? failure = null;
        arena.CallbackFailed += (_, failed) => failure = failed.GetException();
        using IDisposable registration = arena.RegisterReclaim(() =>
        {
            using MbufScope own = arena.Enter();
            for (int count = 0; count < 50 && store.TryDequeue(out Mbuf packet); count++)
            {
                own.Free([packet]);
            }
        });
        long stored = 0;
        Crew.Run(3, _ =>
        {
            for (int round = 0; round < 20_000; round++)
            {
                using MbufScope mbufs = arena.Enter();
                MbufChain packet = isWaiting ? mbufs.Waiting(TimeSpan.FromMilliseconds(1)).AllocatePacket() : mbufs.AllocatePacket();
                if (!packet.IsNull)
                {
                    store.Enqueue(packet.Detach());
                    Interlocked.Increment(ref stored);
                }
            }
        });
        Assert.That(failure, Is.Null);
        Assert.That(stored, Is.GreaterThan(10 * 300), "far more than the arena holds");
        using (MbufScope mbufs = arena.Enter())
        {
            mbufs.Free(store.ToArray());
        }

        arena.AssertSettled();
    }

    /// <summary>Its attempts between two sleeps are made under the gate, where no foreign code runs.</summary>
    [Test]
    public void A_wait_calls_and_tells_before_it_sleeps_and_not_afterwards()
    {
        using MbufArena arena = Of(mbufs: 2, TimeProvider.System, interval: TimeSpan.Zero);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = WaitTests.HoldAll(holder);
        int calls = 0;
        int warnings = 0;
        using IDisposable registration = arena.RegisterReclaim(() => calls += Monitor.IsEntered(arena.Gate) ? 100 : 1);
        arena.LimitReached += (_, _) => warnings += Monitor.IsEntered(arena.Gate) ? 100 : 1;
        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That(mbufs.Waiting(TimeSpan.FromMilliseconds(5)).AllocatePacket().IsNull);
        }

        Assert.That((calls, warnings), Is.EqualTo((1, 1)));
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }
    }

    [Test]
    public void A_request_for_a_cluster_of_any_size_calls_and_tells_once()
    {
        using MbufArena arena = Of(mbufs: 4, TimeProvider.System, interval: TimeSpan.Zero);
        foreach (MbufZone zone in new[] { MbufZone.Clusters, MbufZone.PageClusters, MbufZone.Jumbo9Clusters })
        {
            arena.SetLimit(zone, 1);
        }

        arena.SetLimit(MbufZone.Jumbo16Clusters, 0);
        int calls = 0;
        int warnings = 0;
        using IDisposable registration = arena.RegisterReclaim(() => calls++);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAppend(new byte[100]));
        List<Mbuf> held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
        held.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Page)));
        held.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo9)));
        calls = 0;
        arena.LimitReached += (_, _) => warnings++;
        Assert.That(packet.TryPrepend(500, out _), Is.False);
        Assert.That((calls, warnings), Is.EqualTo((1, 1)));
        Arenas.FreeAll(mbufs, held);
    }

    [Test]
    public void Registrations_come_and_go_while_threads_run_out()
    {
        using MbufArena arena = Of(mbufs: 20, TimeProvider.System, interval: TimeSpan.Zero);
        int working = 2;
        long calls = 0;
        Action work = () =>
        {
            for (int round = 0; round < 5000; round++)
            {
                using MbufScope mbufs = arena.Enter();
                Assert.That(mbufs.AllocatePacket(25 * 2048).IsNull);
                arena.Reclaim();
            }

            Interlocked.Decrement(ref working);
        };
        Crew.Run(work, work, () =>
        {
            while (Volatile.Read(ref working) > 0)
            {
                using IDisposable first = arena.RegisterReclaim(() => Interlocked.Increment(ref calls));
                using IDisposable second = arena.RegisterReclaim(() => Interlocked.Increment(ref calls));
                Thread.Yield();
            }
        });
        long after = calls;
        Assert.That(arena.Reclaim());
        Assert.That(calls, Is.EqualTo(after), "none is left");
        arena.AssertSettled();
    }

    [Test]
    public void A_callback_may_wake_a_waiter_and_dispose_its_registration()
    {
        using MbufArena arena = Of(mbufs: 2, TimeProvider.System);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = WaitTests.HoldAll(holder);
        var waiter = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.Waiting(Crew.Patience).AllocatePacket();
            Assert.That(packet.IsNull, Is.False);
        });
        arena.UntilAsleep();
        IDisposable? registration = null;
        registration = arena.RegisterReclaim(() =>
        {
            registration!.Dispose();
            using MbufScope mbufs = holder.Enter();
            Arenas.FreeAll(mbufs, held);
        });
        Assert.That(arena.Reclaim());
        waiter.Join();
        arena.AssertSettled();
    }

    private static MbufArena Of(int mbufs, TimeProvider time, TimeSpan? interval = null) => new(new MbufArenaOptions
    {
        Mbufs = mbufs,
        Clusters = mbufs,
        Caches = 10,
        WarningInterval = interval ?? TimeSpan.FromMinutes(5),
        HugePages = false,
        TimeProvider = time,
        ReclaimInterval = interval ?? TimeSpan.FromMilliseconds(100),
    });
}
