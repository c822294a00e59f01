using System.Buffers;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>A thread that is inside a scope of an arena works on what it holds, and waits for nobody.</summary>
public sealed class NestedScopeTests
{
    [Test]
    public void An_inner_scope_shares_the_cache_and_what_it_made_lives_until_the_outer_one_is_closed()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64, caches: 1);
        using (MbufScope outer = arena.Enter())
        {
            using MbufChain first = outer.AllocatePacket();
            MbufScope inner = arena.Enter();
            MbufScope third = arena.Enter();
            using MbufChain second = third.AllocatePacket();
            third.Dispose();
            inner.Dispose();
            inner.Dispose();
            Assert.That((inner.Cache, inner.Cache.Serial), Is.EqualTo((outer.Cache, outer.Cache.Serial)));
            Assert.That(second.TryAppend([1]));
            first.Append(second);
            Assert.That((first.SegmentCount, first.IsOwned), Is.EqualTo((2, true)), "the outer scope is open");
        }

        arena.AssertSettled();
    }

    [Test]
    public void The_outer_scope_closed_first_closes_all()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64, caches: 1);
        MbufScope outer = arena.Enter();
        MbufScope inner = arena.Enter();
        outer.Dispose();
        Assert.That(Thrown.By(inner, static (in mbufs) => mbufs.AllocateMbuf()), Is.TypeOf<ObjectDisposedException>());
        using (MbufScope next = arena.Enter())
        {
            inner.Dispose();
            outer.Dispose();
            using MbufChain chain = next.AllocateMbuf();
            Assert.That(chain.IsNull, Is.False, "the scope that was opened since is still open");
        }

        inner.Dispose();
        arena.AssertSettled();
    }

    [Test]
    public void All_that_the_thread_has_free_is_had_inside([Values] bool waits, [Values] bool explicitly)
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64, caches: 2);
        using MbufCache cache = arena.CreateCache();
        using (MbufScope outer = explicitly ? cache.Enter() : arena.Enter())
        {
            outer.AllocatePacket().Free();
            using MbufScope inner = arena.Enter();
            List<Mbuf> all = Arenas.Take(inner, 64, (in mbufs) => waits ? mbufs.Waiting(Crew.Patience).AllocatePacket() : mbufs.AllocatePacket());
            Arenas.FreeAll(outer, all);
        }

        arena.AssertSettled();
    }

    [Test]
    public void What_lies_in_another_cache_that_the_thread_has_open_is_had_too([Values] bool waits)
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64);
        using MbufCache one = arena.CreateCache();
        using MbufCache two = arena.CreateCache();
        using (MbufScope first = one.Enter())
        {
            first.AllocatePacket().Free();
            using MbufScope second = two.Enter();
            List<Mbuf> all = Arenas.Take(second, 64, (in mbufs) => waits ? mbufs.Waiting(Crew.Patience).AllocatePacket() : mbufs.AllocatePacket());
            Arenas.FreeAll(first, all);
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_free_routine_enters([Values] bool allBusy)
    {
        using MbufArena arena = new(new MbufArenaOptions { Mbufs = 64, Clusters = 64, Caches = 1, HugePages = false });
        bool granted = false;
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Assert.That(packet.TryAttachExternal(new Routine(() => granted = Enter(arena)), 10), Is.True);
            if (allBusy)
            {
                mbufs.AllocatePacket().Free(); // All that is free lies in this thread's magazines.
            }
        }

        Assert.That(granted, Is.True);
        arena.AssertSettled();
    }

    /// <summary>Each routine enters, and frees the storage of the next: their calls do not nest without end.</summary>
    [Test]
    public void Routines_of_a_long_chain_enter_one_after_the_other()
    {
        const int Count = 5000;
        using MbufArena arena = new(new MbufArenaOptions { Mbufs = Count + 10, ExternalStorages = Count, Caches = 1, HugePages = false });
        int depth = 0;
        int deepest = 0;
        int called = 0;
        using (MbufScope mbufs = arena.Enter())
        {
            MbufChain chain = mbufs.AllocatePacketWithoutCluster();
            for (int number = 0; number < Count; number++)
            {
                MbufChain next = mbufs.AllocatePacketWithoutCluster();
                Assert.That(next.TryAttachExternal(new Routine(Call), 10), Is.True);
                chain.Append(next);
            }

            chain.Free();
        }

        Assert.That((called, deepest), Is.EqualTo((Count, 1)));
        arena.AssertSettled();

        void Call()
        {
            called++;
            deepest = Math.Max(deepest, ++depth);
            Enter(arena);
            depth--;
        }
    }

    [Test]
    public void A_callback_and_a_handler_enter_in_the_middle_of_an_allocation([Values] bool waits)
    {
        using MbufArena arena = new(new MbufArenaOptions
        {
            Mbufs = 8,
            Clusters = 8,
            Caches = 1,
            ReclaimInterval = TimeSpan.Zero,
            WarningInterval = TimeSpan.Zero,
            HugePages = false,
        });
        List<Mbuf> held = [];
        int handled = 0;
        using IDisposable registration = arena.RegisterReclaim(() => FreeOne(arena, held));
        arena.LimitReached += (_, _) => handled += arena.Enter().Waiting(TimeSpan.FromTicks(1)).AllocateMbuf().IsNull ? 1 : 0;
        using (MbufScope mbufs = arena.Enter())
        {
            held = Arenas.Take(mbufs, 8, static (in mbufs) => mbufs.AllocatePacket());
            for (int number = 0; number < 8; number++)
            {
                MbufChain next = waits ? mbufs.Waiting(Crew.Patience).AllocatePacket() : mbufs.AllocatePacket();
                Assert.That(next.IsNull, Is.False, "the callback frees one");
                held.Insert(0, next.Detach());
            }

            Mbuf[] kept = [.. held];
            held.Clear();
            long denied = arena.GetStatistics().Packets.Denied;
            Assert.That((waits ? mbufs.Waiting(TimeSpan.FromTicks(1)).AllocatePacket() : mbufs.AllocatePacket()).IsNull, Is.True);
            Assert.That(handled, Is.GreaterThan(0));
            Assert.That(arena.GetStatistics().Packets.Denied, Is.EqualTo(denied + 1), "one, also if what the handler asked for was another");
            mbufs.Free(kept);
        }

        arena.AssertSettled();
    }

    [Test]
    public void Another_arena_in_between_changes_nothing()
    {
        using MbufArena one = Arenas.Of(mbufs: 64, clusters: 64, caches: 1);
        using MbufArena two = Arenas.Of(mbufs: 64, clusters: 64, caches: 1);
        using MbufArena three = Arenas.Of(mbufs: 64, clusters: 64, caches: 1);
        for (int round = 0; round < 3; round++)
        {
            using MbufScope a = one.Enter();
            using MbufScope b = two.Enter();
            using MbufScope c = three.Enter();
            using MbufScope d = one.Enter();
            using MbufScope e = two.Enter();
            Assert.That((d.Cache, e.Cache), Is.EqualTo((a.Cache, b.Cache)));
        }

        one.AssertSettled();
        two.AssertSettled();
    }

    [Test]
    public void A_cache_of_its_own_is_shared_while_it_is_open_and_not_afterwards()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 2);
        using MbufCache cache = arena.CreateCache();
        for (int round = 0; round < 3; round++)
        {
            using (cache.Enter())
            {
                using MbufScope inner = arena.Enter();
                Assert.That(inner.Cache, Is.SameAs(cache.Cache));
            }

            using MbufScope other = arena.Enter();
            Assert.That(other.Cache, Is.Not.SameAs(cache.Cache));
        }
    }

    [Test]
    public void An_inner_scope_of_a_disposed_arena_is_refused()
    {
        MbufArena arena = Arenas.Of(mbufs: 64);
        using MbufScope outer = arena.Enter();
        arena.Dispose();
        Assert.That(() => arena.Enter().Dispose(), Throws.TypeOf<ObjectDisposedException>());
        outer.AllocateMbuf().Free();
    }

    private static bool Enter(MbufArena arena)
    {
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        return !packet.IsNull;
    }

    private static void FreeOne(MbufArena arena, List<Mbuf> held)
    {
        if (held.Count > 0)
        {
            using MbufScope mbufs = arena.Enter();
            mbufs.Free([held[^1]]);
            held.RemoveAt(held.Count - 1);
        }
    }

    private sealed class Routine(Action call) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = new byte[10];

        public Memory<byte> Memory => _bytes;

        public void Dispose() => call();
    }
}
