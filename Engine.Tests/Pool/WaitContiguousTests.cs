using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>The waiting forms of the less usual allocations; what waiting is, <see cref="WaitTests"/> show.</summary>
[Category("Contention")]
public sealed class WaitContiguousTests
{
    private static readonly Allocation[] s_forms =
    [
        static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocateZeroedMbuf(),
        static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocateContiguousMbuf(100),
        static (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocateContiguousMbuf(16_384),
        static (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocateContiguousPacket(2000),
        static (in mbufs) => mbufs.Waiting(Crew.Patience).AllocateContiguousPacket(4000),
        static (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocateChain(4000),
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

        Assert.That(mbufs.Waiting(TimeSpan.FromMilliseconds(1)).AllocateZeroedMbuf().IsNull);
        Assert.That(mbufs.Waiting(TimeSpan.FromMilliseconds(1)).AllocateContiguousMbuf(3000).IsNull);
        Assert.That(mbufs.Waiting(TimeSpan.FromMilliseconds(1)).AllocateContiguousPacket(100).IsNull);
        Assert.That(mbufs.Waiting(TimeSpan.FromMilliseconds(1)).AllocateChain(3000).IsNull);
        foreach (Thrown.ScopeUse use in new Thrown.ScopeUse[]
        {
            (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan, cancelled).AllocateZeroedMbuf(),
            (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan, cancelled).AllocateContiguousMbuf(0),
            (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan, cancelled).AllocateContiguousPacket(0),
            (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan, cancelled).AllocateChain(0),
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
