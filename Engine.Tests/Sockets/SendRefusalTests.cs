using System.Diagnostics;
using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Sends into connections that are gone: an error, never a signal, and the chain is as it was.</summary>
[TestFixtureSource(typeof(SocketSetup), nameof(SocketSetup.All))]
public sealed class SendRefusalTests(SocketForm form, Transport transport, ArenaKind kind) : SocketFixture(form, transport, kind)
{
    [Test]
    public void A_send_after_the_own_shutdown_fails()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, Pattern(2100), Segment.Internal(100), Segment.Cluster(2000));
        ChainSnapshot before = ChainSnapshot.Of(chain);
        Pair.Near.Shutdown(SocketShutdown.Send);

        Failed(Send(chain), SocketError.Shutdown, 2100);

        before.AssertUnchanged(chain);
    }

    [Test]
    public void Every_send_to_a_peer_that_has_reset_the_connection_fails()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, Pattern(2100), Segment.Internal(100), Segment.Cluster(2000));
        ChainSnapshot before = ChainSnapshot.Of(chain);
        Pair.ResetFromFar();

        // The first call may learn of the reset itself; from then on there is no connection any more.
        for (int call = 0; call < 3; call++)
        {
            MbufSocketResult result = Send(chain);
            Failed(result, result.Error, 2100);
            Assert.That(
                result.Error,
                Is.AnyOf(
                    SocketError.ConnectionReset, SocketError.ConnectionAborted, SocketError.Shutdown, SocketError.NotConnected));
            before.AssertUnchanged(chain);
        }
    }

    [Test]
    public void A_send_to_a_peer_that_closed_in_peace_ends_in_an_error()
    {
        using MbufScope mbufs = Arena.Enter();
        Pair.Far.Dispose();
        Assert.That(Pair.Near.Poll(SocketPair.Patience, SelectMode.SelectRead), "The end of the stream arrives.");

        // Over TCP the first bytes may still go out: they are what the peer answers with a reset.
        using MbufChain chain = mbufs.AllocatePacket();
        MbufSocketResult result;
        var clock = Stopwatch.StartNew();
        do
        {
            Assert.That(chain.TryAppend(Pattern(10)));
            result = Send(chain);
        }
        while (result.Status == MbufSocketStatus.Transferred && clock.Elapsed < SocketPair.Patience);

        Failed(result, result.Error, 10);
        ChainAssert.Holds(chain, Pattern(10));
    }
}
