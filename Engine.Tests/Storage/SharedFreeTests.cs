using System.Collections.Concurrent;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Storage that several threads hold, drop and share on at once.</summary>
[Category("Contention")]
public sealed class SharedFreeTests
{
    private const int Million = 1_000_000;

    [Test]
    public void A_million_shares_whose_original_is_freed_first_leave_every_mbuf_cluster_and_pair()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1024, clusters: 512);
        Crew.Run(2, number =>
        {
            byte value = (byte)(17 * (number + 1));
            for (int left = Million / 2; left > 0;)
            {
                using MbufScope mbufs = arena.Enter();
                for (int burst = 0; burst < 100 && left > 0; burst++, left--)
                {
                    using MbufChain original = mbufs.AllocatePacket();
                    bool written = original.TryAppend([value]);
                    using MbufChain share = original.Share();
                    original.Free();
                    if (!written || share.FirstSpan[0] != value)
                    {
                        Assert.Fail("The share does not hold what the original held.");
                    }
                }
            }
        });
        AssertAllThere(arena, 1024, 512);
    }

    [Test]
    public void Shares_freed_on_two_threads_at_once_free_the_cluster_exactly_once()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, clusters: 64);
        using var turn = new Barrier(2);
        var shares = new Mbuf[2];
        Crew.Run(2, number =>
        {
            for (int round = 0; round < 20_000; round++)
            {
                if (number == 0)
                {
                    using MbufScope creator = arena.Enter();
                    using MbufChain packet = creator.AllocatePacket();
                    shares[1] = packet.Share().Detach();
                    shares[0] = packet.Detach();
                }

                turn.Meet();
                using (MbufScope mbufs = arena.Enter())
                {
                    mbufs.Free([shares[number]]);
                }

                turn.Meet();
            }
        });
        AssertAllThere(arena, 256, 64);
    }

    [Test]
    public void Shares_of_shares_spread_over_threads_all_keep_the_payload()
    {
        using MbufArena arena = Arenas.Of(mbufs: 4000, clusters: 200, caches: 4);
        var pool = new ConcurrentQueue<(Mbuf Packet, int Seed)>();
        Crew.Run(4, number =>
        {
            var random = new Random(number);
            for (int turn = 0; turn < 4000; turn++)
            {
                using MbufScope mbufs = arena.Enter();
                for (int burst = 0; burst < 8; burst++)
                {
                    Step(mbufs, pool, random);
                }
            }
        });
        using (MbufScope mbufs = arena.Enter())
        {
            foreach ((Mbuf packet, int seed) in pool)
            {
                Payload.VerifyAndFree(mbufs, packet, seed);
            }
        }

        AssertAllThere(arena, 4000, 200);
    }

    [Test]
    public void A_cluster_that_all_others_dropped_is_writable_again_on_the_thread_that_kept_it()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, clusters: 64);
        using var turn = new Barrier(2);
        Mbuf handed = default;
        Crew.Run(
            () =>
            {
                for (int round = 0; round < 5000; round++)
                {
                    using MbufScope mbufs = arena.Enter();
                    using MbufChain kept = mbufs.AllocatePacket();
                    Assert.That(kept.TryAppend([1]), Is.True);
                    handed = kept.Share().Detach();
                    Assert.That(kept.TryGetWritable(out _), Is.False, "shared");
                    turn.Meet();
                    turn.Meet();
                    Assert.That(kept.TryGetWritable(out Span<byte> bytes), Is.True, "alone again");
                    bytes[0] = 2;
                }
            },
            () =>
            {
                for (int round = 0; round < 5000; round++)
                {
                    turn.Meet();
                    using (MbufScope mbufs = arena.Enter())
                    {
                        using MbufChain share = mbufs.Open(handed);
                        Assert.That(share.FirstSpan[0], Is.EqualTo(1));
                    }

                    turn.Meet();
                }
            });
        AssertAllThere(arena, 256, 64);
    }

    private static void Step(in MbufScope mbufs, ConcurrentQueue<(Mbuf Packet, int Seed)> pool, Random random)
    {
        if (pool.Count > 300 || random.Next(3) == 0)
        {
            if (pool.TryDequeue(out (Mbuf Packet, int Seed) old))
            {
                Payload.VerifyAndFree(mbufs, old.Packet, old.Seed);
            }
        }
        else if (random.Next(2) == 0 || !pool.TryDequeue(out (Mbuf Packet, int Seed) item))
        {
            int seed = random.Next();
            Mbuf packet = Payload.Create(mbufs, seed);
            if (!packet.IsNull)
            {
                pool.Enqueue((packet, seed));
            }
        }
        else
        {
            using MbufChain chain = mbufs.Open(item.Packet);
            using MbufChain share = chain.Share();
            if (!share.IsNull)
            {
                pool.Enqueue((share.Detach(), item.Seed));
            }

            pool.Enqueue((chain.Detach(), item.Seed));
        }
    }

    /// <summary>Every mbuf, every cluster and every pair can still be had.</summary>
    private static void AssertAllThere(MbufArena arena, int mbufCount, int clusterCount)
    {
        arena.AssertSettled();
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> taken = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Assert.That(taken, Has.Count.EqualTo(mbufCount), "mbufs");
            Arenas.FreeAll(mbufs, taken);
            taken = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbufWithCluster());
            Assert.That(taken, Has.Count.EqualTo(clusterCount), "clusters");
            Arenas.FreeAll(mbufs, taken);
            taken = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
            Assert.That(taken, Has.Count.EqualTo(clusterCount), "pairs");
            Arenas.FreeAll(mbufs, taken);
        }

        arena.AssertSettled();
    }
}
