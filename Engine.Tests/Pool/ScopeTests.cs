using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public sealed class ScopeTests
{
    [Test]
    public void A_thread_that_enters_again_gets_the_cache_that_it_had()
    {
        using MbufArena arena = Arenas.Of(mbufs: 512);
        ThreadCache cache;
        using (MbufScope mbufs = arena.Enter())
        {
            cache = mbufs.Cache;
        }

        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That(mbufs.Cache, Is.SameAs(cache));
        }
    }

    [Test]
    public void Chains_of_two_scopes_of_one_arena_may_be_joined()
    {
        using MbufArena arena = Arenas.Of(mbufs: 512);
        using (MbufScope one = arena.Enter())
        {
            using MbufScope other = arena.Enter();
            using MbufChain front = one.AllocatePacketWithoutCluster();
            using MbufChain back = other.AllocatePacketWithoutCluster();
            Assert.That(front.TryAppend("front"u8) && back.TryAppend("back"u8), Is.True);
            front.Append(back);
            Assert.That(front.Length, Is.EqualTo(9));
            Assert.That(front.IsSane(out string? problem), Is.True, problem);
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_second_dispose_of_a_scope_or_of_a_copy_does_nothing()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64, caches: 1);
        MbufScope mbufs = arena.Enter();
        MbufScope copy = mbufs;
        mbufs.Dispose();
        mbufs.Dispose();
        using (MbufScope next = arena.Enter())
        {
            copy.Dispose();
            mbufs.Dispose();
            using MbufChain chain = next.AllocateMbuf();
            Assert.That(chain.IsOwned, Is.True, "the scope that was opened since is still open");
            new Mate(() => Assert.Throws<TimeoutException>(() => arena.Enter(TimeSpan.Zero).Dispose())).Join();
        }

        arena.AssertSettled();
    }

    [Test]
    public void The_default_scope_is_disposed_without_harm()
    {
        MbufScope none = default;
        none.Dispose();
        Assert.That(none.ToString(), Is.EqualTo("no scope"));
    }

    [Test]
    public void Every_use_after_close_throws()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, clusters: 64, jumbos: 4);
        MbufScope mbufs = arena.Enter();
        MbufChain chain = mbufs.AllocatePacket();
        Mbuf handle = mbufs.AllocateMbuf().Detach();
        mbufs.Dispose();

        ArenaDisposeTests.AssertClosed(mbufs, chain, handle);
        Assert.That(arena.LiveMbufs, Is.EqualTo(2), "chains that were not freed stay live");
        Assert.That(arena.Audit().Problems, Is.Empty);
    }

    [Test]
    public void What_was_detached_in_one_scope_is_opened_in_the_next()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64);
        Mbuf handle;
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain chain = mbufs.AllocatePacketWithoutCluster();
            Assert.That(chain.TryAppend("kept"u8), Is.True);
            handle = chain.Detach();
        }

        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain chain = mbufs.Open(handle);
            Assert.That(chain.FirstSpan.SequenceEqual("kept"u8), Is.True);
            Assert.That(Thrown.By(mbufs, handle, static (in mbufs, handle) => mbufs.Open(handle)), Is.TypeOf<MbufStaleException>());
        }

        arena.AssertSettled();
    }

    [Test]
    public void As_many_threads_as_caches_always_get_in_also_while_caches_are_drained()
    {
        // Each thread exhausts the arena again and again, and so drains the cache that the other one has just left.
        using MbufArena arena = Arenas.Of(mbufs: 2, caches: 2);
        Crew.Run(2, _ =>
        {
            for (int round = 0; round < 100_000; round++)
            {
                using MbufScope mbufs = arena.Enter();
                using MbufChain first = mbufs.AllocateMbuf();
                using MbufChain second = mbufs.AllocateMbuf();
                using MbufChain third = mbufs.AllocateMbuf();
                Assert.That(first.IsNull || second.IsNull || third.IsNull, Is.True, "there are only two");
            }
        });
        arena.AssertSettled();
    }

    [Test]
    public void A_thread_that_died_in_no_scope_leaves_its_mbufs_to_others()
    {
        using MbufArena arena = Arenas.Of(mbufs: 64);
        new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Arenas.FreeAll(mbufs, all);
        }).Join();
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Assert.That(all, Has.Count.EqualTo(64));
            Arenas.FreeAll(mbufs, all);
        }

        arena.AssertSettled();
    }
}
