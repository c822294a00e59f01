using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Once warm, neither operation allocates managed memory, whatever comes of it.</summary>
[TestFixtureSource(typeof(SocketSetup), nameof(SocketSetup.All))]
public sealed class SocketAllocationTests(SocketForm form, Transport transport, ArenaKind kind)
    : SocketFixture(form, transport, kind)
{
    private readonly byte[] _bytes = new byte[6000];

    [Test]
    public void Sending_and_receiving_allocate_nothing() => AllocationAssert.IsFree(Arena, SendAndReceive);

    [Test]
    public void A_receive_that_would_block_allocates_nothing() => AllocationAssert.IsFree(Arena, ReceiveInVain);

    [Test]
    public void A_send_that_would_block_allocates_nothing()
    {
        SocketPair pair = NewPair(buffer: 8192);
        using (MbufScope mbufs = Arena.Enter())
        {
            while (SendTo(pair, mbufs) != MbufSocketStatus.WouldBlock)
            {
                // Until the socket is full.
            }
        }

        AllocationAssert.IsFree(Arena, mbufs => Check(SendTo(pair, mbufs) == MbufSocketStatus.WouldBlock));
    }

    [Test]
    public void The_end_of_a_stream_allocates_nothing()
    {
        Pair.Far.Dispose();
        Check(Pair.Near.Poll(SocketPair.Patience, System.Net.Sockets.SelectMode.SelectRead));
        AllocationAssert.IsFree(Arena, ReceiveEnd);
    }

    private void SendAndReceive(MbufScope mbufs)
    {
        using MbufChain outgoing = mbufs.AllocatePacket();
        Check(outgoing.TryAppend(_bytes));
        MbufSocketResult sent = Form.Send(Pair.Far, outgoing);
        Check(sent.Bytes == _bytes.Length);
        using MbufChain incoming = mbufs.AllocatePacket();
        while (incoming.Length < _bytes.Length)
        {
            Check(Pair.Near.Poll(30_000_000, System.Net.Sockets.SelectMode.SelectRead));
            Check(Receive(incoming, 10_000).Status == MbufSocketStatus.Transferred);
        }
    }

    private void ReceiveInVain(MbufScope mbufs)
    {
        using MbufChain chain = mbufs.AllocatePacket();
        Check(Receive(chain, 10_000).Status == MbufSocketStatus.WouldBlock);
    }

    private void ReceiveEnd(MbufScope mbufs)
    {
        using MbufChain chain = mbufs.AllocatePacket();
        Check(Receive(chain, 10_000).Status == MbufSocketStatus.EndOfStream);
    }

    private MbufSocketStatus SendTo(SocketPair pair, MbufScope mbufs)
    {
        using MbufChain chain = mbufs.AllocatePacket();
        Check(chain.TryAppend(_bytes));
        return Form.Send(pair.Near, chain).Status;
    }

    /// <summary>An assertion that allocates nothing when it holds.</summary>
    private static void Check(bool truth)
    {
        if (!truth)
        {
            Assert.Fail("What is measured did not happen.");
        }
    }
}
