using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Many waiters at once.</summary>
[Category("Contention")]
public sealed class WaitCrowdTests
{
    [Test]
    public void Waiters_for_chains_of_many_pieces_that_do_not_fit_together_all_make_progress()
    {
        // Six threads want up to 12 clusters each of the 20 there are.
        using MbufArena arena = Arenas.Of(mbufs: 30, clusters: 20, caches: 6);
        Crew.Run(6, number =>
        {
            var random = new Random(number);
            for (int round = 0; round < 4000; round++)
            {
                int length = random.Next(1, 12 * 2048);
                using MbufScope mbufs = arena.Enter();
                using MbufChain chain = mbufs.Waiting(Crew.Patience).AllocatePacket(length);
                Assert.That(chain.IsNull, Is.False, "its turn comes");
                Stamp(chain, (byte)(number + 1));
                Thread.Yield();
                AssertStamped(chain, (byte)(number + 1));
            }
        });
        arena.AssertSettled();
    }

    [Test]
    public void As_many_waiters_as_wait_are_served_one_after_the_other_by_the_same_mbuf()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1, caches: 9);
        using MbufCache holder = arena.CreateCache();
        List<Mbuf> held = WaitTests.HoldAll(holder);
        Mate[] waiters = [.. Enumerable.Range(0, 8).Select(_ => new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain chain = mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocateMbuf();
            Assert.That(chain.IsOwned, Is.True);
        }))];
        arena.UntilAsleep(8);
        Assert.That(arena.GetStatistics().Mbufs.Delayed, Is.EqualTo(8));
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        foreach (Mate waiter in waiters)
        {
            waiter.Join();
        }

        arena.AssertSettled();
    }

    [Test]
    public void Waiters_of_different_kinds_are_all_served_by_pairs_split_and_made()
    {
        using MbufArena arena = Arenas.Of(mbufs: 4, clusters: 4, caches: 8, packets: 0);
        Crew.Run(6, number =>
        {
            for (int round = 0; round < 20_000; round++)
            {
                using MbufScope mbufs = arena.Enter();
                using MbufChain chain = ((number + round) % 3) switch
                {
                    0 => mbufs.Waiting(Crew.Patience).AllocateMbuf(),
                    1 => mbufs.Waiting(Crew.Patience).AllocatePacket(),
                    _ => mbufs.Waiting(Crew.Patience).AllocatePacket(3000),
                };
                Assert.That(chain.IsNull, Is.False);
                Stamp(chain, (byte)number);
                AssertStamped(chain, (byte)number);
            }
        });
        arena.AssertSettled();
    }

    [Test]
    public void Waiters_and_threads_that_do_not_wait_share_the_last_mbufs()
    {
        using MbufArena arena = Arenas.Of(mbufs: 3, clusters: 2, caches: 4);
        int served = 0;
        Crew.Run(4, number =>
        {
            for (int round = 0; round < 20_000; round++)
            {
                using MbufScope mbufs = arena.Enter();
                using MbufChain chain = number < 2 ? mbufs.AllocatePacket() : mbufs.Waiting(Crew.Patience).AllocatePacket();
                if (number >= 2)
                {
                    Assert.That(chain.IsNull, Is.False, "a waiter is never refused before its time is over");
                    Interlocked.Increment(ref served);
                }
            }
        });
        Assert.That(served, Is.EqualTo(40_000));
        arena.AssertSettled();
    }

    [Test]
    public void Waiters_that_give_up_at_any_moment_leave_everything_where_it_was()
    {
        using MbufArena arena = Arenas.Of(mbufs: 6, clusters: 3, caches: 6);
        Crew.Run(6, number =>
        {
            var random = new Random(number);
            for (int round = 0; round < 5000; round++)
            {
                using MbufScope mbufs = arena.Enter();
                using MbufChain chain = mbufs.Waiting(TimeSpan.FromTicks(random.Next(2000))).AllocatePacket(random.Next(3 * 2048));
                using MbufChain more = mbufs.Waiting(TimeSpan.FromTicks(random.Next(2000))).AllocatePacketWithoutCluster();
            }
        });
        Assert.That(arena.HasWaiters, Is.False);
        arena.AssertSettled();
    }

    /// <summary>Writes one value into all the room of all mbufs of a chain.</summary>
    private static void Stamp(MbufChain chain, byte value)
    {
        for (uint index = chain.Index; index != 0;)
        {
            index = RoomOf(chain, index, out Span<byte> room);
            room.Fill(value);
        }
    }

    private static void AssertStamped(MbufChain chain, byte value)
    {
        for (uint index = chain.Index; index != 0;)
        {
            index = RoomOf(chain, index, out Span<byte> room);
            Assert.That(room.IndexOfAnyExcept(value), Is.EqualTo(-1), "nobody else wrote here");
        }
    }

    private static uint RoomOf(MbufChain chain, uint index, out Span<byte> room)
    {
        ref MbufHeader header = ref chain.Cache.Hot.Memory.Header(index);
        room = chain.Cache.Hot.Memory.Bytes(header.Data, chain.Cache.Hot.Memory.RoomBehind(ref header));
        return header.Next;
    }
}
