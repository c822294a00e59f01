using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>m_devget: a packet of bytes that are there already, or that a routine writes.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AllocateFromTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void The_packet_holds_the_bytes_behind_the_headroom_in_the_fewest_segments(
        [Values(1, 2, 60, 178, 191, 192, 193, 1514, 1856, 2047, 2048, 2049, 2176, 2177, 4096, 4352, 9000, 65_536)] int length,
        [Values(0, 1, 14, 128, 191, 192)] int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(length);
        using MbufChain packet = mbufs.AllocatePacketFrom(bytes, headroom, 7);
        int capacity = 2048 + Kind.Headroom;
        int fewest = headroom + length <= 192 ? 1 : (headroom + length + capacity - 1) / capacity;

        ChainAssert.Holds(packet, bytes);
        Assert.That((packet.PacketLength, packet.ReceiveInterface), Is.EqualTo((length, (ushort)7)));
        Assert.That(packet.SegmentCount, Is.EqualTo(fewest));
        Assert.That(packet.Headroom, Is.GreaterThanOrEqualTo(headroom));
        AssertCluster(packet, length, headroom);
    }

    [Test]
    public void Data_that_fits_an_mbuf_is_in_it_exactly_behind_the_headroom([Values(0, 2, 60, 191)] int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketFrom(Pattern(192 - headroom), headroom, 0);

        Assert.That(ChainAssert.Kinds(packet), Is.EqualTo(new[] { ZoneId.Mbuf }));
        Assert.That((packet.Headroom, packet.Tailroom), Is.EqualTo((headroom, 0)));
    }

    [Test]
    public void A_cluster_s_headroom_is_used_only_to_save_a_segment()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain roomy = mbufs.AllocatePacketFrom(Pattern(2048), 14, 0);
        using MbufChain tight = mbufs.AllocatePacketFrom(Pattern(2048 + Kind.Headroom), 0, 0);

        Assert.That((tight.SegmentCount, tight.Headroom, tight.Tailroom), Is.EqualTo((1, 0, 0)));
        using MbufChain several = mbufs.AllocatePacketFrom(Pattern(3000), 14, 0);
        Assert.That(roomy.Headroom, Is.EqualTo(Math.Max(14, Kind.Headroom)));
        Assert.That(several.Headroom, Is.EqualTo(Math.Max(14, Kind.Headroom)), "The second of two clusters has room for what that costs.");
        Assert.That(roomy.SegmentCount, Is.EqualTo(Kind.Headroom == 0 ? 2 : 1));
    }

    [Test]
    public void The_source_is_asked_once_a_segment_in_order()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(6000);
        var source = new Routine(bytes);
        using MbufChain packet = mbufs.AllocatePacketFrom(ref source, bytes.Length, headroom: 20, receiveInterface: 3);

        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.ReceiveInterface, Is.EqualTo(3));
        Assert.That(source.Calls, Is.EqualTo(packet.SegmentCount));
    }

    [Test]
    public void A_source_that_is_a_ref_struct_may_hold_spans()
    {
        using MbufScope mbufs = Arena.Enter();
        var source = new Spans([1, 2, 3]);
        using MbufChain packet = mbufs.AllocatePacketFrom(ref source, 3, headroom: 0, receiveInterface: 0);

        ChainAssert.Holds(packet, [1, 2, 3]);
    }

    [Test]
    public void A_source_that_throws_leaves_nothing_allocated([Values(1, 2, 3)] int call)
    {
        using MbufScope mbufs = Arena.Enter();
        Expect.Throws<NotSupportedException>(mbufs, scope =>
        {
            var source = new Routine(new byte[6000]) { ThrowsAt = call };
            scope.AllocatePacketFrom(ref source, 6000, 0, 0);
        });

        Assert.That(Arena.LiveMbufs, Is.Zero);
        using MbufChain all = mbufs.AllocatePacket(64 * 2048);
        Assert.That(all.IsNull, Is.False, "All clusters are there.");
    }

    [Test]
    public void A_source_may_use_the_scope_but_not_close_it()
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            var source = new Using(mbufs, closes: false);
            using MbufChain packet = mbufs.AllocatePacketFrom(ref source, 5000, 0, 0);
            ChainAssert.Holds(packet, new byte[5000]);
        }

        using MbufArena arena = Arenas.Of(mbufs: 8, clusters: 4);
        using (MbufScope open = arena.Enter())
        {
            Expect.Throws<InvalidOperationException>(open, static scope =>
            {
                var source = new Using(scope, closes: true);
                scope.AllocatePacketFrom(ref source, 3000, 0, 0);
            });
            using MbufChain packet = open.AllocatePacket();
            Assert.That(packet.IsNull, Is.False, "The scope is open.");
        }

        arena.AssertSettled();
    }

    [TestCase(-1)]
    [TestCase(193)]
    [TestCase(int.MinValue)]
    [TestCase(int.MaxValue)]
    public void A_headroom_out_of_range_is_a_mistake(int headroom)
    {
        using MbufScope mbufs = Arena.Enter();

        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.AllocatePacketFrom([1], headroom, 0));
        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope =>
        {
            var source = new Routine([1]);
            scope.AllocatePacketFrom(ref source, 1, headroom, 0);
        });
    }

    [Test]
    public void A_packet_of_no_bytes_is_a_mistake()
    {
        using MbufScope mbufs = Arena.Enter();

        Expect.Throws<ArgumentOutOfRangeException>(mbufs, static scope => scope.AllocatePacketFrom([], 0, 0));
        foreach (int length in new[] { 0, -1, int.MinValue })
        {
            Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope =>
            {
                var source = new Routine([]);
                scope.AllocatePacketFrom(ref source, length, 0, 0);
            });
        }
    }

    [Test]
    public void An_exhausted_arena_gives_none_and_does_not_ask_the_source()
    {
        using MbufScope mbufs = Arena.Enter();
        Hoard hoard = Hoard.OfEverything(mbufs);
        var source = new Routine(new byte[5000]);

        Assert.That(mbufs.AllocatePacketFrom([1], 0, 0).IsNull);
        Assert.That(mbufs.AllocatePacketFrom(ref source, 5000, 0, 0).IsNull);
        hoard.ReleaseClusters(mbufs, 2);
        Assert.That(mbufs.AllocatePacketFrom(ref source, 5000, 0, 0).IsNull, "Two clusters are not three.");
        Assert.That(source.Calls, Is.Zero);
        hoard.Release(mbufs);
        Assert.That(mbufs.AllocatePacketFrom(ref source, int.MaxValue, 192, 0).IsNull, "Never to be had.");
    }

    /// <summary>Data behind the headroom that does not fit an mbuf is in clusters, but for a small rest.</summary>
    private void AssertCluster(MbufChain packet, int length, int headroom)
    {
        ZoneId[] kinds = ChainAssert.Kinds(packet);
        int[] lengths = ChainAssert.Lengths(packet);
        bool isSmall = headroom + length <= 192;
        Assert.That(kinds[0], Is.EqualTo(isSmall ? ZoneId.Mbuf : ZoneId.Cluster));
        for (int i = 1; i < kinds.Length; i++)
        {
            bool isRest = i == kinds.Length - 1 && lengths[i] <= 192;
            Assert.That(kinds[i], Is.EqualTo(isRest ? ZoneId.Mbuf : ZoneId.Cluster));
        }
    }

    private struct Routine(byte[] bytes) : IMbufSource
    {
        private int _next;

        public int ThrowsAt { get; init; }

        public int Calls { get; private set; }

        public void CopyTo(int offset, scoped Span<byte> destination)
        {
            Calls++;
            Assert.That(offset, Is.EqualTo(_next), "Bytes are asked for in order.");
            Assert.That(destination.IsEmpty, Is.False);
            if (Calls == ThrowsAt)
            {
                throw new NotSupportedException();
            }

            bytes.AsSpan(offset, destination.Length).CopyTo(destination);
            _next += destination.Length;
        }
    }

    private readonly ref struct Spans(ReadOnlySpan<byte> bytes) : IMbufSource
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public void CopyTo(int offset, scoped Span<byte> destination) => _bytes.Slice(offset, destination.Length).CopyTo(destination);
    }

    private readonly ref struct Using(MbufScope scope, bool closes) : IMbufSource
    {
        private readonly MbufScope _scope = scope;

        public void CopyTo(int offset, scoped Span<byte> destination)
        {
            using MbufChain other = _scope.AllocatePacket();
            Assert.That(other.TryAppend(new byte[2000]));
            destination.Clear();
            if (closes)
            {
                other.Free();
                _scope.Dispose();
            }
        }
    }
}
