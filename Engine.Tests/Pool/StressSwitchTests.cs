using System.Diagnostics;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Pool;

/// <summary>Stress is switched while scopes are open, threads work and others wait for memory.</summary>
[Category("Contention")]
public sealed class StressSwitchTests
{
    [Test]
    public void Open_closed_and_new_caches_all_meet_it()
    {
        using MbufArena arena = Arenas.Of(mbufs: 100, clusters: 50);
        using MbufCache open = arena.CreateCache();
        using MbufCache closed = arena.CreateCache();
        using (MbufScope mbufs = closed.Enter())
        {
            mbufs.AllocatePacket().Free();
        }

        using (MbufScope before = open.Enter())
        {
            before.AllocatePacket().Free();
            arena.Stress.AllocationFailureRate = 1;
            Assert.That(before.AllocatePacket().IsNull, "Its magazine has one.");
            using MbufScope again = closed.Enter();
            Assert.That(again.AllocatePacket().IsNull);
            using MbufCache later = arena.CreateCache();
            using MbufScope fresh = later.Enter();
            Assert.That(fresh.AllocatePacket().IsNull);
        }

        Assert.That(open.Cache.FreeCount(ZoneId.Packet), Is.Not.Zero, "Nothing is drained for what stress refuses.");
        arena.AssertSettled();
    }

    [Test]
    public void A_request_to_flush_is_served_and_leaves_it_on()
    {
        using MbufArena arena = Arenas.Of(mbufs: 10);
        using MbufCache cache = arena.CreateCache();
        using (MbufScope mbufs = cache.Enter())
        {
            Mbuf kept = mbufs.AllocateMbuf().Detach();
            using (MbufScope beggar = arena.Enter())
            {
                Arenas.FreeAll(beggar, Arenas.TakeAll(beggar, static (in mbufs) => mbufs.AllocateMbuf()));
                arena.Stress.AllocationFailureRate = 1;
                Assert.That(beggar.AllocateMbuf().IsNull && mbufs.AllocateMbuf().IsNull);
            }

            Assert.That((cache.Cache.Hot.PopLimit, cache.Cache.Hot.FreeLimit), Is.EqualTo((0u, MbufHeader.FirstTired)), "Allocations ask; frees do not.");
            mbufs.Free([kept]);
            arena.Stress.AllocationFailureRate = 0;
            mbufs.AllocateMbuf().Free();
            Assert.That((cache.Cache.Hot.PopLimit, cache.Cache.Hot.FreeLimit), Is.EqualTo((Mbuf.AnyIndex, MbufHeader.FirstTired)), "One allocation later the fast path is on.");
        }

        arena.AssertSettled();
    }

    [Test]
    public void After_the_numbered_failure_the_fast_path_is_on_again()
    {
        using MbufArena arena = Arenas.Of(mbufs: 10);
        using MbufCache cache = arena.CreateCache();
        using MbufScope mbufs = cache.Enter();
        arena.Stress.FailAllocationNumber = 1;
        Assert.That(mbufs.AllocateMbuf().IsNull);
        mbufs.AllocateMbuf().Free();
        Assert.That((cache.Cache.Hot.PopLimit, cache.Cache.Hot.FreeLimit), Is.EqualTo((Mbuf.AnyIndex, MbufHeader.FirstTired)));
    }

    [Test]
    public void A_waiting_allocation_tries_again_until_it_is_spared([Values(0, 1, 2, 3)] int seed)
    {
        using MbufArena arena = Arenas.Of(mbufs: 10, clusters: 10);
        arena.Stress.Seed = seed;
        arena.Stress.AllocationFailureRate = 0.9;
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain packet = mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket();
            Assert.That(packet.IsNull, Is.False);
        }

        Assert.That(arena.GetStatistics().Packets.Denied, Is.Zero);
        arena.AssertSettled();
    }

    [Test]
    public void A_waiting_allocation_that_is_never_spared_is_denied_when_its_time_is_over()
    {
        using MbufArena arena = Arenas.Of(mbufs: 10, clusters: 10);
        arena.Stress.AllocationFailureRate = 1;
        using (MbufScope mbufs = arena.Enter())
        {
            var timeout = TimeSpan.FromMilliseconds(20);
            long started = Stopwatch.GetTimestamp();
            Assert.That(mbufs.Waiting(timeout).AllocatePacket().IsNull);
            Assert.That(Stopwatch.GetElapsedTime(started), Is.GreaterThanOrEqualTo(timeout));
            Assert.That(mbufs.Waiting(TimeSpan.Zero).AllocatePacket().IsNull);
        }

        MbufZoneStatistics packets = arena.GetStatistics().Packets;
        Assert.That((packets.Denied, packets.Delayed), Is.EqualTo((2, 1)));
        arena.AssertSettled();
    }

    [Test]
    public void Switched_off_it_lets_a_waiter_through()
    {
        using MbufArena arena = Arenas.Of(mbufs: 10, clusters: 10);
        arena.Stress.AllocationFailureRate = 1;
        var waiter = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket();
            Assert.That(packet.IsNull, Is.False);
        });
        arena.UntilAsleep();
        arena.Stress.AllocationFailureRate = 0;
        waiter.Join();
        arena.AssertSettled();
    }

    [Test]
    public void Switching_it_while_threads_work_loses_nothing()
    {
        using MbufArena arena = Arenas.Of(mbufs: 300, clusters: 100, jumbos: 4, caches: 4);
        byte[] payload = BytePattern.Of(9000);
        int working = 3;
        Action work = () =>
        {
            for (int round = 0; round < 4000; round++)
            {
                using MbufScope mbufs = arena.Enter();
                WorkOnce(mbufs, payload);
            }

            Interlocked.Decrement(ref working);
        };
        Crew.Run(work, work, work, () =>
        {
            var random = new Random(5);
            while (Volatile.Read(ref working) > 0)
            {
                arena.Stress.AllocationFailureRate = random.Next(3) * 0.3;
                arena.Stress.FailAllocationNumber = random.Next(20);
                arena.Stress.Seed = random.Next();
            }

            arena.Stress.AllocationFailureRate = 0;
            arena.Stress.FailAllocationNumber = 0;
        });
        Assert.That(arena.Stress.AllocationFailures, Is.Positive.And.LessThan(arena.Stress.Allocations));
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain all = mbufs.AllocatePacket(100 * 2048);
            Assert.That(all.IsNull, Is.False);
        }

        arena.AssertSettled();
    }

    [Test]
    public void Among_several_threads_the_number_fails_exactly_one()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1000, clusters: 1000); // So many that no thread is refused what others have cached.
        for (int round = 0; round < 50; round++)
        {
            int failed = 0;
            arena.Stress.FailAllocationNumber = 150;
            Crew.Run(3, _ =>
            {
                using MbufScope mbufs = arena.Enter();
                for (int number = 0; number < 100; number++)
                {
                    using MbufChain chain = mbufs.AllocatePacket();
                    if (chain.IsNull)
                    {
                        Interlocked.Increment(ref failed);
                    }
                }
            });
            Assert.That(failed, Is.EqualTo(1));
        }

        arena.AssertSettled();
    }

    private static void WorkOnce(in MbufScope mbufs, byte[] payload)
    {
        using MbufChain chain = mbufs.AllocatePacket();
        if (chain.IsNull || !chain.TryAppend(payload))
        {
            return;
        }

        using MbufChain shared = chain.Share();
        byte[] read = new byte[payload.Length];
        Assert.That(chain.TryCopyTo(0, read) && read.AsSpan().SequenceEqual(payload), "Nothing was handed out twice.");
        if (!shared.IsNull && shared.TryPullUp(3000, out ReadOnlySpan<byte> front))
        {
            Assert.That(front.SequenceEqual(payload.AsSpan(0, 3000)));
        }
    }
}
