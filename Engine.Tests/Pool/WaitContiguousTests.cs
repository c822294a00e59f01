using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>The waiting forms of the less usual allocations; what waiting is, <see cref="WaitTests"/> show.</summary>
[Category("Contention")]
public sealed class WaitContiguousTests
{
    private static readonly Allocation[] s_forms =
    [
        static (in mbufs) => mbufs.AllocateZeroedMbuf(Crew.Patience),
        static (in mbufs) => mbufs.AllocateContiguousMbuf(100, Crew.Patience),
        static (in mbufs) => mbufs.AllocateContiguousMbuf(16_384, Timeout.InfiniteTimeSpan),
        static (in mbufs) => mbufs.AllocateContiguousPacket(2000, Timeout.InfiniteTimeSpan),
        static (in mbufs) => mbufs.AllocateContiguousPacket(4000, Crew.Patience),
        static (in mbufs) => mbufs.AllocateChain(4000, Timeout.InfiniteTimeSpan),
    ];

    [Test]
    public void Every_form_returns_at_once_while_there_is_memory([Range(0, 5)] int form)
    {
        using MbufArena arena = Arenas.Of(mbufs: 8, clusters: 4, jumbos: 2);
        Use(arena, s_forms[form]);

        Assert.That(arena.Zones.Sum(zone => zone.Delayed + zone.Denied), Is.Zero);
        arena.AssertSettled();
    }

    [Test]
    public void Every_form_sleeps_until_another_thread_frees([Range(0, 5)] int form)
    {
        using MbufArena arena = Arenas.Of(mbufs: 8, clusters: 4, jumbos: 2);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = WaitTests.HoldAll(holder);
        var waiter = new Mate(() => Use(arena, s_forms[form]));
        arena.UntilAsleep();
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        waiter.Join();
        Assert.That(arena.Zones.Sum(zone => zone.Delayed), Is.EqualTo(1));
        arena.AssertSettled();
    }

    [Test]
    public void Every_form_ends_with_its_time_or_its_token()
    {
        using MbufArena arena = Arenas.Of(mbufs: 2, clusters: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain first = mbufs.AllocatePacket();
        using MbufChain second = mbufs.AllocateMbuf();
        var cancelled = new CancellationToken(canceled: true);

        Assert.That(mbufs.AllocateZeroedMbuf(TimeSpan.FromMilliseconds(1)).IsNull);
        Assert.That(mbufs.AllocateContiguousMbuf(3000, TimeSpan.FromMilliseconds(1)).IsNull);
        Assert.That(mbufs.AllocateContiguousPacket(100, TimeSpan.FromMilliseconds(1)).IsNull);
        Assert.That(mbufs.AllocateChain(3000, TimeSpan.FromMilliseconds(1)).IsNull);
        foreach (Thrown.ScopeUse use in new Thrown.ScopeUse[]
        {
            (in mbufs) => mbufs.AllocateZeroedMbuf(Timeout.InfiniteTimeSpan, cancelled),
            (in mbufs) => mbufs.AllocateContiguousMbuf(0, Timeout.InfiniteTimeSpan, cancelled),
            (in mbufs) => mbufs.AllocateContiguousPacket(0, Timeout.InfiniteTimeSpan, cancelled),
            (in mbufs) => mbufs.AllocateChain(0, Timeout.InfiniteTimeSpan, cancelled),
        })
        {
            Assert.That(Thrown.By(mbufs, use), Is.TypeOf<OperationCanceledException>());
        }
    }

    private static void Use(MbufArena arena, Allocation allocation)
    {
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = allocation(mbufs);
        Assert.That(chain.IsNull, Is.False);
        Assert.That(chain.TryAppend("payload"u8), Is.True);
    }
}
