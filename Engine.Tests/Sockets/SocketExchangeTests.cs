using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Random bytes in random chunks, both ways at the same time, with chains at both ends.</summary>
[TestFixtureSource(typeof(SocketSetup), nameof(SocketSetup.All))]
public sealed class SocketExchangeTests(SocketForm form, Transport transport, ArenaKind kind)
    : SocketFixture(form, transport, kind)
{
    private const int Total = 1_000_000;

    [Test]
    public void What_is_sent_in_random_chunks_arrives_byte_for_byte_in_both_directions(
        [Values(1, 2, 3)] int seed, [Values(0, 8192)] int buffer)
    {
        SocketPair pair = NewPair(buffer);
        pair.Far.Blocking = false;
        var random = new Random(seed);
        var there = new Direction(pair.Near, pair.Far, random);
        var back = new Direction(pair.Far, pair.Near, random);
        using MbufScope mbufs = NewArena(mbufs: 1024, clusters: 256, pages: 64, jumbo9: 64, jumbo16: 64).Enter();
        using MbufChain thereOut = mbufs.AllocatePacket();
        using MbufChain thereIn = mbufs.AllocatePacket();
        using MbufChain backOut = mbufs.AllocateMbuf();
        using MbufChain backIn = mbufs.AllocateMbuf();
        while (!there.IsDone || !back.IsDone)
        {
            bool moved = Step(there, thereOut, thereIn, mbufs) | Step(back, backOut, backIn, mbufs);
            if (!moved)
            {
                List<Socket> readable = [pair.Near, pair.Far];
                Socket.Select(readable, null, null, SocketPair.Patience);
                Assert.That(readable, Is.Not.Empty, "What was sent arrives.");
            }
        }

        there.AssertWhole();
        back.AssertWhole();
    }

    /// <summary>One turn of one direction: send what there is, receive what comes; false if there was nothing to do.</summary>
    private bool Step(Direction direction, MbufChain outgoing, MbufChain incoming, in MbufScope mbufs)
    {
        bool grew = direction.Produce(outgoing, mbufs, BuildChunk);
        int produced = outgoing.Length;
        MbufSocketResult sent = Form.Send(direction.From, outgoing);
        Assert.That(sent.Status, Is.AnyOf(MbufSocketStatus.Transferred, MbufSocketStatus.WouldBlock));
        Assert.That(outgoing.Length, Is.EqualTo(produced - sent.Bytes));

        int had = incoming.Length;
        MbufSocketResult received = Form.Receive(direction.To, incoming, direction.Random.Next(1, 20_000));
        Assert.That(received.Status, Is.AnyOf(MbufSocketStatus.Transferred, MbufSocketStatus.WouldBlock));
        Assert.That(incoming.Length, Is.EqualTo(had + received.Bytes));
        direction.Consume(incoming);
        return grew || sent.Bytes + received.Bytes > 0;
    }

    /// <summary>Shared segments lose their partners at once: they stay marked as shared, and the arena stays small.</summary>
    private MbufChain BuildChunk(in MbufScope mbufs, byte[] bytes, Segment[] layout)
    {
        MbufChain chain = Build(mbufs, bytes, layout);
        FreePartners(mbufs);
        return chain;
    }

    private delegate MbufChain Builder(in MbufScope mbufs, byte[] bytes, Segment[] layout);

    /// <summary>One way through the pair: what comes out is compared with what went in.</summary>
    private sealed class Direction(Socket from, Socket to, Random random)
    {
        private readonly byte[] _sent = new byte[Total];
        private int _produced;
        private int _consumed;

        public Socket From { get; } = from;

        public Socket To { get; } = to;

        public Random Random { get; } = random;

        public bool IsDone => _consumed == Total;

        /// <summary>Appends a chunk of random layout, which may be empty, unless the chain holds much already.</summary>
        public bool Produce(MbufChain outgoing, in MbufScope mbufs, Builder build)
        {
            if (outgoing.Length > 8000 || _produced == Total)
            {
                return false;
            }

            Segment[] layout = Segment.RandomLayout(Random);
            int length = layout.Sum(static segment => segment.Length);
            if (length > Total - _produced)
            {
                layout = [Segment.Cluster(length = Math.Min(2000, Total - _produced))];
            }

            byte[] bytes = new byte[length];
            Random.NextBytes(bytes);
            bytes.CopyTo(_sent, _produced);
            _produced += length;
            outgoing.Append(build(in mbufs, bytes, layout));
            return true;
        }

        /// <summary>Takes some of what has come off the front, or all of it.</summary>
        public void Consume(MbufChain incoming)
        {
            bool all = incoming.Length > 8000 || _consumed + incoming.Length == Total;
            byte[] bytes = new byte[all ? incoming.Length : Random.Next(incoming.Length + 1)];
            Assert.That(incoming.TryCopyTo(0, bytes));
            Assert.That(bytes.AsSpan().SequenceEqual(_sent.AsSpan(_consumed, bytes.Length)), "What was sent comes, in its order.");
            _consumed += incoming.TrimStart(bytes.Length);
        }

        public void AssertWhole() => Assert.That((_produced, _consumed), Is.EqualTo((Total, Total)));
    }
}
