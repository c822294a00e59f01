using NUnit.Framework;

namespace Engine.Mbufs.Tests.Pool;

/// <summary>A scope that was closed stays closed, and so do its chains, whoever opens the same cache afterwards.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class OpeningTests(ArenaKind kind) : MbufFixture(kind)
{
    /// <summary>As many as the number of an opening, which has 8 bits, tells apart.</summary>
    private const int Openings = 255;

    [TestCaseSource(typeof(Chains.Verb), nameof(Chains.Verb.All))]
    public void A_chain_of_a_closed_scope_is_refused_after_the_cache_was_opened_again(Chains.Verb verb)
    {
        using MbufCache cache = Arena.CreateCache();
        MbufScope closed = cache.Enter();
        MbufChain chain = Packet(closed, Pattern(10));
        closed.Dispose();
        using MbufScope open = cache.Enter();

        Expect.Throws<ObjectDisposedException>(chain, verb.Call);
        using MbufChain mine = open.Open(HandleOf(open, chain));
        ChainAssert.Holds(mine, Pattern(10));
    }

    [Test]
    public void A_closed_scope_and_its_chain_are_refused_in_each_of_the_next_255_openings()
    {
        using MbufCache cache = Arena.CreateCache();
        MbufScope closed = cache.Enter();
        MbufChain chain = Packet(closed, Pattern(10));
        MbufChain spare = Packet(closed, Pattern(10));
        spare.Free();
        Mbuf handle = HandleOfNew(closed);
        closed.Dispose();
        for (int opening = 0; opening < Openings; opening++)
        {
            using MbufScope open = cache.Enter();
            Assert.That(Thrown.By(closed, static (in scope) => scope.AllocatePacket()), Is.TypeOf<ObjectDisposedException>(), $"opening {opening}");
            Assert.That(Thrown.By(closed, static (in scope) => scope.AllocateMbuf()), Is.TypeOf<ObjectDisposedException>());
            Assert.That(Thrown.By(closed, static (in scope) => scope.TryAllocatePackets(new Mbuf[3])), Is.TypeOf<ObjectDisposedException>());
            Assert.That(Thrown.By(closed, handle, static (in scope, packet) => scope.Open(packet)), Is.TypeOf<ObjectDisposedException>());
            Assert.That(Thrown.By(closed, handle, static (in scope, packet) => scope.Free([packet])), Is.TypeOf<ObjectDisposedException>());
            Expect.Throws<ObjectDisposedException>(chain, static packet => packet.Free());
            Assert.That(chain.IsOwned, Is.False);
            chain.Dispose();
            closed.Dispose();
            open.AllocatePacket().Free();
        }

        using (MbufScope open = cache.Enter())
        {
            open.Free([handle, HandleOf(open, chain)]);
        }

        static Mbuf HandleOfNew(in MbufScope mbufs) => mbufs.AllocatePacket().Detach();
    }

    [Test]
    public void A_walk_that_was_begun_in_a_closed_scope_ends()
    {
        using MbufCache cache = Arena.CreateCache();
        MbufScope closed = cache.Enter();
        MbufChain chain = Build(closed, Pattern(300), Segment.Cluster(100), Segment.Cluster(100), Segment.Cluster(100));
        MbufChain.SegmentEnumerator walk = chain.Segments.GetEnumerator();
        Assert.That(walk.MoveNext());
        closed.Dispose();
        using MbufScope open = cache.Enter();
        Exception? error = null;
        try
        {
            walk.MoveNext();
        }
        catch (ObjectDisposedException disposed)
        {
            error = disposed;
        }

        Assert.That(error, Is.Not.Null);
        open.Free([HandleOf(open, chain)]);
    }

    [Test]
    public void A_walk_that_is_older_than_its_arena_touches_nothing_after_any_number_of_openings()
    {
        MbufArena arena = NewArena(mbufs: 8, clusters: 8);
        MbufScope closed = arena.Enter();
        MbufChain chain = Packet(closed, Pattern(10));
        MbufChain.SegmentEnumerator walk = chain.Segments.GetEnumerator();
        closed.Dispose();
        for (int opening = 0; opening < Openings; opening++)
        {
            arena.Enter().Dispose();
        }

        arena.Dispose();
        Exception? error = null;
        try
        {
            walk.MoveNext();
        }
        catch (ObjectDisposedException disposed)
        {
            error = disposed;
        }

        Assert.That(error, Is.Not.Null);
        Assert.That(Thrown.By(closed, static (in scope) => scope.AllocatePacket()), Is.TypeOf<ObjectDisposedException>());
        Expect.Throws<ObjectDisposedException>(chain, static packet => _ = packet.Length);
    }

    /// <summary>What only a test may make: a claim on what a closed scope left behind.</summary>
    private static Mbuf HandleOf(in MbufScope mbufs, MbufChain chain)
        => new(mbufs.Cache.Hot.FirstSlot + chain.Index, mbufs.Cache.Hot.Memory.Header(chain.Index).Generation);
}
