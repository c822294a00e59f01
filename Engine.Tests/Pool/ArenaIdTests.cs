using NUnit.Framework;

namespace Engine.Mbufs.Tests;

[NonParallelizable]
public sealed class ArenaIdTests
{
    [Test]
    public void The_256th_arena_is_refused_and_disposing_one_makes_room()
    {
        var arenas = new List<MbufArena>();
        try
        {
            InvalidOperationException error = FillTable(arenas);
            Assert.That(error.Message, Does.Contain("255 arenas exist already"));
            Assert.That(arenas, Has.Count.LessThanOrEqualTo(255));
            Assert.That(arenas.Select(arena => arena.FirstSlot).Distinct().Count(), Is.EqualTo(arenas.Count), "every id once");

            arenas[^1].Dispose();
            arenas[^1] = Arenas.Of(mbufs: 1);
            Assert.Throws<InvalidOperationException>(() => Arenas.Of(mbufs: 1).Dispose());
        }
        finally
        {
            arenas.ForEach(arena => arena.Dispose());
        }
    }

    [Test]
    public void A_handle_of_a_disposed_arena_is_stale_in_the_next_arena_with_its_id()
    {
        Mbuf old;
        uint slot;
        using (MbufArena first = Arenas.Of(mbufs: 4096, clusters: 64))
        {
            slot = first.FirstSlot;
            using MbufScope mbufs = first.Enter();
            old = Arenas.Take(mbufs, 3000, static (in mbufs) => mbufs.AllocatePacketWithoutCluster())[^1];
        }

        using MbufArena second = NextWithSlot(slot, static () => Arenas.Of(mbufs: 4096, clusters: 64));
        using (MbufScope mbufs = second.Enter())
        {
            AssertStale(mbufs, old, "before anything was carved");
            List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacketWithoutCluster());
            AssertStale(mbufs, old, "while its mbuf is in use");
            Arenas.FreeAll(mbufs, all);
            AssertStale(mbufs, old, "while its mbuf is free");
        }

        second.AssertSettled();
    }

    [Test]
    public void A_handle_of_another_arena_is_foreign()
    {
        using MbufArena home = Arenas.Of(mbufs: 64);
        using MbufArena abroad = Arenas.Of(mbufs: 64);
        using (MbufScope mbufs = home.Enter())
        {
            using MbufScope others = abroad.Enter();
            Mbuf packet = mbufs.AllocateMbuf().Detach();
            Assert.That(Thrown.By(others, packet, static (in scope, handle) => scope.Open(handle)), Is.TypeOf<MbufForeignException>());
            Assert.That(Thrown.By(others, packet, static (in scope, handle) => scope.Free([handle])), Is.TypeOf<MbufForeignException>());
            Assert.That(abroad.StateOf(packet), Is.EqualTo(MbufState.Foreign));
            Assert.That(home.StateOf(packet), Is.EqualTo(MbufState.Live));
            mbufs.Free([packet]);
            Assert.That(home.StateOf(packet), Is.EqualTo(MbufState.Free));
        }

        home.AssertSettled();
        abroad.AssertSettled();
    }

    [Test]
    public void A_handle_beyond_a_smaller_arena_with_the_same_id_is_refused()
    {
        Mbuf old;
        uint slot;
        using (MbufArena large = Arenas.Of(mbufs: 500))
        {
            slot = large.FirstSlot;
            using MbufScope mbufs = large.Enter();
            old = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf())
                .Single(handle => (handle.Slot & 0xFF_FFFF) == 500);
        }

        using MbufArena small = NextWithSlot(slot, static () => Arenas.Of(mbufs: 499));
        using (MbufScope mbufs = small.Enter())
        {
            Assert.That(Thrown.By(mbufs, old, static (in scope, handle) => scope.Open(handle)), Is.TypeOf<MbufForeignException>());
        }
    }

    private static void AssertStale(in MbufScope mbufs, Mbuf old, string when)
    {
        Assert.That(Thrown.By(mbufs, old, static (in scope, handle) => scope.Open(handle)), Is.TypeOf<MbufStaleException>(), when);
        Assert.That(Thrown.By(mbufs, old, static (in scope, handle) => scope.Free([handle])), Is.TypeOf<MbufDoubleFreeException>(), when);
    }

    private static InvalidOperationException FillTable(List<MbufArena> arenas)
    {
        try
        {
            while (arenas.Count < 1000)
            {
                arenas.Add(Arenas.Of(mbufs: 1));
            }
        }
        catch (InvalidOperationException error)
        {
            return error;
        }

        throw new AssertionException("1000 arenas exist at a time.");
    }

    /// <summary>Ids come back as late as possible: after all others were used once.</summary>
    private static MbufArena NextWithSlot(uint slot, Func<MbufArena> create)
    {
        for (int attempt = 0; attempt < 300; attempt++)
        {
            MbufArena arena = create();
            if (arena.FirstSlot == slot)
            {
                return arena;
            }

            arena.Dispose();
        }

        throw new AssertionException("The id did not come back.");
    }
}
