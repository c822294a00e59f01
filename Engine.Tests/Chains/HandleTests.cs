using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class HandleTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_detached_packet_is_opened_once_and_unchanged()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Shared(200));
        packet.ReceiveInterface = 5;
        Mbuf handle = packet.Detach();
        Mbuf copy = handle;

        using MbufChain opened = mbufs.Open(handle);
        Assert.That((opened.ReceiveInterface, opened.SegmentCount), Is.EqualTo(((ushort)5, 2)));
        ChainAssert.Holds(opened, bytes);
        Expect.Throws<MbufStaleException>(mbufs, scope => scope.Open(handle));
        Expect.Throws<MbufStaleException>(mbufs, scope => scope.Open(copy));
    }

    [Test]
    public void A_handle_crosses_scopes_and_threads()
    {
        byte[] bytes = Pattern(300);
        Mbuf handle;
        using (MbufScope mbufs = Arena.Enter())
        {
            handle = Packet(mbufs, bytes).Detach();
        }

        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using MbufScope mbufs = Arena.Enter();
                using MbufChain packet = mbufs.Open(handle);
                ChainAssert.Holds(packet, bytes);
            }
            catch (Exception exception) when (exception is MbufException or AssertionException)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        Assert.That(failure, Is.Null);
        Assert.That(Arena.StateOf(handle), Is.EqualTo(MbufState.Free));
    }

    [Test]
    public void A_handle_of_a_packet_that_is_gone_is_stale()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        Mbuf freed = Packet(mbufs, Pattern(10)).Detach();
        mbufs.Open(freed).Free();
        Mbuf appended = Packet(mbufs, Pattern(10)).Detach();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.Append(mbufs.Open(appended));
        Mbuf enqueued = Packet(mbufs, Pattern(10)).Detach();
        Assert.That(queue.TryEnqueue(mbufs.Open(enqueued)));

        foreach (Mbuf handle in new[] { freed, appended, enqueued })
        {
            Expect.Throws<MbufStaleException>(mbufs, scope => scope.Open(handle));
            Expect.Throws<MbufDoubleFreeException>(mbufs, scope => scope.Free([handle]));
        }

        Assert.That(queue.Drain(mbufs), Is.EqualTo(1));
        ChainAssert.Holds(packet, Pattern(10));
    }

    [Test]
    public void The_null_handle_cannot_be_opened()
    {
        using MbufScope mbufs = Arena.Enter();

        MbufException exception = Expect.Throws<MbufException>(mbufs, static scope => scope.Open(default));
        Assert.That(exception.Message, Does.Contain("null"));
    }

    [Test]
    public void A_handle_of_another_arena_is_foreign()
    {
        MbufArena other = NewArena(mbufs: 256);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = other.Enter();
        Mbuf handle = others.AllocateMbuf().Detach();
        Mbuf own = mbufs.AllocateMbuf().Detach();

        Expect.Throws<MbufForeignException>(mbufs, scope => scope.Open(handle));
        Expect.Throws<MbufForeignException>(mbufs, scope => scope.Free([handle]));
        Expect.Throws<MbufForeignException>(others, scope => scope.Open(own));
        others.Open(handle).Free();
        mbufs.Open(own).Free();
    }

    [Test]
    public void Packets_of_two_arenas_are_never_joined()
    {
        MbufArena other = NewArena(mbufs: 256, clusters: 64);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = other.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        using MbufChain foreign = Packet(others, Pattern(20));
        ChainSnapshot before = ChainSnapshot.Of(packet);
        ChainSnapshot beforeForeign = ChainSnapshot.Of(foreign);

        Assert.That(foreign.Index, Is.EqualTo(packet.Index), "Even the same index is another packet.");
        Expect.Throws<MbufForeignException>(packet, foreign, static (chain, joined) => chain.Append(joined));
        Expect.Throws<MbufForeignException>(foreign, packet, static (chain, joined) => chain.Append(joined));
        before.AssertUnchanged(packet);
        beforeForeign.AssertUnchanged(foreign);
    }

    [Test]
    public void In_a_closed_scope_no_handle_is_opened_or_freed_and_nothing_allocated()
    {
        MbufScope closed = Arena.Enter();
        Mbuf handle = closed.AllocateMbuf().Detach();
        closed.Dispose();

        Expect.Throws<ObjectDisposedException>(closed, scope => scope.Open(handle));
        Expect.Throws<ObjectDisposedException>(closed, static scope => scope.Open(default));
        Expect.Throws<ObjectDisposedException>(closed, scope => scope.Free([handle]));
        Expect.Throws<ObjectDisposedException>(closed, static scope => scope.AllocateMbuf());
        Expect.Throws<ObjectDisposedException>(closed, static scope => scope.AllocatePacketWithoutCluster());
        Expect.Throws<ObjectDisposedException>(closed, static scope => scope.AllocatePacket());
        Expect.Throws<ObjectDisposedException>(closed, static scope => scope.AllocateMbufWithCluster());
        Expect.Throws<ObjectDisposedException>(closed, static scope => scope.AllocatePacket(MbufClusterSize.Page));
        Expect.Throws<ObjectDisposedException>(closed, static scope => scope.AllocatePacket(5000));
        Expect.Throws<ObjectDisposedException>(closed, static scope => scope.TryAllocatePackets(new Mbuf[1]));
        closed.Dispose();
        using MbufScope mbufs = Arena.Enter();
        mbufs.Open(handle).Free();
    }

    [Test]
    public void A_disposed_arena_is_not_entered_and_its_packets_are_gone_with_its_last_scope()
    {
        MbufArena arena = NewArena(mbufs: 4, clusters: 4);
        MbufScope mbufs = arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        arena.Dispose();

        Assert.That(() => arena.Enter().Dispose(), Throws.TypeOf<ObjectDisposedException>());
        ChainAssert.Holds(packet, Pattern(10));
        Mbuf handle = packet.Detach();
        Assert.That(arena.StateOf(handle), Is.EqualTo(MbufState.Live), "The memory is there while the scope is open.");
        mbufs.Dispose();
        Assert.That(() => arena.StateOf(handle), Throws.TypeOf<ObjectDisposedException>());
        Expect.Throws<ObjectDisposedException>(packet, static chain => _ = chain.Length);
        Expect.Throws<ObjectDisposedException>(packet, static chain => chain.Free());
        Expect.Throws<ObjectDisposedException>(mbufs, scope => scope.Open(handle));
        packet.Dispose();
        Assert.That((packet.IsOwned, arena.LiveMbufs), Is.EqualTo((false, 1)), "What was live at the end is reported.");
    }

    [Test]
    public void A_handle_of_a_disposed_arena_means_nothing_to_the_next()
    {
        MbufArena arena = NewArena(mbufs: 4);
        Mbuf handle;
        using (MbufScope mbufs = arena.Enter())
        {
            handle = mbufs.AllocateMbuf().Detach();
        }

        arena.Dispose();
        using MbufScope others = Arena.Enter();
        Expect.Throws<MbufForeignException>(others, scope => scope.Open(handle));
    }
}
