using NUnit.Framework;

namespace Engine.Mbufs.Tests.Pool;

/// <summary>
/// Whoever writes freed storage in checked mode is found out when the storage leaves quarantine, and told at the next moment
/// when nothing is half done: once, and with everything in its place.
/// </summary>
public sealed class QuarantineTests() : MbufFixture(new ArenaKind(Headroom, Checked: true))
{
    private const int Headroom = 128;

    /// <summary>Places in the quarantine of an arena that has at least as many mbufs; documented in docs/safety.md.</summary>
    private const int Places = 1024;

    public enum Moment
    {
        Free,
        FreeInBulk,
        FruitlessAllocation,
        Enter,
        Audit,
    }

    [Test]
    public void A_write_is_found_when_the_storage_leaves_quarantine()
    {
        MbufArena arena = NewArena(mbufs: 2 * Places);
        using MbufScope mbufs = arena.Enter();
        Spoil(mbufs.AllocateMbuf());
        for (int free = 1; free < Places; free++)
        {
            mbufs.AllocateMbuf().Free();
        }

        MbufChain last = mbufs.AllocateMbuf();
        MbufCorruptionException told = Expect.Throws<MbufCorruptionException>(last, static chain => chain.Free());

        Assert.That(told.Message, Does.StartWith("Byte 50 of a free mbuf (number "));
        Assert.That(last.IsOwned, Is.False, "What was to be freed is free.");
        mbufs.AllocateMbuf().Free();
    }

    [Test]
    public void A_write_is_found_at_the_latest_when_the_arena_is_exhausted()
    {
        MbufArena arena = NewArena(mbufs: 40, clusters: 20);
        var taken = new List<Mbuf>();
        using MbufScope mbufs = arena.Enter();
        Spoil(mbufs.AllocatePacket());

        MbufCorruptionException told = Expect.Throws<MbufCorruptionException>(mbufs, scope => TakeAll(scope, taken));

        int spoiled = MbufSizes.InternalSize + Headroom + 50;
        Assert.That(told.Message, Does.StartWith($"Byte {spoiled} of a free mbuf with cluster (number "));
        Assert.That(taken, Has.Count.EqualTo(40), "All of the arena was handed out before.");
        Assert.That(mbufs.AllocateMbuf().IsNull, "Told once, the arena is only exhausted.");
        mbufs.Free(taken.ToArray());
    }

    [Test]
    public void A_write_is_told_once_at_the_first_moment_when_nothing_is_half_done([Values] Moment moment)
    {
        MbufArena arena = NewArena(mbufs: 40);
        using (MbufScope mbufs = arena.Enter())
        {
            Spoil(mbufs.AllocateMbuf());
            FreeWithoutBeingTold(mbufs, 40);
            if (moment != Moment.Audit)
            {
                Expect.Throws<MbufCorruptionException>(mbufs, scope => Reach(scope, moment));
                Reach(mbufs, moment);
            }
        }

        if (moment == Moment.Audit)
        {
            Assert.That(arena.Audit, Throws.TypeOf<MbufCorruptionException>());
        }

        Assert.That(arena.Audit().Problems, Is.Empty);
    }

    [Test]
    public void A_chain_is_freed_whole_before_it_is_told()
    {
        MbufArena arena = NewArena(mbufs: 2 * Places);
        using MbufScope mbufs = arena.Enter();
        Spoil(mbufs.AllocateMbuf());
        FreeWithoutBeingTold(mbufs, Places - 20);
        MbufChain chain = ChainOf(mbufs, 40);
        Expect.Throws<MbufCorruptionException>(chain, static chain => chain.Free());

        Assert.That(arena.LiveMbufs, Is.Zero);
    }

    [Test]
    public void Every_handle_of_a_bulk_is_freed_before_it_is_told()
    {
        MbufArena arena = NewArena(mbufs: 2 * Places);
        using MbufScope mbufs = arena.Enter();
        Spoil(mbufs.AllocateMbuf());
        FreeWithoutBeingTold(mbufs, Places - 20);
        Mbuf[] handles = [.. Arenas.Take(mbufs, 40, static (in scope) => scope.AllocateMbuf())];
        Expect.Throws<MbufCorruptionException>(mbufs, scope => scope.Free(handles));

        Assert.That(arena.LiveMbufs, Is.Zero);
    }

    [Test]
    public void A_trim_that_comes_upon_it_is_not_cut_short()
    {
        MbufArena arena = NewArena(mbufs: 2 * Places);
        using MbufScope mbufs = arena.Enter();
        Spoil(mbufs.AllocateMbuf());
        FreeWithoutBeingTold(mbufs, Places - 40);
        MbufChain chain = ChainOf(mbufs, 80);
        chain.TrimStart(300);
        chain.TrimEnd(499);

        ChainAssert.Holds(chain, [30]);
        Expect.Throws<MbufCorruptionException>(chain, static chain => chain.Free());
    }

    [Test]
    public void An_allocation_that_comes_upon_it_is_complete()
    {
        MbufArena arena = NewArena(mbufs: 20, clusters: 20);
        using MbufScope mbufs = arena.Enter();
        Spoil(mbufs.AllocatePacket());
        MbufChain chain = mbufs.AllocatePacket(20 * 2048);

        Assert.That(chain.SegmentCount, Is.EqualTo(20));
        Assert.That(chain.IsSane(out string? problem), problem);
        Expect.Throws<MbufCorruptionException>(chain, static chain => chain.Free());
    }

    [Test]
    public void Quarantine_does_not_reduce_what_an_arena_hands_out([Values] bool isFreedElsewhere)
    {
        MbufArena arena = NewArena(mbufs: 100, clusters: 50, pages: 10);
        using MbufScope mbufs = arena.Enter();
        using MbufScope elsewhere = arena.Enter();
        MbufScope freer = isFreedElsewhere ? elsewhere : mbufs;
        for (int round = 0; round < 3; round++)
        {
            TakesAll(100, mbufs, freer, static (in scope) => scope.AllocateMbuf());
            TakesAll(50, mbufs, freer, static (in scope) => scope.AllocatePacket());
            TakesAll(10, mbufs, freer, static (in scope) => scope.AllocateMbufWithCluster(MbufClusterSize.Page));
        }
    }

    [Test]
    public void A_free_that_only_reaches_quarantine_wakes_a_thread_that_waits()
    {
        MbufArena arena = NewArena(mbufs: 1);
        using MbufScope mbufs = arena.Enter();
        MbufChain only = mbufs.AllocateMbuf();
        var waiter = new Mate(() =>
        {
            using MbufScope own = arena.Enter();
            own.Waiting(Timeout.InfiniteTimeSpan).AllocateMbuf().Free();
        });
        arena.UntilAsleep();
        only.Free();
        waiter.Join();
    }

    /// <summary>Frees a packet and then writes its 50th byte.</summary>
    private static void Spoil(MbufChain packet)
    {
        Assert.That(packet.TryAppend(100, out Span<byte> stale));
        packet.Free();
        stale[50] = 1;
    }

    /// <summary>Dispose never throws, but what it frees sends older storage out of quarantine.</summary>
    private static void FreeWithoutBeingTold(in MbufScope mbufs, int count)
    {
        for (int free = 0; free < count; free++)
        {
            mbufs.AllocateMbuf().Dispose();
        }
    }

    /// <summary>A chain of plain mbufs, of ten bytes each that say where they stand.</summary>
    private static MbufChain ChainOf(in MbufScope mbufs, int segments)
    {
        MbufChain chain = mbufs.AllocateMbuf();
        for (int segment = 0; segment < segments; segment++)
        {
            MbufChain next = segment == 0 ? chain : mbufs.AllocateMbuf();
            Assert.That(next.TryAppend(10, out Span<byte> bytes));
            bytes.Fill((byte)segment);
            if (segment > 0)
            {
                chain.Append(next);
            }
        }

        return chain;
    }

    private static void Reach(in MbufScope mbufs, Moment moment)
    {
        switch (moment)
        {
            case Moment.Free:
                mbufs.AllocateMbuf().Free();
                break;
            case Moment.FreeInBulk:
                mbufs.Free([mbufs.AllocateMbuf().Detach()]);
                break;
            case Moment.FruitlessAllocation:
                Assert.That(mbufs.AllocatePacket().IsNull, "The arena has no clusters.");
                break;
            case Moment.Enter:
                using (mbufs.Arena.Enter())
                {
                    break;
                }
        }
    }

    private static void TakeAll(in MbufScope mbufs, List<Mbuf> taken)
    {
        for (MbufChain chain = mbufs.AllocateMbuf(); !chain.IsNull; chain = mbufs.AllocateMbuf())
        {
            taken.Add(chain.Detach());
        }
    }

    private static void TakesAll(int count, in MbufScope mbufs, in MbufScope freer, Allocation allocation)
    {
        List<Mbuf> taken = Arenas.TakeAll(mbufs, allocation);
        Assert.That(taken, Has.Count.EqualTo(count));
        Arenas.FreeAll(freer, taken);
    }
}
