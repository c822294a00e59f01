using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Limits that are changed while other threads work or wait.</summary>
[Category("Contention")]
public sealed class LimitRaceTests
{
    [Test]
    public void A_higher_limit_wakes_who_waits([Values(MbufZone.Mbufs, MbufZone.Clusters)] MbufZone zone, [Values] bool carved)
    {
        using MbufArena arena = Arenas.Of(mbufs: 70, clusters: 70);
        using MbufCache holder = arena.CreateCache();
        if (carved)
        {
            using MbufScope mbufs = holder.Enter();
            Arenas.FreeAll(mbufs, Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket()));
        }

        arena.SetLimit(zone, 2);
        List<Mbuf> held = WaitTests.HoldAll(holder);
        var waiter = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.Waiting(Crew.Patience).AllocatePacket();
            Assert.That(packet.IsNull, Is.False);
        });
        arena.UntilAsleep();
        if (zone == MbufZone.Clusters)
        {
            using MbufScope mbufs = holder.Enter();
            mbufs.Free([held[^1]]); // An mbuf, for the cluster to come.
            held.RemoveAt(held.Count - 1);
        }

        arena.SetLimit(zone, 3);
        waiter.Join();
        using (MbufScope mbufs = holder.Enter())
        {
            Arenas.FreeAll(mbufs, held);
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_lower_limit_reaches_what_idle_caches_hold_and_asks_open_ones()
    {
        using MbufArena arena = Arenas.Of(mbufs: 10);
        using MbufCache cache = arena.CreateCache();
        using (MbufScope mbufs = cache.Enter())
        {
            List<Mbuf> held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Mbuf one = held[0];
            mbufs.Free(held.ToArray().AsSpan(1));
            new Mate(() => Assert.That(
                () => arena.SetLimit(MbufZone.Mbufs, 1), Throws.InvalidOperationException, "nine lie in another thread's open cache")).Join();
            mbufs.Free([one]); // The next operation flushes.
            new Mate(() => arena.SetLimit(MbufZone.Mbufs, 1)).Join();
        }

        Assert.That(arena.GetStatistics().Mbufs.Total, Is.EqualTo(1));
        arena.SetLimit(MbufZone.Mbufs, 10);
        using (MbufScope mbufs = cache.Enter())
        {
            Arenas.FreeAll(mbufs, Arenas.Take(mbufs, 10, static (in mbufs) => mbufs.AllocateMbuf()));
        }

        arena.SetLimit(MbufZone.Mbufs, 1);
        arena.AssertSettled();
    }

    [Test]
    public void While_threads_work_limits_change_and_are_kept([Values] bool isChecked)
    {
        using MbufArena arena = Arenas.Of(mbufs: 400, clusters: 200, caches: 4, isChecked: isChecked);
        byte[] payload = BytePattern.Of(9000);
        int working = 3;
        int changed = 0;
        Action work = () =>
        {
            for (int round = 0; round < 5000; round++)
            {
                ShareOnce(arena, payload);
            }

            Interlocked.Decrement(ref working);
        };
        Crew.Run(work, work, work, () =>
        {
            var random = new Random(11);
            while (Volatile.Read(ref working) > 0)
            {
                MbufZone zone = (MbufZone)random.Next(2);
                int limit = random.Next(1, zone == MbufZone.Mbufs ? 401 : 201);
                if (Thrown.ByCall(() => arena.SetLimit(zone, limit)) is null)
                {
                    changed++;
                    MbufStatistics now = arena.GetStatistics();
                    Assert.That(now.Mbufs.Total, Is.LessThanOrEqualTo(arena.GetLimit(MbufZone.Mbufs)));
                    Assert.That(now.Clusters.Total, Is.LessThanOrEqualTo(arena.GetLimit(MbufZone.Clusters)));
                }
            }
        });
        Assert.That(changed, Is.Positive);
        arena.SetLimit(MbufZone.Mbufs, 400);
        arena.SetLimit(MbufZone.Clusters, 200);
        using (MbufScope mbufs = arena.Enter())
        {
            Arenas.FreeAll(mbufs, Arenas.Take(mbufs, 200, static (in mbufs) => mbufs.AllocatePacket()));
            Arenas.FreeAll(mbufs, Arenas.Take(mbufs, 400, static (in mbufs) => mbufs.AllocateMbuf()));
        }

        arena.AssertSettled();
    }

    private static void ShareOnce(MbufArena arena, byte[] payload)
    {
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket(payload.Length);
        if (!chain.IsNull && chain.TryAppend(payload))
        {
            using MbufChain shared = chain.Share();
            byte[] read = new byte[payload.Length];
            Assert.That(chain.TryCopyTo(0, read) && read.AsSpan().SequenceEqual(payload), "Nothing was handed out twice.");
        }
    }
}
