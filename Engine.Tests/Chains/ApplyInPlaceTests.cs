using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ApplyInPlaceTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(1), Segment.Shared(3, lead: 5), Segment.EmptyCluster, Segment.Empty, Segment.Cluster(1),
        Segment.ReadOnly(10), Segment.Jumbo(MbufClusterSize.Page, 7), new Segment(SegmentKind.External, 4), Segment.Empty,
    ];

    [Test]
    public void Every_range_is_transformed_in_private_storage([Values(0, 1, 2, 4, 15, 26)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(26);
        for (int length = 0; offset + length <= 26; length++)
        {
            using MbufChain packet = Build(mbufs, bytes, s_layout);
            using MbufChain share = packet.Share();
            var inverter = new Inverter();
            byte[] expected = [.. bytes];
            Invert(expected.AsSpan(offset, length));

            Assert.That(packet.TryTransform(offset, length, ref inverter, out int result));
            Assert.That((result, inverter.Bytes), Is.EqualTo((0, length)));
            ChainAssert.Holds(packet, expected);
            ChainAssert.Holds(share, bytes);
            FreePartners(mbufs);
        }
    }

    [Test]
    public void Storage_outside_of_the_range_stays_shared()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(100), Segment.Shared(100), Segment.Shared(100));
        var inverter = new Inverter();

        Assert.That(packet.TryTransform(100, 100, ref inverter, out _));
        Assert.That(packet.TryGetPosition(100, out MbufPosition second));
        Assert.That((packet.IsWritable, second.IsWritable, packet.LastSegment.IsWritable), Is.EqualTo((false, true, false)));
    }

    [Test]
    public void A_transformer_that_ends_the_walk_leaves_the_rest()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Shared(100), Segment.Cluster(100));
        var inverter = new Inverter { StopAt = 2 };
        byte[] expected = [.. bytes];
        Invert(expected.AsSpan(50, 150));

        Assert.That(packet.TryTransform(50, 250, ref inverter, out int result));
        Assert.That(result, Is.EqualTo(2));
        ChainAssert.Holds(packet, expected);
    }

    [Test]
    public void An_exhausted_arena_leaves_the_chain_as_it_was()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(100), Segment.Shared(100), Segment.ReadOnly(100));
        Hoard hoard = Hoard.OfEverything(mbufs);
        hoard.ReleaseClusters(mbufs, 1);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        var inverter = new Inverter();

        Assert.That(packet.TryTransform(0, 300, ref inverter, out int result), Is.False, "It takes two clusters, and there is one.");
        Assert.That((result, inverter.Bytes), Is.EqualTo((0, 0)));
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.TryTransform(0, 200, ref inverter, out _));
        hoard.Release(mbufs);
    }

    [TestCase(27, 0)]
    [TestCase(26, 1)]
    [TestCase(0, 27)]
    [TestCase(1, int.MaxValue)]
    [TestCase(int.MaxValue, int.MaxValue)]
    public void A_chain_that_is_too_short_is_left_as_it_was(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(26);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        var inverter = new Inverter();
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryTransform(offset, length, ref inverter, out int result), Is.False);
        Assert.That((result, inverter.Bytes), Is.EqualTo((0, 0)));
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
            var inverter = new Inverter();
            chain.TryTransform(offset, length, ref inverter, out _);
        });
    }

    [Test]
    public void A_transformer_that_throws_leaves_a_sane_packet()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(200);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(100), Segment.Shared(100));
        Expect.Throws<InvalidTimeZoneException>(packet, static chain =>
        {
            var thrower = new Thrower();
            chain.TryTransform(0, 200, ref thrower, out _);
        });

        ChainAssert.Holds(packet, bytes);
    }

    private static void Invert(Span<byte> bytes)
    {
        foreach (ref byte one in bytes)
        {
            one = (byte)~one;
        }
    }

    /// <summary>The first piece is changed, and what its transformer shared is not.</summary>
    [Test]
    public void Bytes_that_the_transformer_shared_or_marked_are_not_written([Values] bool isShared)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(30), Segment.Cluster(10), Segment.Cluster(10), Segment.Cluster(10));
        var sharer = new Sharer { Chain = packet, IsShared = isShared };
        bool isRefused = false;
        try
        {
            packet.TryTransform(0, 30, ref sharer, out _);
        }
        catch (InvalidOperationException)
        {
            isRefused = true;
        }

        Assert.That((isRefused, sharer.Calls), Is.EqualTo((isShared, isShared ? 1 : 3)), "A mark on the first mbuf is not the next one's.");
        byte[] changed = Pattern(30);
        changed.AsSpan(0, isShared ? 10 : 30).Fill(0xEE);
        ChainAssert.Holds(packet, changed);
        if (isShared)
        {
            using MbufChain share = mbufs.Open(sharer.Share);
            ChainAssert.Holds(share, changed);
        }

        packet.Flags &= ~MbufFlags.ReadOnly;
    }

    private ref struct Sharer : IMbufTransformer
    {
        public MbufChain Chain;
        public Mbuf Share;
        public bool IsShared;

        public int Calls { get; private set; }

        public int Transform(scoped Span<byte> bytes)
        {
            Calls++;
            bytes.Fill(0xEE);
            if (IsShared)
            {
                Share = Chain.Share().Detach();
            }
            else
            {
                Chain.Flags |= MbufFlags.ReadOnly;
            }

            return 0;
        }
    }

    private struct Inverter : IMbufTransformer
    {
        private int _pieces;

        public int Bytes { get; private set; }

        public int StopAt { get; init; }

        public int Transform(scoped Span<byte> bytes)
        {
            Invert(bytes);
            Bytes += bytes.Length;
            _pieces++;
            return _pieces == StopAt ? _pieces : 0;
        }
    }

    private struct Thrower : IMbufTransformer
    {
        public readonly int Transform(scoped Span<byte> bytes) => throw new InvalidTimeZoneException();
    }
}
