using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>One mbuf with contiguous room (m_get2), zeroed room (m_getclr), and room without a packet header (m_getm2).</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AllocateContiguousTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly object[] s_lengths =
    [
        new object[] { 0, ZoneId.Mbuf }, new object[] { 1, ZoneId.Mbuf }, new object[] { 192, ZoneId.Mbuf },
        new object[] { 193, ZoneId.Cluster }, new object[] { 2048, ZoneId.Cluster }, new object[] { 2049, ZoneId.Page },
        new object[] { 4096, ZoneId.Page }, new object[] { 4097, ZoneId.Jumbo9 }, new object[] { 9216, ZoneId.Jumbo9 },
        new object[] { 9217, ZoneId.Jumbo16 }, new object[] { 16_384, ZoneId.Jumbo16 },
    ];

    [TestCaseSource(nameof(s_lengths))]
    public void Contiguous_room_is_in_the_smallest_storage_that_has_it(int length, object storage)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocateContiguousMbuf(length);
        using MbufChain packet = mbufs.AllocateContiguousPacket(length);

        Assert.That((chain.HasPacketHeader, packet.HasPacketHeader), Is.EqualTo((false, true)));
        Assert.That(packet.PacketLength, Is.Zero);
        AssertHasRoom(chain, length, (ZoneId)storage);
        AssertHasRoom(packet, length, (ZoneId)storage);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(16_385)]
    [TestCase(int.MaxValue)]
    public void A_length_that_cannot_be_contiguous_is_a_mistake(int length)
    {
        using MbufScope mbufs = Arena.Enter();

        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.AllocateContiguousMbuf(length));
        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.AllocateContiguousPacket(length));
        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.Waiting(TimeSpan.Zero).AllocateContiguousMbuf(length));
        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.Waiting(TimeSpan.Zero).AllocateContiguousPacket(length));
    }

    [Test]
    public void A_larger_jumbo_cluster_serves_when_the_smallest_that_fits_is_out()
    {
        using MbufScope mbufs = Arena.Enter();
        List<Mbuf> pages = [];
        for (MbufChain page = mbufs.AllocateContiguousMbuf(4096); page.TryAppend([1]); page = mbufs.AllocateContiguousMbuf(4096))
        {
            bool isPage = ChainAssert.Kinds(page)[0] == ZoneId.Page;
            pages.Add(page.Detach());
            if (!isPage)
            {
                break;
            }
        }

        Assert.That(pages, Has.Count.EqualTo(8 + 1));
        mbufs.Free(pages.ToArray());
    }

    [Test]
    public void Contiguous_packets_without_a_chain_are_freed_as_the_pairs_they_are()
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < 300; i++)
        {
            using MbufChain packet = mbufs.AllocateContiguousPacket(1000);
            Assert.That(packet.TryAppend(Pattern(1000)) && packet.SegmentCount == 1);
        }

        Assert.That(Arena.GetStatistics().Mbufs.Denied, Is.Zero);
    }

    [Test]
    public void The_room_of_a_zeroed_mbuf_is_zero_whatever_was_there()
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < 300; i++)
        {
            using (MbufChain used = mbufs.AllocateMbuf())
            {
                Assert.That(used.TryAppend(Pattern(192)));
            }

            using MbufChain zeroed = i % 2 == 0 ? mbufs.AllocateZeroedMbuf() : mbufs.Waiting(TimeSpan.Zero).AllocateZeroedMbuf();
            Assert.That((zeroed.HasPacketHeader, zeroed.Tailroom, zeroed.Length), Is.EqualTo((false, 192, 0)));
            Assert.That(zeroed.TryAppend(192, out Span<byte> room));
            Assert.That(room.IndexOfAnyExcept((byte)0), Is.Negative);
            ChainAssert.Holds(zeroed, new byte[192]);
        }
    }

    [TestCase(0, 1)]
    [TestCase(192, 1)]
    [TestCase(193, 1)]
    [TestCase(2049, 2)]
    [TestCase(6000, 3)]
    public void Room_without_packet_header_is_the_same_room(int length, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocateChain(length);
        byte[] bytes = Pattern(length);

        Assert.That((chain.HasPacketHeader, chain.SegmentCount), Is.EqualTo((false, segments)));
        Assert.That(chain.Tailroom, Is.GreaterThanOrEqualTo(length));
        ChainAssert.Holds(chain, []);
        foreach (byte[] piece in bytes.Chunk(700))
        {
            Assert.That(chain.TryAppend(piece));
        }

        Assert.That(chain.SegmentCount, Is.EqualTo(segments), "The room was filled in order.");
        ChainAssert.Holds(chain, bytes);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_room_is_a_mistake(int length)
    {
        using MbufScope mbufs = Arena.Enter();

        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.AllocateChain(length));
        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.Waiting(TimeSpan.Zero).AllocateChain(length));
    }

    [Test]
    public void An_exhausted_arena_gives_none_of_them()
    {
        using MbufScope mbufs = Arena.Enter();
        Hoard hoard = Hoard.OfEverything(mbufs);

        AssertNoneIsGiven(mbufs, [0, 193, 2049, 9217]);
        hoard.ReleasePlain(mbufs, 1);
        AssertNoneIsGiven(mbufs, [193, 2049, 9217]);
        hoard.Release(mbufs);
        using MbufChain most = mbufs.AllocateChain(64 * 2048);
        Assert.That(most.IsNull, Is.False, "Nothing was kept.");
    }

    [Test]
    public void More_room_than_the_arena_can_ever_give_is_denied()
    {
        using MbufScope mbufs = Arena.Enter();

        Assert.That(mbufs.AllocateChain(int.MaxValue).IsNull);
        Assert.That(mbufs.AllocateChain((64 * 2048) + 193).IsNull);
    }

    private static void AssertNoneIsGiven(in MbufScope mbufs, int[] lengths)
    {
        foreach (int length in lengths)
        {
            Assert.That(mbufs.AllocateContiguousMbuf(length).IsNull);
            Assert.That(mbufs.AllocateContiguousPacket(length).IsNull);
            Assert.That(mbufs.AllocateChain(length).IsNull);
            Assert.That(mbufs.Waiting(TimeSpan.Zero).AllocateContiguousMbuf(length).IsNull);
            Assert.That(mbufs.Waiting(TimeSpan.Zero).AllocateContiguousPacket(length).IsNull);
            Assert.That(mbufs.Waiting(TimeSpan.Zero).AllocateChain(length).IsNull);
            Assert.That(length > 0 || (mbufs.AllocateZeroedMbuf().IsNull && mbufs.Waiting(TimeSpan.Zero).AllocateZeroedMbuf().IsNull));
        }
    }

    private void AssertHasRoom(MbufChain chain, int length, ZoneId storage)
    {
        Assert.That(ChainAssert.Kinds(chain), Is.EqualTo(new[] { storage }));
        Assert.That(chain.Headroom, Is.EqualTo(storage == ZoneId.Mbuf ? 0 : Kind.Headroom));
        ChainAssert.Holds(chain, []);
        byte[] bytes = Pattern(length);
        Assert.That(chain.TryAppend(length, out Span<byte> room) && chain.SegmentCount == 1);
        bytes.CopyTo(room);
        ChainAssert.Holds(chain, bytes);
    }
}
