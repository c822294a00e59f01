using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>What a caller may do wrong: each mistake has its exception or status, and costs no mbuf.</summary>
[TestFixtureSource(typeof(SocketSetup), nameof(SocketSetup.All))]
public sealed class SocketMisuseTests(SocketForm form, Transport transport, ArenaKind kind) : SocketFixture(form, transport, kind)
{
    [Test]
    public void A_length_below_1_is_refused([Values(0, -1, int.MinValue)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Pair.Deliver(Pattern(10));

        ArgumentOutOfRangeException exception = Expect.Throws<ArgumentOutOfRangeException>(
            chain, chain => Receive(chain, length));

        Assert.That(exception.ParamName, Is.EqualTo("length"));
        ChainAssert.Holds(chain, Nothing);
        Assert.That(Pair.Near.Available, Is.EqualTo(10));
    }

    [Test]
    public void A_chain_that_was_freed_cannot_receive_or_be_sent()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Packet(mbufs, Pattern(10));
        chain.Free();
        Pair.Deliver(Pattern(10));

        _ = Expect.Throws<MbufStaleException>(chain, chain => Receive(chain, 10));
        _ = Expect.Throws<MbufStaleException>(chain, chain => Send(chain));

        Assert.That(Pair.Near.Available, Is.EqualTo(10));
        Assert.That(Pair.Far.Available, Is.Zero);
    }

    [Test]
    public void A_chain_that_was_given_away_cannot_receive_or_be_sent()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Packet(mbufs, Pattern(10));
        using MbufChain owner = mbufs.Open(chain.Detach());

        _ = Expect.Throws<MbufStaleException>(chain, chain => Receive(chain, 10));
        _ = Expect.Throws<MbufStaleException>(chain, chain => Send(chain));

        ChainAssert.Holds(owner, Pattern(10));
    }

    [Test]
    public void What_an_exhausted_arena_gives_says_so_when_it_is_to_receive_or_to_be_sent()
    {
        using MbufScope mbufs = Arena.Enter();
        List<Mbuf> all = Arenas.TakeAll(mbufs, static (in scope) => scope.AllocatePacket());
        Assert.That(Expect.Throws<MbufException>(mbufs.AllocatePacket(), chain => Receive(chain, 10)).Message, Does.Contain("IsNull"));
        Assert.That(Expect.Throws<MbufException>(mbufs.AllocatePacket(), chain => Send(chain)).Message, Does.Contain("IsNull"));
        Arenas.FreeAll(mbufs, all);
    }

    [Test]
    public void The_null_chain_cannot_receive_or_be_sent()
    {
        _ = Expect.Throws<NullReferenceException>(default, chain => Receive(chain, 10));
        _ = Expect.Throws<NullReferenceException>(default, chain => Send(chain));
    }

    [Test]
    public void A_chain_of_a_closed_scope_cannot_receive_or_be_sent()
    {
        MbufScope mbufs = Arena.Enter();
        MbufChain chain = Packet(mbufs, Pattern(10));
        Mbuf handle = HandleOf(chain);
        mbufs.Dispose();

        _ = Expect.Throws<ObjectDisposedException>(chain, chain => Receive(chain, 10));
        _ = Expect.Throws<ObjectDisposedException>(chain, chain => Send(chain));

        using MbufScope next = Arena.Enter();
        next.Free([handle]);
    }

    [Test]
    public void A_chain_of_the_greatest_length_is_sent_but_cannot_receive()
    {
        MbufArena arena = NewArena(mbufs: 140_000, jumbo16: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = GreatestChain(mbufs, missing: 5);
        Pair.Deliver(Pattern(10));

        Moved(Receive(chain, int.MaxValue), 5, 5);
        Assert.That(chain.Length, Is.EqualTo(int.MaxValue));
        _ = Expect.Throws<OverflowException>(chain, chain => Receive(chain, 1));
        Assert.That(Pair.Near.Available, Is.EqualTo(5));

        MbufSocketResult result = Send(chain);
        Moved(result, result.Bytes, 1024 * 16_384);
        Assert.That(chain.Length, Is.EqualTo(int.MaxValue - result.Bytes));
        Assert.That(chain.IsSane(out string? problem), problem);
    }

    [Test]
    public void An_unconnected_socket_fails()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(10));
        ChainSnapshot before = ChainSnapshot.Of(chain);
        using var socket = new Socket(Pair.Near.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        socket.Blocking = false;

        Assert.That(Form.Receive(socket, chain, 3000).Status, Is.EqualTo(MbufSocketStatus.Failed));
        Assert.That(Form.Send(socket, chain).Status, Is.EqualTo(MbufSocketStatus.Failed));

        before.AssertUnchanged(chain);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
    }

    /// <summary>One cluster of 16 KiB, shared until the chain is as long as one can be, less the bytes missing.</summary>
    private static MbufChain GreatestChain(in MbufScope mbufs, int missing)
    {
        MbufChain chain = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        Assert.That(chain.TryAppend(16_384, out Span<byte> room));
        room.Clear();
        while (chain.Length < 1 << 30)
        {
            chain.Append(chain.Share());
        }

        MbufChain half = chain.Share();
        half.TrimEnd(missing + 1);
        chain.Append(half);
        Assert.That(chain.Length, Is.EqualTo(int.MaxValue - missing));
        return chain;
    }
}
