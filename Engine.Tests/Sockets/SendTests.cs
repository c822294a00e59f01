using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

[TestFixtureSource(typeof(SocketSetup), nameof(SocketSetup.All))]
public sealed class SendTests(SocketForm form, Transport transport, ArenaKind kind) : SocketFixture(form, transport, kind)
{
    [Test]
    public void A_chain_of_many_kinds_of_mbufs_is_sent_in_order_and_emptied()
    {
        byte[] bytes = Pattern(10_000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(
            mbufs,
            bytes,
            Segment.Cluster(1000, lead: 48),
            Segment.Empty,
            Segment.Internal(150),
            Segment.EmptyCluster,
            Segment.Shared(700),
            Segment.ReadOnly(150),
            Segment.Jumbo(MbufClusterSize.Jumbo9, 8000),
            Segment.Empty);

        Moved(Send(chain), 10_000, 10_000);

        ChainAssert.Holds(chain, Nothing);
        Assert.That(Pair.ReadAtFar(10_000), Is.EqualTo(bytes));
        FreePartners(mbufs);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1), "What was sent is freed at once.");
    }

    [Test]
    public void A_chain_that_starts_with_empty_mbufs_is_sent()
    {
        byte[] bytes = Pattern(5);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes, Segment.Empty, Segment.EmptyCluster, Segment.Internal(5));

        Moved(Send(chain), 5, 5);

        ChainAssert.Holds(chain, Nothing);
        Assert.That(Pair.ReadAtFar(5), Is.EqualTo(bytes));
    }

    [Test]
    public void An_empty_chain_is_sent_without_a_system_call([Values] bool withMoreMbufs)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = withMoreMbufs
            ? Build(mbufs, Nothing, Segment.Empty, Segment.EmptyCluster, Segment.Empty)
            : mbufs.AllocatePacket();
        ChainSnapshot before = ChainSnapshot.Of(chain);
        Pair.ResetFromFar();

        Moved(Send(chain), 0, 0);

        before.AssertUnchanged(chain);
    }

    [Test]
    public void Sending_one_packet_leaves_the_bytes_of_its_partner_alone()
    {
        byte[] bytes = Pattern(700);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, bytes);
        using MbufChain partner = chain.Share();

        Moved(Send(chain), 700, 700);

        ChainAssert.Holds(partner, bytes);
        Assert.That(Pair.ReadAtFar(700), Is.EqualTo(bytes));
    }

    [Test]
    public void A_chain_of_more_than_1024_segments_is_sent_in_parts()
    {
        byte[] bytes = Pattern(2500);
        MbufArena arena = NewArena(mbufs: 2600);
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = ChainOfSingleBytes(mbufs, bytes);
        int sent = 0;
        int offered = 0;
        while (!chain.IsEmpty)
        {
            int expected = Math.Min(chain.Length, 1024);
            MbufSocketResult result = Send(chain);
            Moved(result, result.Bytes, expected);
            Assert.That(result.Bytes, Is.InRange(1, expected));
            Assert.That(Pair.ReadAtFar(result.Bytes), Is.EqualTo(bytes[sent..(sent + result.Bytes)]));
            sent += result.Bytes;
            offered = Math.Max(offered, result.Offered);
            Assert.That(arena.LiveMbufs, Is.EqualTo(Math.Max(1, bytes.Length - sent)));
        }

        Assert.That(sent, Is.EqualTo(bytes.Length));
        Assert.That(offered, Is.EqualTo(1024));
    }

    [Test]
    public void Empty_mbufs_do_not_count_towards_the_1024()
    {
        byte[] bytes = Pattern(600);
        MbufArena arena = NewArena(mbufs: 2000);
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = mbufs.AllocatePacketWithoutCluster();
        for (int number = 0; number < 600; number++)
        {
            chain.Append(mbufs.AllocateMbuf());
            MbufChain one = mbufs.AllocateMbuf();
            Assert.That(one.TryAppend(bytes.AsSpan(number, 1)));
            chain.Append(one);
        }

        MbufSocketResult result = Send(chain);

        Moved(result, result.Bytes, 600);
        Assert.That(Pair.ReadAtFar(result.Bytes), Is.EqualTo(bytes[..result.Bytes]));
        ChainAssert.Holds(chain, bytes.AsSpan(result.Bytes));
    }

    [Test]
    public void A_full_socket_takes_a_part_and_exactly_that_part_is_trimmed()
    {
        const int Total = 600_000;
        byte[] bytes = Pattern(Total);
        MbufArena arena = NewArena(mbufs: 600, clusters: 400);
        SocketPair pair = NewPair(buffer: 8192);
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryAppend(bytes));
        int sent = 0;
        int partial = 0;
        int refused = 0;
        while (sent < Total)
        {
            int filled = Fill(pair.Near, chain, bytes, sent, ref partial);
            refused += filled < Total ? 1 : 0;
            Assert.That(pair.ReadAtFar(filled - sent), Is.EqualTo(bytes[sent..filled]));
            Assert.That(pair.Near.Poll(SocketPair.Patience, SelectMode.SelectWrite));
            sent = filled;
        }

        ChainAssert.Holds(chain, Nothing);
        Assert.That(partial, Is.Positive, "The socket was full in the middle of a call.");
        Assert.That(refused, Is.Positive, "The socket was full before a call.");
    }

    /// <summary>Sends until the socket takes no more; returns what was sent of the whole by then.</summary>
    private int Fill(Socket socket, MbufChain chain, byte[] bytes, int sent, ref int partial)
    {
        while (sent < bytes.Length)
        {
            ChainSnapshot before = ChainSnapshot.Of(chain);
            MbufSocketResult result = Form.Send(socket, chain);
            if (result.Status == MbufSocketStatus.WouldBlock)
            {
                Ended(result, MbufSocketStatus.WouldBlock, bytes.Length - sent);
                before.AssertUnchanged(chain);
                return sent;
            }

            Moved(result, result.Bytes, bytes.Length - sent);
            Assert.That(result.Bytes, Is.Positive);
            sent += result.Bytes;
            partial += sent < bytes.Length ? 1 : 0;
            ChainAssert.Holds(chain, bytes.AsSpan(sent));
        }

        return sent;
    }

    private static MbufChain ChainOfSingleBytes(in MbufScope mbufs, byte[] bytes)
    {
        MbufChain chain = mbufs.AllocatePacketWithoutCluster();
        Assert.That(chain.TryAppend(bytes.AsSpan(0, 1)));
        foreach (byte value in bytes.AsSpan(1))
        {
            MbufChain one = mbufs.AllocateMbuf();
            Assert.That(one.TryAppend([value]));
            chain.Append(one);
        }

        return chain;
    }
}
