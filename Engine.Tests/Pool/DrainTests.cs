using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Exhaustion and recovery without waiting: the last mbuf lies in another thread's cache.</summary>
[Category("Contention")]
public sealed class DrainTests
{
    [Test]
    public void The_last_mbuf_in_an_idle_cache_is_there_at_once()
    {
        using MbufArena arena = Arenas.Of(mbufs: 10);
        List<Mbuf> held = [];
        new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            mbufs.Free([held[0]]);
            held.RemoveAt(0);
        }).Join();
        using MbufCache own = arena.CreateCache();
        using (MbufScope mbufs = own.Enter())
        {
            using MbufChain last = mbufs.AllocateMbuf();
            Assert.That(last.IsNull, Is.False);
            Assert.That(arena.GetStatistics().Mbufs.Denied, Is.EqualTo(1), "the one that ended TakeAll, and none since");
            Arenas.FreeAll(mbufs, held);
        }

        arena.AssertSettled();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void The_last_mbuf_in_an_open_cache_comes_with_its_owners_next_operation(bool nextIsFree)
    {
        using MbufArena arena = Arenas.Of(mbufs: 10);
        using var parked = new Barrier(2);
        var owner = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            List<Mbuf> held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            mbufs.Free([held[0], held[1], held[2]]);
            parked.Meet();
            parked.Meet(); // The other thread was refused, and has asked.
            if (nextIsFree)
            {
                mbufs.Free([held[3]]);
            }
            else
            {
                held.Add(mbufs.AllocateMbuf().Detach());
            }

            parked.Meet();
            parked.Meet(); // It looks again, while this scope is open.
            mbufs.Free(held.ToArray().AsSpan(nextIsFree ? 4 : 3));
        });
        parked.Meet();
        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That(mbufs.AllocateMbuf().IsNull, Is.True, "all free ones are in an open cache");
            parked.Meet();
            parked.Meet();
            using MbufChain last = mbufs.AllocateMbuf();
            Assert.That(last.IsNull, Is.False, "the owner flushed");
            parked.Meet();
            owner.Join();
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_request_reaches_the_owner_in_the_middle_of_a_chain_and_loses_nothing()
    {
        using MbufArena arena = Arenas.Of(mbufs: 300, clusters: 100);
        using var start = new Barrier(2);
        bool done = false;
        var beggar = new Mate(() =>
        {
            start.Meet();
            while (!Volatile.Read(ref done))
            {
                using MbufScope mbufs = arena.Enter();
                using MbufChain more = mbufs.AllocatePacket(101 * 2048);
                Assert.That(more.IsNull, Is.True, "more than there is: asks everybody, every time");
            }
        });
        start.Meet();
        byte[] payload = new byte[20 * 2048];
        new Random(3).NextBytes(payload);
        byte[] read = new byte[payload.Length];
        for (int round = 0; round < 3000; round++)
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain chain = mbufs.AllocatePacket(1000);
            if (chain.IsNull || !chain.TryAppend(payload))
            {
                continue; // The other thread holds much of it at this moment.
            }

            using MbufChain shared = chain.Share();
            Assert.That(chain.TryCopyTo(0, read), Is.True);
            Assert.That(read.AsSpan().SequenceEqual(payload), Is.True, "nothing was handed out twice");
        }

        Volatile.Write(ref done, true);
        beggar.Join();
        arena.AssertSettled();
    }

    [Test]
    public void Closing_a_scope_flushes_if_somebody_asked()
    {
        using MbufArena arena = Arenas.Of(mbufs: 10);
        using MbufCache cache = arena.CreateCache();
        using (MbufScope mbufs = cache.Enter())
        {
            List<Mbuf> held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Arenas.FreeAll(mbufs, held);
            Beg(arena);
        }

        Assert.That(cache.Cache.FreeRounds(ZoneId.Mbuf), Is.Empty);
        Assert.That(arena.Zones[(int)ZoneId.Mbuf].InDepot, Is.EqualTo(10));
    }

    [Test]
    public void After_a_request_was_served_the_fast_path_is_on_again()
    {
        using MbufArena arena = Arenas.Of(mbufs: 10);
        using MbufCache cache = arena.CreateCache();
        using MbufScope mbufs = cache.Enter();
        List<Mbuf> held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
        Arenas.FreeAll(mbufs, held);
        Beg(arena);
        Assert.That(cache.Cache.Hot.PopLimit, Is.Zero, "asked");
        Assert.That(cache.Cache.Hot.FreeLimit, Is.Zero, "asked");

        mbufs.AllocateMbuf().Free();
        Assert.That(cache.Cache.Hot.PopLimit, Is.EqualTo(Mbuf.AnyIndex));
        Assert.That(cache.Cache.Hot.FreeLimit, Is.EqualTo(MbufHeader.FirstTired));
    }

    [Test]
    public void Threads_that_ask_each_other_all_the_time_never_lose_an_mbuf()
    {
        using MbufArena arena = Arenas.Of(mbufs: 130, clusters: 70, jumbos: 3, caches: 4);
        Crew.Run(4, number =>
        {
            var random = new Random(number);
            var held = new List<Mbuf>();
            for (int turn = 0; turn < 20_000; turn++)
            {
                using MbufScope mbufs = arena.Enter();
                int count = random.Next(60);
                for (int round = 0; round < count; round++)
                {
                    MbufChain chain = random.Next(4) switch
                    {
                        0 => mbufs.AllocateMbuf(),
                        1 => mbufs.AllocatePacket(),
                        2 => mbufs.AllocatePacket(MbufClusterSize.Page),
                        _ => mbufs.AllocatePacket(random.Next(5000)),
                    };
                    if (chain.IsNull)
                    {
                        break;
                    }

                    held.Add(chain.Detach());
                }

                Arenas.FreeAll(mbufs, held);
            }
        });
        arena.AssertSettled();
        using MbufScope mbufs = arena.Enter();
        Assert.That(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf()), Has.Count.EqualTo(130));
    }

    /// <summary>Another thread asks for what lies in this one's cache, in vain.</summary>
    private static void Beg(MbufArena arena) => new Mate(() =>
    {
        using MbufScope beggar = arena.Enter();
        Assert.That(beggar.AllocateMbuf().IsNull, Is.True);
    }).Join();
}
