using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ApplyTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(1), Segment.Shared(3, lead: 5), Segment.EmptyCluster, Segment.Empty, Segment.Cluster(1),
        Segment.ReadOnly(10), Segment.Jumbo(MbufClusterSize.Page, 7), new Segment(SegmentKind.External, 4), Segment.Empty,
    ];

    [Test]
    public void Every_range_is_visited_in_order_piece_by_piece()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(26);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        for (int offset = 0; offset <= 26; offset++)
        {
            for (int length = 0; offset + length <= 26; length++)
            {
                var visitor = new Collector();
                Assert.That(packet.TryVisit(offset, length, ref visitor, out int result));
                Assert.That(result, Is.Zero);
                Assert.That(visitor.Bytes, Is.EqualTo(bytes.AsSpan(offset, length).ToArray()));
                Assert.That(visitor.HadEmptyPiece, Is.False);
            }
        }

        before.AssertUnchanged(packet);
    }

    [Test]
    public void A_visitor_that_returns_something_else_than_0_ends_the_walk()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(26);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        var visitor = new Collector { StopAt = 2, StopWith = -7 };

        Assert.That(packet.TryVisit(0, 26, ref visitor, out int result));
        Assert.That(result, Is.EqualTo(-7));
        Assert.That(visitor.Bytes, Is.EqualTo(bytes.AsSpan(0, 4).ToArray()), "Two pieces: one byte, and three.");
        visitor = new Collector { StopAt = 6, StopWith = 3 };
        Assert.That(packet.TryVisit(0, 26, ref visitor, out result));
        Assert.That((result, visitor.Bytes.Count), Is.EqualTo((3, 26)), "The last piece's result counts, too.");
    }

    [TestCase(27, 0)]
    [TestCase(26, 1)]
    [TestCase(0, 27)]
    [TestCase(1, int.MaxValue)]
    [TestCase(int.MaxValue, int.MaxValue)]
    public void A_chain_that_is_too_short_is_not_visited(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(26);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        var visitor = new Collector { StopAt = 1, StopWith = 5 };
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryVisit(offset, length, ref visitor, out int result), Is.False);
        Assert.That((result, visitor.Bytes.Count), Is.EqualTo((0, 0)));
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(-1, 1)]
    [TestCase(1, -1)]
    [TestCase(int.MinValue, int.MinValue)]
    public void Negative_offsets_and_lengths_are_mistakes(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain =>
        {
            var visitor = new Collector();
            chain.TryVisit(offset, length, ref visitor, out _);
        });
    }

    [Test]
    public void A_visitor_that_frees_the_packet_is_refused_the_rest()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf handle = default;
        using MbufChain packet = Build(mbufs, Pattern(20), Segment.Internal(10), Segment.Internal(10));
        Expect.Throws<MbufStaleException>(packet, chain =>
        {
            var detacher = new Detacher(chain);
            try
            {
                chain.TryVisit(0, 20, ref detacher, out _);
            }
            finally
            {
                handle = detacher.Handle;
            }
        });

        mbufs.Free([handle]);
    }

    [Test]
    public void A_visitor_that_shortens_the_packet_is_refused_the_rest()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(30), Segment.Internal(10), Segment.Internal(10), Segment.Internal(10));
        Expect.Throws<MbufStaleException>(packet, static chain =>
        {
            var trimmer = new Trimmer(chain);
            chain.TryVisit(0, 30, ref trimmer, out _);
        });

        ChainAssert.Holds(packet, Pattern(30).AsSpan(0, 10));
    }

    private struct Collector() : IMbufVisitor
    {
        private int _pieces;

        public List<byte> Bytes { get; } = [];

        public bool HadEmptyPiece { get; private set; }

        public int StopAt { get; init; }

        public int StopWith { get; init; }

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            Bytes.AddRange(bytes);
            HadEmptyPiece |= bytes.IsEmpty;
            _pieces++;
            return _pieces == StopAt ? StopWith : 0;
        }
    }

    private ref struct Detacher(MbufChain chain) : IMbufVisitor
    {
        private readonly MbufChain _chain = chain;

        public Mbuf Handle { get; private set; }

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            Handle = _chain.Detach();
            return 0;
        }
    }

    private readonly ref struct Trimmer(MbufChain chain) : IMbufVisitor
    {
        private readonly MbufChain _chain = chain;

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            _chain.TrimEnd(20);
            return 0;
        }
    }
}
