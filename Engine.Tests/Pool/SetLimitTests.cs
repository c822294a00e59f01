using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Limits that change while the arena is in use: exactly as many items as the limit says, and each in one place.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SetLimitTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly MbufZone[] s_zones = Enum.GetValues<MbufZone>();

    [Test]
    public void Limits_are_those_of_the_options_until_they_are_set()
    {
        using var arena = new MbufArena(new MbufArenaOptions
        {
            Mbufs = 6,
            Clusters = 5,
            PageClusters = 4,
            Jumbo9Clusters = 3,
            Jumbo16Clusters = 2,
            ExternalStorages = 1,
            HugePages = false,
        });
        Assert.That(s_zones.Select(arena.GetLimit), Is.EqualTo(new[] { 6, 5, 4, 3, 2, 1 }));
    }

    [Test]
    public void As_many_as_the_limit_says_can_be_had([Values(1, 2, 63, 64, 65, 128, 129, 200, 256)] int limit, [Values] bool used)
    {
        Use(used);
        Arena.SetLimit(MbufZone.Mbufs, limit);
        Assert.That((Arena.GetLimit(MbufZone.Mbufs), Arena.GetStatistics().Mbufs.Limit), Is.EqualTo((limit, limit)));
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocateMbuf()), Is.EqualTo(limit));
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocatePacket()), Is.EqualTo(Math.Min(limit, 64)), "pairs need an mbuf each");
        Arena.Audit().ThrowIfInconsistent();

        Arena.SetLimit(MbufZone.Mbufs, 256);
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocateMbuf()), Is.EqualTo(256), "raised again, all are back");
    }

    [Test]
    public void The_limit_of_clusters_holds_for_pairs([Values(0, 1, 10, 63, 64)] int limit, [Values] bool used)
    {
        Use(used);
        Arena.SetLimit(MbufZone.Clusters, limit);
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocatePacket()), Is.EqualTo(limit));
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocateMbuf()), Is.EqualTo(256), "their mbufs stay in service");
        Assert.That(Arena.GetStatistics().Packets.Limit, Is.EqualTo(limit));
        Arena.SetLimit(MbufZone.Clusters, 64);
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocatePacket()), Is.EqualTo(64));
    }

    [Test]
    public void Every_size_of_cluster_has_a_limit_of_its_own([Values] bool used)
    {
        Use(used);
        Arena.SetLimit(MbufZone.PageClusters, 5);
        Arena.SetLimit(MbufZone.Jumbo9Clusters, 0);
        Arena.SetLimit(MbufZone.Jumbo16Clusters, 7);
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Page)), Is.EqualTo(5));
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo9)), Is.Zero);
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo16)), Is.EqualTo(7));
        Arena.SetLimit(MbufZone.Jumbo9Clusters, 3);
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo9)), Is.EqualTo(3));
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Page)), Is.EqualTo(5));
    }

    [Test]
    public void Attached_storage_has_a_limit()
    {
        Arena.SetLimit(MbufZone.ExternalStorages, 1);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain first = mbufs.AllocatePacketWithoutCluster();
        using MbufChain second = mbufs.AllocatePacketWithoutCluster();
        Assert.That(first.TryAttachExternal(new byte[10], 10));
        Assert.That(second.TryAttachExternal(new byte[10], 10), Is.False);
        Assert.That(() => Arena.SetLimit(MbufZone.ExternalStorages, 0), Throws.InvalidOperationException);
        Arena.SetLimit(MbufZone.ExternalStorages, 2);
        Assert.That(second.TryAttachExternal(new byte[10], 10));
    }

    [Test]
    public void Down_to_what_is_in_use_and_not_below()
    {
        List<Mbuf> held;
        using (MbufScope mbufs = Arena.Enter())
        {
            held = Arenas.Take(mbufs, 100, static (in mbufs) => mbufs.AllocateMbuf());
            held.AddRange(Arenas.Take(mbufs, 20, static (in mbufs) => mbufs.AllocatePacket()));
        }

        Assert.That(() => Arena.SetLimit(MbufZone.Mbufs, 119), Throws.InvalidOperationException.With.Message.Contains("119"));
        Assert.That(() => Arena.SetLimit(MbufZone.Clusters, 19), Throws.InvalidOperationException);
        Assert.That((Arena.GetLimit(MbufZone.Mbufs), Arena.GetLimit(MbufZone.Clusters)), Is.EqualTo((256, 64)));
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocateMbuf()), Is.EqualTo(136), "nothing was changed");
        Arena.SetLimit(MbufZone.Mbufs, 120);
        Arena.SetLimit(MbufZone.Clusters, 20);
        MbufStatistics now = Arena.GetStatistics();
        Assert.That((now.Mbufs.Current, now.Mbufs.Cached, now.Mbufs.Total, now.Mbufs.Limit), Is.EqualTo((120, 0, 120, 120)));
        Assert.That((now.Clusters.Current, now.Clusters.Cached, now.Clusters.Total, now.Clusters.Limit), Is.EqualTo((20, 0, 20, 20)));
        Assert.That(CountOf(static (in mbufs) => mbufs.AllocateMbuf()), Is.Zero);

        using MbufScope last = Arena.Enter();
        Arenas.FreeAll(last, held);
        held.AddRange(Arenas.TakeAll(last, static (in mbufs) => mbufs.AllocatePacket()));
        Assert.That(held, Has.Count.EqualTo(20));
        Arenas.FreeAll(last, held);
    }

    [Test]
    public void What_an_open_scope_has_free_counts_until_its_next_operation()
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.AllocateMbuf().Free();
        int free = mbufs.Cache.Hot.Magazines[(int)ZoneId.Mbuf].Total + Arena.GetStatistics().Mbufs.Cached;
        Assert.That(free, Is.Positive);
        if (!Kind.Checked)
        {
            new Mate(() => Assert.That(
                () => Arena.SetLimit(MbufZone.Mbufs, 1), Throws.InvalidOperationException, "This scope's magazine is its thread's own.")).Join();
        }

        using MbufChain one = mbufs.AllocateMbuf();
        mbufs.AllocateMbuf().Free();
        Assert.That(one.IsNull, Is.False);
    }

    [Test]
    public void What_the_calling_thread_has_free_in_its_own_scope_is_retired_at_once()
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.AllocateMbuf().Free();
        Arena.SetLimit(MbufZone.Mbufs, 1);
        using MbufChain one = mbufs.AllocateMbuf();
        using MbufChain none = mbufs.AllocateMbuf();
        Assert.That((one.IsNull, none.IsNull), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_retired_mbuf_is_free_and_its_handle_stale()
    {
        Mbuf packet;
        using (MbufScope mbufs = Arena.Enter())
        {
            packet = mbufs.AllocatePacket().Detach();
            mbufs.Free([packet]);
        }

        Arena.SetLimit(MbufZone.Mbufs, 1);
        Assert.That(Arena.StateOf(packet), Is.EqualTo(MbufState.Free));
        Assert.That(Arena.LiveMbufs, Is.Zero);
        using MbufScope again = Arena.Enter();
        Expect.Throws<MbufStaleException>(again, mbufs => mbufs.Open(packet));
    }

    [Test]
    public void Limits_go_up_and_down_many_times_and_nothing_is_lost()
    {
        var random = new Random(7);
        var held = new List<Mbuf>();
        for (int round = 0; round < 300; round++)
        {
            MbufZone zone = s_zones[random.Next(2)];
            int limit = random.Next(1, zone == MbufZone.Mbufs ? 257 : 65);
            int inUse = zone == MbufZone.Mbufs ? Arena.LiveMbufs : Arena.GetStatistics().Clusters.Current;
            Assert.That(
                Thrown.ByCall(() => Arena.SetLimit(zone, limit)), limit < inUse ? Is.TypeOf<InvalidOperationException>() : Is.Null);
            using MbufScope mbufs = Arena.Enter();
            held.AddRange(Some(mbufs, random));
            List<Mbuf> freed = [.. held.Where(_ => random.Next(2) == 0)];
            held.RemoveAll(freed.Contains);
            Arenas.FreeAll(mbufs, freed);
        }

        Arena.Audit().ThrowIfInconsistent();
        using MbufScope last = Arena.Enter();
        Arenas.FreeAll(last, held);
    }

    [Test]
    public void What_was_not_reserved_or_does_not_exist_is_refused()
    {
        Assert.Multiple(() =>
        {
            foreach (MbufZone zone in s_zones)
            {
                int reserved = Arena.GetLimit(zone);
                int least = zone == MbufZone.Mbufs ? 1 : 0;
                foreach (int limit in new[] { reserved + 1, int.MaxValue, least - 1, int.MinValue })
                {
                    Assert.That(
                        () => Arena.SetLimit(zone, limit),
                        Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("limit"));
                }

                Arena.SetLimit(zone, least);
                Arena.SetLimit(zone, reserved);
                Assert.That(Arena.GetLimit(zone), Is.EqualTo(reserved));
            }
        });
        Assert.That(() => Arena.SetLimit((MbufZone)6, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Arena.GetLimit((MbufZone)(-1)), Throws.TypeOf<ArgumentOutOfRangeException>());
        MbufArena disposed = NewArena(mbufs: 2);
        disposed.Dispose();
        Assert.That(() => disposed.SetLimit(MbufZone.Mbufs, 1), Throws.TypeOf<ObjectDisposedException>());
    }

    private static List<Mbuf> Some(in MbufScope mbufs, Random random)
    {
        var taken = new List<Mbuf>();
        for (int count = random.Next(40); count > 0; count--)
        {
            MbufChain chain = random.Next(2) == 0 ? mbufs.AllocateMbuf() : mbufs.AllocatePacket();
            if (!chain.IsNull)
            {
                taken.Add(chain.Detach());
            }
        }

        return taken;
    }

    /// <summary>Carves everything and frees it, so that all of it lies about in depot, magazines and quarantine.</summary>
    private void Use(bool used)
    {
        if (used)
        {
            using MbufScope mbufs = Arena.Enter();
            Hoard.OfEverything(mbufs).Release(mbufs);
        }
    }

    private int CountOf(Allocation allocation)
    {
        using MbufScope mbufs = Arena.Enter();
        List<Mbuf> all = Arenas.TakeAll(mbufs, allocation);
        int count = all.Count;
        Arenas.FreeAll(mbufs, all);
        return count;
    }
}
