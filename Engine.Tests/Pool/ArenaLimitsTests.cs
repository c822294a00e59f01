using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>An arena of N really hands out N, whatever was done before.</summary>
public sealed class ArenaLimitsTests
{
    private const int Mbufs = 1000;
    private const int Clusters = 389;
    private const int Jumbos = 67;

    private static readonly (string Name, int Limit, Allocation Allocation)[] s_kinds =
    [
        ("plain mbufs", Mbufs, static (in mbufs) => mbufs.AllocateMbuf()),
        ("headers", Mbufs, static (in mbufs) => mbufs.AllocatePacketWithoutCluster()),
        ("packets", Clusters, static (in mbufs) => mbufs.AllocatePacket()),
        ("clusters", Clusters, static (in mbufs) => mbufs.AllocateMbufWithCluster()),
        ("pages", Jumbos, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Page)),
        ("jumbo 9", Jumbos, static (in mbufs) => mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo9)),
        ("jumbo 16", Jumbos, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo16)),
    ];

    [Test]
    public void All_of_each_kind_is_handed_out_after_all_of_any_other_kind([Values(1, 2, 3)] int seed)
    {
        using MbufArena arena = Arenas.Of(Mbufs, Clusters, Jumbos, packets: seed == 3 ? 64 : null);
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            (string name, int limit, Allocation allocation) = s_kinds[random.Next(s_kinds.Length)];
            using MbufScope mbufs = arena.Enter();
            List<Mbuf> taken = Arenas.TakeAll(mbufs, allocation);
            Assert.That(taken, Has.Count.EqualTo(limit), $"{name} in round {round}");
            Assert.That(taken.Distinct().Count(), Is.EqualTo(limit), "each is handed out once");
            FreeInTwoScopes(arena, taken, random);
        }

        arena.AssertSettled();
    }

    [Test]
    public void Pairs_and_plain_mbufs_together_are_exactly_all_mbufs([Values(0, 1, 63, 64, 65, 200, 388, 389)] int pairs)
    {
        using MbufArena arena = Arenas.Of(Mbufs, Clusters);
        for (int round = 0; round < 3; round++)
        {
            using MbufScope mbufs = arena.Enter();
            List<Mbuf> packets = Arenas.Take(mbufs, pairs, static (in mbufs) => mbufs.AllocatePacket());
            List<Mbuf> plain = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Assert.That(plain, Has.Count.EqualTo(Mbufs - pairs));
            Arenas.FreeAll(mbufs, packets);
            packets = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
            Assert.That(packets, Has.Count.EqualTo(pairs), "every pair that was freed");
            Arenas.FreeAll(mbufs, plain);
            packets.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket()));
            Assert.That(packets, Has.Count.EqualTo(Clusters), "the rest of the clusters, on mbufs that were plain");
            Arenas.FreeAll(mbufs, packets);
        }

        arena.AssertSettled();
    }

    [Test]
    public void Pairs_are_split_for_the_clusters_that_a_chain_without_pairs_needs()
    {
        using MbufArena arena = Arenas.Of(mbufs: 100, clusters: 100);
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> packets = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
            Assert.That(packets, Has.Count.EqualTo(100), "now every mbuf is half of a pair");
            Arenas.FreeAll(mbufs, packets);

            List<Mbuf> plain = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            Assert.That(plain, Has.Count.EqualTo(100));
            Arenas.FreeAll(mbufs, plain);
            Assert.That(packets = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbufWithCluster()), Has.Count.EqualTo(100));
            Arenas.FreeAll(mbufs, packets);
        }

        arena.AssertSettled();
    }

    [Test]
    public void More_clusters_than_mbufs_give_as_many_pairs_as_mbufs()
    {
        using MbufArena arena = Arenas.Of(mbufs: 70, clusters: 300);
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> packets = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
            Assert.That(packets, Has.Count.EqualTo(70));
            Arenas.FreeAll(mbufs, packets);
        }

        arena.AssertSettled();
    }

    [Test]
    public void The_packet_zone_keeps_no_more_pairs_than_its_share([Values(0, 64, 128)] int share)
    {
        using MbufArena arena = Arenas.Of(mbufs: 640, clusters: 640, packets: share);
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> packets = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
            Assert.That(packets, Has.Count.EqualTo(640));
            Arenas.FreeAll(mbufs, packets);
            Assert.That(arena.Zones[(int)ZoneId.Packet].InDepot, Is.LessThanOrEqualTo(share));
            arena.Flush(mbufs.Cache);
            Assert.That(arena.Zones[(int)ZoneId.Packet].InDepot, Is.LessThanOrEqualTo(share));
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_bulk_allocation_takes_all_or_nothing([Values(1, 32, 64, 65, 200)] int count)
    {
        using MbufArena arena = Arenas.Of(mbufs: 200, clusters: 200);
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> held = Arenas.Take(mbufs, 200 - count + 1, static (in mbufs) => mbufs.AllocatePacket());
            var packets = new Mbuf[count];
            Assert.That(mbufs.TryAllocatePackets(packets), Is.False);
            Assert.That(packets, Has.All.EqualTo(default(Mbuf)), "untouched on failure");
            mbufs.Free([held[0]]);
            Assert.That(mbufs.TryAllocatePackets(packets), Is.True, "what the failure took was given back");
            Assert.That(packets.Distinct().Count(), Is.EqualTo(count));
            mbufs.Free(packets);
            held.RemoveAt(0);
            Arenas.FreeAll(mbufs, held);
        }

        arena.AssertSettled();
    }

    [Test]
    public void A_chain_that_does_not_fit_takes_nothing()
    {
        using MbufArena arena = Arenas.Of(mbufs: 100, clusters: 10);
        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That(mbufs.AllocatePacket((10 * 2048) + 193).IsNull, Is.True, "eleven clusters");
            using MbufChain all = mbufs.AllocatePacket((10 * 2048) + 192);
            Assert.That(all.IsNull, Is.False, "ten clusters and a plain mbuf");
            Assert.That(all.SegmentCount, Is.EqualTo(11));
        }

        arena.AssertSettled();
    }

    private static void FreeInTwoScopes(MbufArena arena, List<Mbuf> taken, Random random)
    {
        int cut = random.Next(taken.Count + 1);
        using MbufScope one = arena.Enter();
        using MbufScope other = arena.Enter();
        Arenas.FreeAll(one, taken.GetRange(0, cut));
        Arenas.FreeAll(other, taken.GetRange(cut, taken.Count - cut));
    }
}
