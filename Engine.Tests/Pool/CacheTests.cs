using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public sealed class CacheTests
{
    [Test]
    public void A_cache_keeps_what_was_freed_in_it_for_its_next_scope()
    {
        using MbufArena arena = Arenas.Of(mbufs: 512, clusters: 256);
        using MbufCache cache = arena.CreateCache();
        Assert.That(cache.Arena, Is.SameAs(arena));
        uint slot;
        using (MbufScope mbufs = cache.Enter())
        {
            Mbuf packet = mbufs.AllocatePacket().Detach();
            slot = packet.Slot;
            mbufs.Free([packet]);
        }

        using (MbufScope others = arena.Enter())
        {
            Assert.That(others.Cache, Is.Not.SameAs(cache.Cache), "only its owner enters it");
        }

        using (MbufScope mbufs = cache.Enter())
        {
            Mbuf packet = mbufs.AllocatePacket().Detach();
            Assert.That(packet.Slot, Is.EqualTo(slot), "last in, first out");
            mbufs.Free([packet]);
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_cache_serves_one_scope_at_a_time()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64);
        using MbufCache cache = arena.CreateCache();
        using (cache.Enter())
        {
            Assert.Throws<InvalidOperationException>(() => cache.Enter().Dispose());
            new Mate(() => Assert.Throws<InvalidOperationException>(() => cache.Enter().Dispose())).Join();
            Assert.Throws<InvalidOperationException>(cache.Dispose);
        }

        using (cache.Enter())
        {
        }
    }

    [Test]
    public void A_disposed_cache_cannot_be_entered_and_gives_everything_back()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 1);
        MbufCache cache = arena.CreateCache();
        using (MbufScope mbufs = cache.Enter())
        {
            List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Assert.That(all, Has.Count.EqualTo(64));
            Arenas.FreeAll(mbufs, all);
        }

        Assert.Throws<InvalidOperationException>(() => arena.Enter().Dispose(), "the only cache has an owner");
        cache.Dispose();
        cache.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cache.Enter().Dispose());
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Assert.That(all, Has.Count.EqualTo(64));
            Arenas.FreeAll(mbufs, all);
        }

        arena.AssertSettled();
    }

    /// <summary>Between its look at the mark and its claim, the cache may be disposed and replaced.</summary>
    [Test]
    [Category("Contention")]
    public void Entering_a_cache_that_is_being_disposed_and_replaced_ends()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, caches: 1);
        MbufCache current = arena.CreateCache();
        bool done = false;
        var entering = new Mate(() =>
        {
            while (!Volatile.Read(ref done))
            {
                try
                {
                    Volatile.Read(ref current).Enter().Dispose();
                }
                catch (ObjectDisposedException)
                {
                    // Or it was fast enough.
                }
            }
        });
        for (int round = 0; round < 200_000; round++)
        {
            try
            {
                current.Dispose();
                Volatile.Write(ref current, arena.CreateCache());
            }
            catch (InvalidOperationException)
            {
                // The other thread is in it.
            }
        }

        Volatile.Write(ref done, true);
        entering.Join();
    }

    [Test]
    public void Caches_count_towards_the_limit_of_caches()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 2);
        using MbufCache one = arena.CreateCache();
        using MbufCache two = arena.CreateCache();
        Assert.Throws<InvalidOperationException>(() => arena.CreateCache().Dispose());
    }

    [Test]
    public void A_cache_can_be_created_again_and_again_in_the_place_of_a_disposed_one()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, clusters: 128, caches: 2);
        for (int round = 0; round < 20; round++)
        {
            using MbufCache one = arena.CreateCache();
            using MbufCache two = arena.CreateCache();
            using (MbufScope mbufs = one.Enter())
            {
                using MbufScope others = two.Enter();
                List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
                Assert.That(all, Has.Count.EqualTo(256), $"round {round}");
                Arenas.FreeAll(others, all);
            }
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_cache_takes_the_place_of_one_that_arena_scopes_used_and_left()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, caches: 1);
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain chain = mbufs.AllocateMbuf();
        }

        using (MbufCache cache = arena.CreateCache())
        {
            using MbufScope mbufs = cache.Enter();
            List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Assert.That(all, Has.Count.EqualTo(256));
            Arenas.FreeAll(mbufs, all);
        }

        using (arena.Enter())
        {
        }

        arena.AssertSettled();
    }

    [Test]
    public void An_idle_cache_is_drained_by_who_runs_out_and_works_on_afterwards()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, clusters: 128, jumbos: 8);
        using MbufCache cache = arena.CreateCache();
        for (int round = 0; round < 3; round++)
        {
            using (MbufScope mbufs = cache.Enter())
            {
                List<Mbuf> packets = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
                List<Mbuf> jumbos = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo9));
                Assert.That((packets.Count, jumbos.Count), Is.EqualTo((128, 8)));
                Arenas.FreeAll(mbufs, packets);
                Arenas.FreeAll(mbufs, jumbos);
            }

            using (MbufScope others = arena.Enter())
            {
                List<Mbuf> all = Arenas.TakeAll(others, static (in mbufs) => mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo9));
                Assert.That(all, Has.Count.EqualTo(8));
                all.AddRange(Arenas.TakeAll(others, static (in mbufs) => mbufs.AllocateMbuf()));
                Assert.That(all, Has.Count.EqualTo(256));
                Arenas.FreeAll(others, all);
            }
        }

        arena.AssertSettled();
    }

    [Test]
    public void Magazines_are_never_short_however_items_are_spread()
    {
        using MbufArena arena = Arenas.Of(mbufs: 2048, clusters: 2048, jumbos: 130, caches: 5, packets: 64);
        var random = new Random(11);
        MbufCache[] caches = [.. Enumerable.Range(0, 5).Select(_ => arena.CreateCache())];
        var held = new List<Mbuf>();
        Allocation[] forms =
        [
            static (in mbufs) => mbufs.AllocateMbuf(),
            static (in mbufs) => mbufs.AllocatePacket(),
            static (in mbufs) => mbufs.AllocateMbufWithCluster(MbufClusterSize.Page),
            static (in mbufs) => mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo16),
        ];
        for (int turn = 0; turn < 2000; turn++)
        {
            using MbufScope mbufs = caches[random.Next(caches.Length)].Enter();
            if (random.Next(2) == 0)
            {
                Allocation form = forms[random.Next(forms.Length)];
                int count = random.Next(1, 300);
                for (int number = 0; number < count && form(mbufs) is { IsNull: false } chain; number++)
                {
                    held.Add(chain.Detach());
                }
            }
            else
            {
                int start = random.Next(held.Count + 1);
                List<Mbuf> some = held.GetRange(start, random.Next(held.Count - start + 1));
                held.RemoveRange(start, some.Count);
                Arenas.FreeAll(mbufs, some);
            }
        }

        using (MbufScope mbufs = caches[0].Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        arena.AssertSettled();
    }
}
