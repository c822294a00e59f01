using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public sealed class ArenaDisposeTests
{
    [Test]
    public void Nothing_can_be_entered_or_created_after_dispose()
    {
        MbufArena arena = Arenas.Of(mbufs: 64);
        MbufCache cache = arena.CreateCache();
        using (arena.Enter())
        {
        }

        arena.Dispose();
        arena.Dispose();

        Assert.That(arena.IsDisposed, Is.True);
        Assert.Throws<ObjectDisposedException>(() => arena.Enter().Dispose());
        Assert.Throws<ObjectDisposedException>(() => arena.CreateCache().Dispose());
        Assert.Throws<ObjectDisposedException>(() => cache.Enter().Dispose());
        Assert.Throws<ObjectDisposedException>(() => arena.Audit());
        Assert.Throws<ObjectDisposedException>(() => arena.GetStatistics());
        Assert.Throws<ObjectDisposedException>(() => arena.StateOf(default));
        Assert.DoesNotThrow(cache.Dispose);
        Assert.That(arena.ToString(), Does.EndWith("disposed"));
    }

    [Test]
    public void A_fresh_arena_that_nobody_entered_is_disposed_at_once()
    {
        MbufArena arena = Arenas.Of(mbufs: 64);
        arena.Dispose();
        Assert.That(arena.IsReleased, Is.True);
        Assert.Throws<ObjectDisposedException>(() => arena.Enter().Dispose());
    }

    [Test]
    public void An_open_scope_works_on_until_it_ends_and_only_then_the_memory_goes()
    {
        MbufArena arena = Arenas.Of(mbufs: 256, clusters: 128);
        Mbuf kept;
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain before = mbufs.AllocatePacket();
            arena.Dispose();
            Assert.That(arena.IsReleased, Is.False, "a scope is open");
            Assert.That(before.TryAppend("still here"u8), Is.True);
            Assert.That(before.FirstSpan.SequenceEqual("still here"u8), Is.True);
            List<Mbuf> others = Arenas.Take(mbufs, 200, static (in mbufs) => mbufs.AllocateMbuf());
            kept = others[7];
            Assert.That(arena.LiveMbufs, Is.EqualTo(201));
        }

        Assert.That(arena.IsReleased, Is.True, "the last scope ended");
        Assert.That(arena.LiveMbufs, Is.EqualTo(200), "what was live then is reported as leaked");
        Assert.That(kept.IsNull, Is.False);
    }

    [Test]
    public void The_memory_goes_with_the_last_of_several_scopes_whichever_it_is([Values(0, 1, 2)] int last)
    {
        MbufArena arena = Arenas.Of(mbufs: 64);
        using var open = new Barrier(4);
        using var disposed = new Barrier(4);
        var turns = new ManualResetEventSlim[3];
        Mate[] mates = [.. Enumerable.Range(0, 3).Select(number =>
        {
            turns[number] = new ManualResetEventSlim();
            return new Mate(() =>
            {
                using MbufScope mbufs = arena.Enter();
                open.Meet();
                disposed.Meet();
                turns[number].Await();
            });
        })];
        open.Meet();
        arena.Dispose();
        disposed.Meet();
        foreach (int number in Enumerable.Range(0, 3).OrderBy(number => number == last))
        {
            Assert.That(arena.IsReleased, Is.False);
            turns[number].Set();
            mates[number].Join();
            turns[number].Dispose();
        }

        Assert.That(arena.IsReleased, Is.True);
    }

    [Test]
    public void Every_use_after_the_release_throws_and_none_touches_memory()
    {
        MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64);
        var queue = new MbufQueue(arena);
        MbufScope mbufs = arena.Enter();
        MbufChain chain = mbufs.AllocatePacket();
        MbufChain queued = mbufs.AllocatePacket();
        Assert.That(queue.TryEnqueue(queued), Is.True);
        Mbuf handle = mbufs.AllocateMbuf().Detach();
        arena.Dispose();
        mbufs.Dispose();
        Assert.That(arena.IsReleased, Is.True);

        AssertClosed(mbufs, chain, handle);
        Assert.That(Thrown.By(chain, static chain => new MbufQueue(chain.Cache.Arena).TryEnqueue(chain)), Is.TypeOf<ObjectDisposedException>());
        Exception? error = null;
        try
        {
            queue.TryDequeue(mbufs, out _);
        }
        catch (ObjectDisposedException closed)
        {
            error = closed;
        }

        Assert.That(error, Is.Not.Null);
    }

    internal static void AssertClosed(in MbufScope mbufs, MbufChain chain, Mbuf handle)
    {
        Assert.That(Thrown.By(mbufs, static (in mbufs) => mbufs.AllocateMbuf()), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(mbufs, static (in mbufs) => mbufs.AllocatePacket()), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(mbufs, static (in mbufs) => mbufs.AllocateZeroedMbuf()), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(mbufs, static (in mbufs) => mbufs.AllocateContiguousMbuf(3000)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(mbufs, static (in mbufs) => mbufs.AllocatePacketFrom([1], 0, 0)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(mbufs, static (in mbufs) => mbufs.AllocatePacket(9000)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(
            Thrown.By(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Page)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(
            Thrown.By(mbufs, static (in mbufs) => mbufs.Waiting(TimeSpan.Zero).AllocateMbuf()), Is.TypeOf<ObjectDisposedException>());
        Assert.That(
            Thrown.By(mbufs, static (in mbufs) => mbufs.TryAllocatePackets(new Mbuf[3])), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(mbufs, handle, static (in mbufs, handle) => mbufs.Open(handle)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(mbufs, handle, static (in mbufs, handle) => mbufs.Free([handle])), Is.TypeOf<ObjectDisposedException>());

        Assert.That(chain.IsOwned, Is.False);
        Assert.That(Thrown.By(chain, static chain => chain.Free()), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => chain.Detach()), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => _ = chain.Length), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => _ = chain.FirstSpan), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => chain.TryAppend("x"u8)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => chain.TryPrepend("x"u8)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => chain.TrimStart(1)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => chain.Share()), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => chain.TrySplit(0, out _)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => chain.IsSane(out _)), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => _ = chain.Segments), Is.TypeOf<ObjectDisposedException>());
        Assert.That(Thrown.By(chain, static chain => chain.Dispose()), Is.Null, "Dispose never throws");
        Assert.That(Thrown.By(mbufs, static (in mbufs) => mbufs.Dispose()), Is.Null, "Dispose never throws");
    }

    [Test]
    public void An_entry_that_races_with_dispose_touches_no_released_memory()
    {
        MbufArena arena = Arenas.Of(mbufs: 200_000);
        Exception? error = null;
        Mate late;
        lock (arena.Gate)
        {
            late = new Mate(() => error = Assert.Throws<ObjectDisposedException>(() => arena.Enter().Dispose()));
            late.UntilBlocked();
            arena.Dispose(); // It saw an arena that was not disposed, and stands before the gate to make its cache.
            Assert.That(arena.IsReleased, Is.True);
        }

        late.Join();
        Assert.That(error, Is.Not.Null);
    }

    [Test]
    public void Many_entries_that_race_with_dispose_either_get_a_whole_scope_or_the_exception()
    {
        for (int round = 0; round < 200; round++)
        {
            MbufArena arena = Arenas.Of(mbufs: 512, clusters: 512);
            Action enter = () => EnterUntilDisposed(arena);
            Crew.Run(enter, enter, () =>
            {
                using (arena.Enter())
                {
                }

                arena.Dispose();
            });
            Assert.That(arena.IsReleased, Is.True, "the last one out releases");
            Assert.That(arena.LiveMbufs, Is.Zero);
        }
    }

    private static void EnterUntilDisposed(MbufArena arena)
    {
        while (true)
        {
            try
            {
                using MbufScope mbufs = arena.Enter();
                using MbufChain packet = mbufs.AllocatePacket();
                Assert.That(packet.TryAppend("payload"u8), Is.True);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
