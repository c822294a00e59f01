using NUnit.Framework;

namespace Engine.Mbufs.Tests.Diagnostics;

/// <summary>Live mbufs by type: every one is counted once, and nothing else is.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class TypeCountTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly MbufType[] s_types = [.. Enumerable.Range(0, 256).Select(static value => (MbufType)value)];

    [Test]
    public void A_new_arena_has_none()
    {
        MbufStatistics now = Arena.GetStatistics();
        Assert.That(s_types.Select(now.CountOf), Is.All.Zero);
        Assert.That(now.Tags, Is.Zero);
    }

    [Test]
    public void Every_mbuf_of_every_chain_counts_for_its_type()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain data = Build(mbufs, Pattern(600), Segment.Internal(100), Segment.Cluster(500));
        using MbufChain control = mbufs.AllocateMbuf();
        control.Type = MbufType.Control;
        Assert.That(control.TryAppend([1]));
        using MbufChain own = mbufs.AllocatePacket(MbufClusterSize.Page);
        own.Type = (MbufType)200;
        using MbufChain copy = own.Share();
        AssertCounts((MbufType.Data, 2), (MbufType.Control, 1), ((MbufType)200, 2));

        data.Append(control);
        AssertCounts((MbufType.Data, 2), (MbufType.Control, 1), ((MbufType)200, 2));
        copy.Free();
        data.Free();
        AssertCounts(((MbufType)200, 1));
        own.Type = MbufType.Header;
        AssertCounts((MbufType.Header, 1));
    }

    [Test]
    public void Packets_in_handles_and_queues_count_and_freed_retired_and_quarantined_mbufs_do_not()
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            Hoard.OfEverything(mbufs).Release(mbufs);
        }

        AssertCounts();
        Arena.SetLimit(MbufZone.Mbufs, 100);
        AssertCounts();
        using MbufScope last = Arena.Enter();
        Mbuf handle = last.AllocatePacket().Detach();
        var queue = new MbufQueue(Arena);
        Assert.That(queue.TryEnqueue(last.AllocatePacket(5000)));
        AssertCounts((MbufType.Data, 4));
        last.Free([handle]);
        Assert.That(queue.TryDequeue(last, out MbufChain chain));
        chain.Free();
        AssertCounts();
    }

    [Test]
    public void Tags_are_counted_apart()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        packet.PrependTag(mbufs.AllocateTag(1, 10));
        packet.PrependTag(mbufs.AllocateTag(2, 10));
        MbufTagHandle kept = mbufs.AllocateTag(3, 10).Detach();
        MbufStatistics now = Arena.GetStatistics();
        Assert.That((now.CountOf(MbufType.Data), now.Tags, now.Mbufs.Current), Is.EqualTo((1, 3, 4)));
        packet.DeleteTags();
        mbufs.OpenTag(kept).Free();
        now = Arena.GetStatistics();
        Assert.That((now.CountOf(MbufType.Data), now.Tags), Is.EqualTo((1, 0)));
    }

    [TestCase(4095)]
    [TestCase(4096)]
    [TestCase(4097)]
    [TestCase(9000)]
    public void However_many_there_are(int count)
    {
        using MbufArena arena = NewArena(mbufs: 10_000);
        List<Mbuf> held;
        using (MbufScope mbufs = arena.Enter())
        {
            held = Arenas.Take(mbufs, count, static (in mbufs) => mbufs.AllocateMbuf());
        }

        Assert.That(arena.GetStatistics().CountOf(MbufType.Data), Is.EqualTo(count));
        using MbufScope last = arena.Enter();
        Arenas.FreeAll(last, held);
    }

    private void AssertCounts(params (MbufType Type, int Count)[] expected)
    {
        MbufStatistics now = Arena.GetStatistics();
        Assert.That(
            s_types.Select(type => (type, now.CountOf(type))).Where(static counted => counted.Item2 > 0), Is.EquivalentTo(expected));
        Assert.That(s_types.Sum(now.CountOf) + now.Tags, Is.EqualTo(now.Mbufs.Current));
    }
}
