using System.Net.Sockets;
using System.Runtime.Versioning;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Sockets that are not there, closed, or about to be.</summary>
public sealed class SocketLifetimeTests : MbufFixture
{
    private static IEnumerable<SocketForm> Forms => [SocketForm.Public, SocketForm.Portable];

    [Test]
    public void No_socket_is_refused_before_anything_else()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(10));

        ArgumentNullException receive = Expect.Throws<ArgumentNullException>(
            chain, static chain => MbufSocket.Receive(null!, chain, 0));
        ArgumentNullException send = Expect.Throws<ArgumentNullException>(chain, static chain => MbufSocket.Send(null!, chain));

        Assert.That(receive.ParamName, Is.EqualTo("socket"));
        Assert.That(send.ParamName, Is.EqualTo("socket"));
        ChainAssert.Holds(chain, Pattern(10));
    }

    [TestCaseSource(nameof(Forms))]
    public void A_disposed_socket_is_refused_and_no_mbuf_is_lost(SocketForm form)
    {
        using var pair = new SocketPair(Transport.Tcp4);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(10));
        ChainSnapshot before = ChainSnapshot.Of(chain);
        pair.Near.Dispose();

        _ = Expect.Throws<ObjectDisposedException>(chain, chain => form.Receive(pair.Near, chain, 10_000));
        _ = Expect.Throws<ObjectDisposedException>(chain, chain => form.Send(pair.Near, chain));

        before.AssertUnchanged(chain);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
    }

    [Test]
    public void A_disposed_socket_is_refused_even_if_nothing_would_be_moved()
    {
        using var pair = new SocketPair(Transport.Tcp4);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain full = Build(mbufs, Pattern(192), Segment.Internal(192));
        using MbufChain empty = mbufs.AllocatePacket();
        Hoard hoard = Hoard.OfEverything(mbufs);
        pair.Near.Dispose();

        _ = Expect.Throws<ObjectDisposedException>(full, chain => MbufSocket.Receive(pair.Near, chain, 10));
        _ = Expect.Throws<ObjectDisposedException>(empty, chain => MbufSocket.Send(pair.Near, chain));

        hoard.Release(mbufs);
    }

    [Test]
    [Platform("Linux", Reason = "The overloads for file descriptors exist on Linux only.")]
    [SupportedOSPlatform("linux")]
    public void A_descriptor_that_is_not_open_fails()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(10));
        ChainSnapshot before = ChainSnapshot.Of(chain);

        MbufSocketResult received = MbufSocket.Receive(-1, chain, 10_000);
        MbufSocketResult sent = MbufSocket.Send(-1, chain);

        Assert.That(received, Is.EqualTo(new MbufSocketResult(MbufSocketStatus.Failed, 0, 10_000, SocketError.NotSocket)));
        Assert.That(sent, Is.EqualTo(new MbufSocketResult(MbufSocketStatus.Failed, 0, 10, SocketError.NotSocket)));
        before.AssertUnchanged(chain);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
    }

    [Test]
    [Platform(Exclude = "Linux", Reason = "Linux has the overloads for file descriptors.")]
    public void Descriptors_are_refused_where_they_do_not_work()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(10));

#pragma warning disable CA1416 // That the platform does not have it is what is tested.
        _ = Expect.Throws<PlatformNotSupportedException>(chain, static chain => MbufSocket.Receive(0, chain, 10_000));
        _ = Expect.Throws<PlatformNotSupportedException>(chain, static chain => MbufSocket.Send(0, chain));
#pragma warning restore CA1416

        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Forms))]
    public void Disposing_the_socket_ends_a_receive_that_waits(SocketForm form)
    {
        using var pair = new SocketPair(Transport.Tcp4);
        using var started = new ManualResetEventSlim();
        Task<MbufSocketStatus?> receiver = Task.Factory.StartNew(
            () => ReceiveUntilDisposed(form, pair.Far, started), TaskCreationOptions.LongRunning);
        Assert.That(started.Wait(SocketPair.Patience));

        pair.Far.Dispose();

        Assert.That(receiver.Wait(SocketPair.Patience), "The receive ends.");
        Assert.That(receiver.Result, Is.Null.Or.EqualTo(MbufSocketStatus.EndOfStream).Or.EqualTo(MbufSocketStatus.Failed));
    }

    /// <summary>Null for the exception: whether the call or the disposal was first is up to the system.</summary>
    private MbufSocketStatus? ReceiveUntilDisposed(SocketForm form, Socket socket, ManualResetEventSlim started)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        started.Set();
        try
        {
            return form.Receive(socket, chain, 10_000).Status;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
