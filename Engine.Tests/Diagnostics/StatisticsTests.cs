using NUnit.Framework;

namespace Engine.Mbufs.Tests.Diagnostics;

/// <summary>What an arena says of itself after operations whose outcome is known.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class StatisticsTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int Mbufs = 256;
    private const int Clusters = 64;
    private const int Jumbo9 = 4;

    /// <summary>What the magazines of one cache may hold of a zone beside what is in use.</summary>
    private const int InMagazines = 2 * 64;

    private MbufStatistics Now => Arena.GetStatistics();

    [Test]
    public void A_new_arena_has_limits_and_nothing_else()
    {
        MbufZoneStatistics empty = default;
        MbufStatistics statistics = Now;

        Assert.That(statistics.Mbufs, Is.EqualTo(empty with { Limit = Mbufs }));
        Assert.That(statistics.Clusters, Is.EqualTo(empty with { Limit = Clusters }));
        Assert.That(statistics.Packets, Is.EqualTo(empty with { Limit = Clusters }));
        Assert.That(statistics.PageClusters, Is.EqualTo(empty with { Limit = 8 }));
        Assert.That(statistics.Jumbo9Clusters, Is.EqualTo(empty with { Limit = Jumbo9 }));
        Assert.That(statistics.Jumbo16Clusters, Is.EqualTo(empty with { Limit = 8 }));
        Assert.That(statistics.BytesInUse + statistics.BytesCached, Is.Zero);
    }

    [Test]
    public void Current_is_what_packets_hold_and_cached_the_rest_of_what_was_ever_used()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        using MbufChain chain = mbufs.AllocatePacket(5000);
        using MbufChain plain = mbufs.AllocateMbuf();
        using MbufChain page = mbufs.AllocateMbufWithCluster(MbufClusterSize.Page);
        using MbufChain jumbo = mbufs.AllocatePacket(MbufClusterSize.Jumbo9);

        MbufStatistics statistics = Now;
        AssertUse(statistics.Mbufs, 7);
        AssertUse(statistics.Clusters, 4);
        AssertUse(statistics.PageClusters, 1);
        AssertUse(statistics.Jumbo9Clusters, 1);
        AssertUse(statistics.Jumbo16Clusters, 0);
        Assert.That(statistics.Packets.Current, Is.EqualTo(4), "Clusters in use, which will be freed as pairs.");
        Assert.That(statistics.BytesInUse, Is.EqualTo((7 * 256) + (4 * 2048) + 4096 + 9216));
    }

    [Test]
    public void What_was_freed_is_cached()
    {
        int total;
        using (MbufScope mbufs = Arena.Enter())
        {
            using MbufChain chain = mbufs.AllocatePacket(30_000);
            total = Now.Mbufs.Total;
        }

        MbufStatistics statistics = Now;
        Assert.That((statistics.Mbufs.Current, statistics.Mbufs.Cached), Is.EqualTo((0, total)));
        Assert.That(statistics.Packets.Cached, Is.GreaterThanOrEqualTo(15), "The clusters were freed with their mbufs.");
        Assert.That(statistics.Clusters.Cached, Is.EqualTo(statistics.Clusters.Total));
        Assert.That(statistics.BytesInUse, Is.Zero);
        Assert.That(statistics.BytesCached, Is.EqualTo((statistics.Mbufs.Total * 256L) + (statistics.Clusters.Total * 2048L)));
    }

    [Test]
    public void A_shared_cluster_is_in_use_once()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(500));
        using MbufChain second = packet.Share();
        using MbufChain third = second.Share();

        MbufStatistics statistics = Now;
        Assert.That((statistics.Mbufs.Current, statistics.Clusters.Current), Is.EqualTo((3, 1)));
        packet.Free();
        second.Free();
        statistics = Now;
        Assert.That((statistics.Mbufs.Current, statistics.Clusters.Current), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Each_request_that_fails_is_denied_once_by_the_zone_that_had_nothing()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(2048));
        var hoard = Hoard.OfEverything(mbufs);
        (long Mbufs, long Packets, long Pages, long Jumbos) before = Denied();

        Assert.That(mbufs.AllocateMbuf().IsNull && mbufs.AllocatePacketWithoutCluster().IsNull);
        Assert.That(Denied(), Is.EqualTo((before.Mbufs + 2, before.Packets, before.Pages, before.Jumbos)));
        Assert.That(mbufs.AllocatePacket().IsNull && mbufs.AllocateMbufWithCluster().IsNull);
        Assert.That(mbufs.Waiting(TimeSpan.Zero).AllocatePacket().IsNull && !mbufs.TryAllocatePackets(new Mbuf[10]));
        Assert.That(packet.TryAppend(new byte[1000]), Is.False);
        Assert.That(Denied(), Is.EqualTo((before.Mbufs + 2, before.Packets + 5, before.Pages, before.Jumbos)));
        Assert.That(mbufs.AllocatePacket(MbufClusterSize.Page).IsNull && mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo9).IsNull);
        Assert.That(Denied(), Is.EqualTo((before.Mbufs + 2, before.Packets + 5, before.Pages + 1, before.Jumbos + 1)));
        hoard.Release(mbufs);
        Assert.That(Now.Packets.Delayed + Now.Mbufs.Delayed, Is.Zero);
    }

    [Test]
    public void A_request_that_waits_is_delayed_and_not_denied()
    {
        using MbufScope mbufs = Arena.Enter();
        List<Mbuf> taken = Arenas.TakeAll(mbufs, static (in scope) => scope.AllocateMbufWithCluster(MbufClusterSize.Jumbo9));
        long denied = Now.Jumbo9Clusters.Denied;
        var waiter = new Mate(() =>
        {
            using MbufScope own = Arena.Enter();
            using MbufChain jumbo = own.Waiting(Timeout.InfiniteTimeSpan).AllocateMbufWithCluster(MbufClusterSize.Jumbo9);
            Assert.That(jumbo.IsNull, Is.False);
        });
        Arena.UntilAsleep();
        Arenas.FreeAll(mbufs, taken);
        waiter.Join();

        Assert.That((Now.Jumbo9Clusters.Delayed, Now.Jumbo9Clusters.Denied), Is.EqualTo((1, denied)));
    }

    [Test]
    public void The_high_water_mark_stays_when_the_water_falls()
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            List<Mbuf> jumbos = Arenas.Take(mbufs, 3, static (in scope) => scope.AllocateMbufWithCluster(MbufClusterSize.Jumbo9));
            List<Mbuf> plain = Arenas.Take(mbufs, 100, static (in scope) => scope.AllocateMbuf());
            Arenas.FreeAll(mbufs, jumbos);
            Arenas.FreeAll(mbufs, plain);
        }

        MbufStatistics statistics = Now;
        Assert.That(statistics.Jumbo9Clusters.HighWater, Is.InRange(3, Jumbo9));
        Assert.That(statistics.Mbufs.HighWater, Is.InRange(100, 100 + InMagazines));
        Assert.That(statistics.Jumbo16Clusters.HighWater, Is.Zero);
    }

    [Test]
    public void A_disposed_arena_has_none()
    {
        MbufArena arena = NewArena(mbufs: 1);
        arena.Dispose();

        Assert.That(arena.GetStatistics, Throws.TypeOf<ObjectDisposedException>());
    }

    private static void AssertUse(MbufZoneStatistics zone, int current)
    {
        Assert.That(zone.Current, Is.EqualTo(current));
        Assert.That(zone.Total, Is.InRange(current, zone.Limit));
        Assert.That(zone.Cached, Is.EqualTo(zone.Total - current));
    }

    private (long Mbufs, long Packets, long Pages, long Jumbos) Denied()
    {
        MbufStatistics now = Now;
        return (now.Mbufs.Denied, now.Packets.Denied, now.PageClusters.Denied, now.Jumbo9Clusters.Denied);
    }
}
