using NUnit.Framework;

namespace Engine.Mbufs.Tests.Diagnostics;

/// <summary>
/// Items are planted in magazines and the depot, or taken out of them: the audit finds what is in two places or in none.
/// </summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PlantedPlaceTests(ArenaKind kind) : MbufFixture(kind)
{
    private ThreadCache _cache = null!;
    private Mbuf _live;
    private uint _index;
    private uint _cluster;

    /// <summary>Not everything is carved at once.</summary>
    protected override MbufArena Reserve() => NewArena(mbufs: 256, clusters: 200, pages: 100);

    /// <summary>A live packet, and free items of each kind in the magazines of one cache.</summary>
    [SetUp]
    public void Fill_a_cache()
    {
        using MbufScope mbufs = Arena.Enter();
        _cache = mbufs.Cache;
        MbufChain live = mbufs.AllocatePacket();
        Assert.That(live.TryAppend("live"u8)); // A packet that nobody touched looks like a pair that is free.
        _live = live.Detach();
        _index = _live.Slot - Arena.FirstSlot;
        _cluster = Arena.Memory.Header(_index).Storage;
        mbufs.AllocateMbuf().Free();
        mbufs.AllocatePacket(MbufClusterSize.Page).Free();
    }

    [TearDown]
    public void Free_what_is_live()
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.Free([_live]);
    }

    [Test]
    public void A_live_mbuf_in_a_magazine_is_found()
    {
        const string Problem = "is in two places: the Mbuf magazines of cache 0 and the chain of mbuf";
        FindsPut(ZoneId.Mbuf, _index, $"Mbuf {_index} {Problem} {_index}.");
        FindsPut(ZoneId.Packet, _index, $"Mbuf {_index} in the Packet magazines of cache 0 is not in its reset state");
    }

    [Test]
    public void A_cluster_that_is_referred_to_in_a_magazine_is_found()
        => FindsPut(ZoneId.Cluster, _cluster, $"Cluster {_cluster} is free and referred to at the same time.");

    [Test]
    public void An_item_twice_in_the_magazines_is_found()
    {
        uint mbuf = _cache.FreeRounds(ZoneId.Mbuf)[0].Item;
        uint page = _cache.FreeRounds(ZoneId.Page)[0].Item;

        const string Place = "the Mbuf magazines of cache 0";
        FindsPut(ZoneId.Mbuf, mbuf, $"Mbuf {mbuf} is in two places: {Place} and {Place}.");
        FindsPut(ZoneId.Page, page, $"Page {page} is free twice, the second time in the Page magazines of cache 0.");
    }

    [Test]
    public void A_cluster_that_is_free_alone_and_in_a_pair_is_found()
    {
        uint pair = _cache.FreeRounds(ZoneId.Packet)[0].Item;
        uint cluster = Arena.Memory.Header(pair).Storage;

        FindsPut(ZoneId.Cluster, cluster, $"Cluster {cluster} is free twice, the second time in the Packet magazines");
    }

    [Test]
    public void An_item_that_was_never_carved_is_found()
    {
        FindsPut(ZoneId.Mbuf, 0, "Mbuf 0, which was never carved");
        FindsPut(ZoneId.Mbuf, 256, "Mbuf 256, which was never carved");
        FindsPut(ZoneId.Cluster, 199, "Cluster 199, which was never carved");
        FindsPut(ZoneId.Page, 99, "Page 99, which was never carved");
    }

    [Test]
    public void An_item_in_a_magazine_and_in_the_depot_is_found()
    {
        uint mbuf = _cache.FreeRounds(ZoneId.Mbuf)[0].Item;
        Zone depot = Arena.Zones[(int)ZoneId.Mbuf];
        depot.AddLoose(new Round(mbuf, generation: 0), Arena.EmptyMagazines);
        MbufAudit audit = Arena.Audit();
        depot.TryTakeAny(out _, Arena.EmptyMagazines);

        Assert.That(audit.Problems, Has.Some.EqualTo(
            $"Mbuf {mbuf} is in two places: the depot of the Mbuf zone and the Mbuf magazines of cache 0."));
        Assert.That(Arena.Audit().Problems, Is.Empty, "The damage is repaired.");
    }

    [Test]
    public void An_item_that_was_lost_is_found()
    {
        FindsTaken(ZoneId.Mbuf, static item => $"Mbuf {item} is nowhere: not free, and in no live chain");
        FindsTaken(ZoneId.Page, static item => $"Page {item} is nowhere: neither free nor referred to.");
    }

    /// <summary>Its header is a packet's, and not even a free wrote into it: it counts as one that was leaked.</summary>
    [Test]
    public void A_pair_that_was_lost_is_a_live_packet()
    {
        int live = Arena.Audit().LiveChains;
        MagazinePair truth = _cache.Hot.Magazines[(int)ZoneId.Packet];
        Assert.That(_cache.Hot.Magazines[(int)ZoneId.Packet].TryTakeAny(out _), "There is something to lose.");
        MbufAudit audit = Arena.Audit();
        _cache.Hot.Magazines[(int)ZoneId.Packet] = truth;

        Assert.That(audit.Problems, Is.Empty);
        Assert.That(audit.LiveChains, Is.EqualTo(live + 1));
        Assert.That(Arena.Audit().LiveChains, Is.EqualTo(live), "The damage is repaired.");
    }

    [Test]
    public void A_pair_of_another_generation_than_its_header_is_found()
    {
        uint pair = _cache.FreeRounds(ZoneId.Packet)[0].Item;
        Arena.Memory.Header(pair).Generation++;
        MbufAudit audit = Arena.Audit();
        Arena.Memory.Header(pair).Generation--;

        Assert.That(audit.Problems, Has.Some.Contains($"Mbuf {pair} in the Packet magazines of cache 0 would be handed out with generation"));
        Assert.That(Arena.Audit().Problems, Is.Empty, "The damage is repaired.");
    }

    [Test]
    public void No_more_than_64_problems_are_kept()
    {
        MagazinePair mbufs = _cache.Hot.Magazines[(int)ZoneId.Mbuf];
        MagazinePair pages = _cache.Hot.Magazines[(int)ZoneId.Page];
        int lost = mbufs.Total + pages.Total;
        while (_cache.Hot.Magazines[(int)ZoneId.Mbuf].TryTakeAny(out _) || _cache.Hot.Magazines[(int)ZoneId.Page].TryTakeAny(out _))
        {
            // Each is nowhere.
        }

        MbufAudit audit = Arena.Audit();
        _cache.Hot.Magazines[(int)ZoneId.Mbuf] = mbufs;
        _cache.Hot.Magazines[(int)ZoneId.Page] = pages;

        Assert.That(lost, Is.GreaterThan(64));
        Assert.That(audit.Problems, Has.Count.EqualTo(64));
        Assert.That(audit.ToString().Split('\n'), Is.EqualTo(audit.Problems));
        Assert.That(Arena.Audit().Problems, Is.Empty, "The damage is repaired.");
    }

    private void FindsPut(ZoneId zone, uint item, string problem)
    {
        MagazinePair truth = _cache.Hot.Magazines[(int)zone];
        _cache.Push(zone, item);
        AssertFoundAndRepair(zone, truth, problem);
    }

    private void FindsTaken(ZoneId zone, Func<uint, string> problem)
    {
        MagazinePair truth = _cache.Hot.Magazines[(int)zone];
        Assert.That(_cache.Hot.Magazines[(int)zone].TryTakeAny(out uint item), "There is something to lose.");
        AssertFoundAndRepair(zone, truth, problem(item));
    }

    private void AssertFoundAndRepair(ZoneId zone, MagazinePair truth, string problem)
    {
        MbufAudit audit = Arena.Audit();
        _cache.Hot.Magazines[(int)zone] = truth;

        Assert.That(audit.Problems, Has.Some.Contains(problem));
        Assert.That(Arena.Audit().Problems, Is.Empty, "The damage is repaired.");
    }
}
