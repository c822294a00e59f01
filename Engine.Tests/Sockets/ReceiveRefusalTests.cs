using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Receives that move nothing: the chain and the arena are as they were.</summary>
[TestFixtureSource(typeof(SocketSetup), nameof(SocketSetup.All))]
public sealed class ReceiveRefusalTests(SocketForm form, Transport transport, ArenaKind kind)
    : SocketFixture(form, transport, kind)
{
    [Test]
    public void A_socket_without_data_would_block_and_leaves_the_layout_alone()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, Pattern(310), Segment.Internal(10), Segment.Empty, Segment.Cluster(300));
        ChainSnapshot before = ChainSnapshot.Of(chain);

        Ended(Receive(chain, 10_000), MbufSocketStatus.WouldBlock, 10_000);

        before.AssertUnchanged(chain);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(3));
    }

    [Test]
    public void The_end_of_the_stream_comes_after_its_last_byte_and_stays()
    {
        byte[] bytes = Pattern(2048);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Pair.Deliver(bytes);
        Pair.Far.Shutdown(SocketShutdown.Send);

        Moved(Receive(chain, 5000), 2048, 5000);
        Assert.That(Pair.Near.Poll(SocketPair.Patience, SelectMode.SelectRead));
        Ended(Receive(chain, 5000), MbufSocketStatus.EndOfStream, 5000);
        Ended(Receive(chain, 1), MbufSocketStatus.EndOfStream, 1);

        ChainAssert.Holds(chain, bytes);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
    }

    [Test]
    public void A_reset_connection_fails_with_ConnectionReset()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(100));
        ChainSnapshot before = ChainSnapshot.Of(chain);
        Pair.ResetFromFar();

        Failed(Receive(chain, 3000), SocketError.ConnectionReset, 3000);

        before.AssertUnchanged(chain);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
    }

    [Test]
    public void An_exhausted_arena_reads_nothing_and_goes_on_when_there_is_memory_again()
    {
        byte[] bytes = Pattern(3000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..192], Segment.Internal(192));
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(chain);
        Pair.Deliver(bytes.AsSpan(192));

        Ended(Receive(chain, 5000), MbufSocketStatus.Exhausted, 0);
        Ended(Receive(chain, 1), MbufSocketStatus.Exhausted, 0);
        before.AssertUnchanged(chain);
        Assert.That(Pair.Near.Available, Is.EqualTo(bytes.Length - 192), "The bytes wait in the socket.");

        hoard.Release(mbufs);
        Moved(Receive(chain, 5000), bytes.Length - 192, 5000);
        ChainAssert.Holds(chain, bytes);
    }

    [Test]
    public void An_arena_that_can_give_part_of_the_room_receives_that_part()
    {
        byte[] bytes = Pattern(6000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..100], Segment.Internal(100));
        Hoard hoard = Hoard.OfEverything(mbufs);
        hoard.ReleaseClusters(mbufs, 2);
        Pair.Deliver(bytes.AsSpan(100));

        Moved(Receive(chain, 10_000), 92 + 4096, 92 + 4096);
        Ended(Receive(chain, 10_000), MbufSocketStatus.Exhausted, 0);
        ChainAssert.Holds(chain, bytes.AsSpan(0, 192 + 4096));

        hoard.Release(mbufs);
        Moved(Receive(chain, 10_000), 6000 - 192 - 4096, 10_000);
        ChainAssert.Holds(chain, bytes);
    }

    [Test]
    public void An_exhausted_arena_still_fills_the_tailroom()
    {
        byte[] bytes = Pattern(2000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, bytes.AsSpan(0, 1000));
        Hoard hoard = Hoard.OfEverything(mbufs);
        Pair.Deliver(bytes.AsSpan(1000));

        Moved(Receive(chain, 5000), 1000, 1048);

        ChainAssert.Holds(chain, bytes);
        hoard.Release(mbufs);
    }

    [Test]
    public void A_shared_or_read_only_tail_is_not_written([Values(SegmentKind.Shared, SegmentKind.ReadOnly)] SegmentKind tail)
    {
        byte[] bytes = Pattern(250);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..150], Segment.Internal(50), new Segment(tail, 100));
        Pair.Deliver(bytes.AsSpan(150));

        Moved(Receive(chain, 100), 100, 100);

        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 50, 100, 100 }));
    }

    [Test]
    public void A_tail_whose_last_partner_was_freed_is_written_again()
    {
        byte[] bytes = Pattern(200);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..100], Segment.Shared(100));
        FreePartners(mbufs);
        Pair.Deliver(bytes.AsSpan(100));

        Moved(Receive(chain, 100), 100, 100);

        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 200 }));
    }
}
