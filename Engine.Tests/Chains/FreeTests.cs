using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FreeTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Free_gives_everything_back_and_leaves_what_others_refer_to()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(9400);
        MbufChain packet = Build(
            mbufs, bytes, Segment.Internal(100), Segment.Empty, Segment.Cluster(200), Segment.Shared(100), Segment.Jumbo(MbufClusterSize.Jumbo9, 9000));
        using MbufChain share = packet.Share();
        int live = Arena.LiveMbufs;

        packet.Free();
        Assert.That(Arena.LiveMbufs, Is.EqualTo(live - 5));
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void Free_is_strict()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain copy = packet;
        packet.Free();

        Expect.Throws<MbufDoubleFreeException>(packet, static chain => chain.Free());
        Expect.Throws<MbufDoubleFreeException>(copy, static chain => chain.Free());
        Expect.Throws<NullReferenceException>(default, static chain => chain.Free());
    }

    [Test]
    public void Free_refuses_what_was_given_away()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        MbufChain detached = Packet(mbufs, Pattern(10));
        Mbuf handle = detached.Detach();
        MbufChain appended = Packet(mbufs, Pattern(10));
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.Append(appended);
        MbufChain enqueued = Packet(mbufs, Pattern(10));
        Assert.That(queue.TryEnqueue(enqueued));

        Expect.Throws<MbufDoubleFreeException>(detached, static chain => chain.Free());
        Expect.Throws<MbufDoubleFreeException>(appended, static chain => chain.Free());
        Expect.Throws<MbufDoubleFreeException>(enqueued, static chain => chain.Free());
        Assert.That(queue.Drain(mbufs), Is.EqualTo(1));
        mbufs.Open(handle).Free();
        ChainAssert.Holds(packet, Pattern(10));
    }

    [Test]
    public void Dispose_frees_what_is_owned_and_does_nothing_otherwise()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        MbufChain freed = Packet(mbufs, Pattern(10));
        freed.Dispose();
        Assert.That(Arena.LiveMbufs, Is.Zero);
        freed.Dispose();
        default(MbufChain).Dispose();

        MbufChain detached = Packet(mbufs, Pattern(10));
        Mbuf handle = detached.Detach();
        detached.Dispose();
        MbufChain appended = Packet(mbufs, Pattern(10));
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.Append(appended);
        appended.Dispose();
        MbufChain enqueued = Packet(mbufs, Pattern(10));
        Assert.That(queue.TryEnqueue(enqueued));
        enqueued.Dispose();

        Assert.That(Arena.LiveMbufs, Is.EqualTo(1 + 2 + 1));
        Assert.That(queue.Drain(mbufs), Is.EqualTo(1));
        mbufs.Open(handle).Free();
    }

    [Test]
    public void Dispose_of_a_chain_whose_mbuf_is_used_again_leaves_the_new_one_alone()
    {
        MbufArena arena = NewArena(mbufs: 1);
        using MbufScope mbufs = arena.Enter();
        MbufChain old = mbufs.AllocateMbuf();
        old.Free();
        using MbufChain next = mbufs.AllocateMbuf();

        Assert.That(next.Index, Is.EqualTo(old.Index));
        old.Dispose();
        Assert.That(next.IsOwned);
        Expect.Throws<MbufDoubleFreeException>(old, static chain => chain.Free());
    }

    [Test]
    public void In_a_closed_scope_free_throws_and_dispose_does_nothing()
    {
        MbufScope closed = Arena.Enter();
        MbufChain packet = Packet(closed, Pattern(10));
        Mbuf handle = HandleOf(packet);
        closed.Dispose();

        Expect.Throws<ObjectDisposedException>(packet, static chain => chain.Free());
        packet.Dispose();
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
        using MbufScope mbufs = Arena.Enter();
        mbufs.Open(handle).Free();
    }

    [Test]
    public void The_order_in_which_shares_are_freed_does_not_matter([Values(0, 1, 2)] int first, [Values(0, 1)] int second)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(600), Segment.Cluster(300), Segment.Jumbo(MbufClusterSize.Page, 300));
        var handles = new List<Mbuf> { packet.Share().Detach(), packet.Share().Detach() };
        handles.Add(packet.Detach());
        foreach (int number in new[] { first, second, 0 })
        {
            using (MbufChain chain = mbufs.Open(handles[number]))
            {
                ChainAssert.Holds(chain, Pattern(600));
            }

            handles.RemoveAt(number);
        }

        Assert.That(Arena.LiveMbufs, Is.Zero);
        Assert.That(Arena.GetStatistics().BytesInUse, Is.Zero);
    }
}
