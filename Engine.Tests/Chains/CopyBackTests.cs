using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CopyBackTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
        [Segment.Empty, Segment.Internal(5), Segment.Empty, Segment.Shared(7), Segment.ReadOnly(1), Segment.Internal(6), Segment.Empty];

    [Test]
    public void Bytes_are_written_over_what_is_there_and_beyond()
    {
        using MbufScope mbufs = Arena.Enter();
        for (int offset = 0; offset <= 25; offset++)
        {
            for (int length = 0; length <= 25; length++)
            {
                using MbufChain packet = Build(mbufs, Pattern(19), s_layout);
                var oracle = new ByteOracle(hasHeader: true, Pattern(19));
                byte[] written = Pattern(length, seed: 2);

                Assert.That(packet.TryCopyFrom(offset, written));
                oracle.CopyBack(offset, written);
                ChainAssert.Holds(packet, oracle.ToArray());
                FreePartners(mbufs);
            }
        }
    }

    [TestCase(0, 0)]
    [TestCase(191, 1)]
    [TestCase(192, 1)]
    [TestCase(193, 0)]
    [TestCase(2239, 2)]
    [TestCase(2240, 1)]
    [TestCase(20_000, 0)]
    [TestCase(20_000, 20_000)]
    public void A_gap_is_filled_with_zeros_whatever_was_there_before(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using (MbufChain dirty = mbufs.AllocatePacket())
        {
            Assert.That(dirty.TryAppend(Pattern(100_000)), "So that what is allocated next holds other bytes.");
        }

        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAppend(Pattern(192)));
        packet.TrimEnd(192);

        Assert.That(packet.TryCopyFrom(offset, Pattern(length)));
        ChainAssert.Holds(packet, [.. new byte[offset], .. Pattern(length)]);
    }

    [Test]
    public void The_packet_length_is_only_ever_raised()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));
        packet.PacketLength = 40;

        Assert.That(packet.TryCopyFrom(0, Pattern(30)));
        Assert.That(packet.PacketLength, Is.EqualTo(40));
        Assert.That(packet.TryCopyFrom(20, Pattern(50)));
        Assert.That(packet.PacketLength, Is.EqualTo(70));
        packet.PacketLength = 1000;
        Assert.That(packet.TryCopyFrom(90, Pattern(50)));
        Assert.That((packet.PacketLength, packet.Length), Is.EqualTo((1000, 140)));
    }

    [Test]
    public void A_chain_without_header_is_written_without_one()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(10), Segment.Internal(10));

        Assert.That(chain.TryCopyFrom(8, Pattern(10, seed: 2)));
        Assert.That(chain.PacketLength, Is.Zero);
        ChainAssert.Holds(chain, [.. Pattern(10).AsSpan(0, 8), .. Pattern(10, seed: 2)]);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_offset_is_a_mistake(int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(19), s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryCopyFrom(offset, [1]));
        before.AssertUnchanged(packet);
    }

    [TestCase(int.MaxValue, 1)]
    [TestCase(int.MaxValue - 9, 10)]
    public void An_end_that_no_length_can_express_is_a_mistake(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(19), s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Expect.Throws<OverflowException>(packet, chain => chain.TryCopyFrom(offset, new byte[length]));
        before.AssertUnchanged(packet);
    }

    [TestCase(0, 5)]
    [TestCase(6, 7)]
    [TestCase(0, 19)]
    [TestCase(19, 1000)]
    [TestCase(10, 1000)]
    [TestCase(1000, 0)]
    [TestCase(int.MaxValue, 0)]
    public void An_exhausted_arena_leaves_the_chain_as_it_was(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(19), s_layout);
        Hoard hoard = Hoard.OfEverythingBut(mbufs, plain: 1);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        bool writable = offset + length <= 5;

        Assert.That(packet.TryCopyFrom(offset, new byte[length]), Is.EqualTo(writable));
        if (!writable)
        {
            before.AssertUnchanged(packet);
            ChainAssert.Holds(packet, Pattern(19));
        }

        using (MbufChain last = mbufs.AllocateMbuf())
        {
            Assert.That(last.IsNull, Is.False, "What the attempt took came back.");
        }

        hoard.Release(mbufs);
    }

    [Test]
    public void Writing_nothing_inside_a_chain_does_nothing_and_needs_no_memory([Range(0, 19)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(19), s_layout);
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryCopyFrom(offset, []));
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
    }
}
