using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// Sockets that block: those whose descriptor does, and those that were non-blocking once, whose descriptor stays so for ever.
/// The near socket of a pair is of the second kind, the far one of the first.
/// </summary>
public sealed class BlockingSocketTests : MbufFixture
{
    private static IEnumerable<SocketForm> Forms => [SocketForm.Public, SocketForm.Portable];

    [Test]
    public void A_receive_waits_for_data(
        [ValueSource(nameof(Forms))] SocketForm form, [Values] Transport transport, [Values] bool wasNonBlocking)
    {
        Skip(transport);
        byte[] bytes = Pattern(3000);
        using var pair = new SocketPair(transport);
        pair.Near.Blocking = true;
        (Socket socket, Socket peer) = wasNonBlocking ? (pair.Near, pair.Far) : (pair.Far, pair.Near);
        socket.ReceiveTimeout = 0;
        using var started = new ManualResetEventSlim();
        Task<byte[]> receiver = Run(() => ReceiveAll(form, socket, bytes.Length, started));
        Assert.That(started.Wait(SocketPair.Patience));

        foreach (byte[] chunk in bytes.Chunk(1000))
        {
            Assert.That(peer.Send(chunk), Is.EqualTo(chunk.Length));
        }

        Assert.That(receiver.Wait(SocketPair.Patience), "The receiver ends.");
        Assert.That(receiver.Result, Is.EqualTo(bytes));
    }

    [Test]
    public void A_send_waits_for_room(
        [ValueSource(nameof(Forms))] SocketForm form, [Values] Transport transport, [Values] bool wasNonBlocking)
    {
        Skip(transport);
        byte[] bytes = Pattern(120_000);
        using var pair = new SocketPair(transport, buffer: 8192);
        pair.Near.Blocking = true;
        (Socket socket, Socket peer) = wasNonBlocking ? (pair.Near, pair.Far) : (pair.Far, pair.Near);
        socket.SendTimeout = 0;
        Task sender = Run(() => SendAll(form, socket, bytes));

        byte[] received = new byte[bytes.Length];
        for (int count = 0; count < received.Length;)
        {
            int more = peer.Receive(received.AsSpan(count));
            Assert.That(more, Is.Positive);
            count += more;
        }

        Assert.That(sender.Wait(SocketPair.Patience), "The sender ends.");
        Assert.That(received, Is.EqualTo(bytes));
    }

    [Test]
    public void A_receive_that_waits_too_long_is_timed_out(
        [ValueSource(nameof(Forms))] SocketForm form, [Values] Transport transport, [Values] bool wasNonBlocking)
    {
        Skip(transport);
        using var pair = new SocketPair(transport);
        pair.Near.Blocking = true;
        Socket socket = wasNonBlocking ? pair.Near : pair.Far;
        socket.ReceiveTimeout = 20;
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(10));
        ChainSnapshot before = ChainSnapshot.Of(chain);

        MbufSocketResult result = form.Receive(socket, chain, 3000);

        Assert.That(result, Is.EqualTo(new MbufSocketResult(MbufSocketStatus.Failed, 0, 3000, SocketError.TimedOut)));
        before.AssertUnchanged(chain);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
    }

    [Test]
    public void A_send_that_waits_too_long_is_timed_out(
        [ValueSource(nameof(Forms))] SocketForm form, [Values] Transport transport, [Values] bool wasNonBlocking)
    {
        Skip(transport);
        using var pair = new SocketPair(transport, buffer: 8192);
        pair.Near.Blocking = true;
        Socket socket = wasNonBlocking ? pair.Near : pair.Far;
        socket.SendTimeout = 20;
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        MbufSocketResult result;
        do
        {
            Assert.That(chain.Length > 0 || chain.TryAppend(Pattern(100_000)));
            result = form.Send(socket, chain);
        }
        while (result.Status == MbufSocketStatus.Transferred);

        Assert.That(result, Is.EqualTo(new MbufSocketResult(MbufSocketStatus.Failed, 0, chain.Length, SocketError.TimedOut)));
        ChainAssert.Holds(chain, Pattern(100_000).AsSpan(100_000 - chain.Length));
    }

    private static Task<T> Run<T>(Func<T> work) => Task.Factory.StartNew(work, TaskCreationOptions.LongRunning);

    private byte[] ReceiveAll(SocketForm form, Socket socket, int length, ManualResetEventSlim started)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        started.Set();
        while (chain.Length < length)
        {
            int before = chain.Length;
            MbufSocketResult result = form.Receive(socket, chain, 10_000);
            Assert.That(result.Status, Is.EqualTo(MbufSocketStatus.Transferred));
            Assert.That(chain.Length, Is.EqualTo(before + result.Bytes));
        }

        return ChainAssert.Bytes(chain);
    }

    private bool SendAll(SocketForm form, Socket socket, byte[] bytes)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryAppend(bytes));
        while (!chain.IsEmpty)
        {
            MbufSocketResult result = form.Send(socket, chain);
            Assert.That(result.Status, Is.EqualTo(MbufSocketStatus.Transferred));
        }

        return true;
    }

    private static void Skip(Transport transport)
    {
        if (transport == Transport.Tcp6 && !Socket.OSSupportsIPv6)
        {
            Assert.Ignore("This system has no IPv6.");
        }

        if (transport == Transport.Unix && !Socket.OSSupportsUnixDomainSockets)
        {
            Assert.Ignore("This system has no Unix domain sockets.");
        }
    }
}
