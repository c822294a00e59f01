using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AppendTests(ArenaKind kind) : MbufFixture(kind)
{
    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(191, 1)]
    [TestCase(192, 1)]
    [TestCase(193, 2)]
    [TestCase(192 + 192, 2)]
    [TestCase(192 + 2047, 2)]
    [TestCase(192 + 2048, 2)]
    [TestCase(192 + 2049, 3)]
    [TestCase(16384, 9)]
    [TestCase(50_000, 26)]
    public void Bytes_fill_the_last_mbuf_and_then_as_many_as_it_takes(int length, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        byte[] bytes = Pattern(length);

        Assert.That(packet.TryAppend(bytes));
        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(2047, 1)]
    [TestCase(2048, 1)]
    [TestCase(2049, 2)]
    public void A_packet_takes_its_cluster_full_before_it_takes_another_mbuf(int length, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        byte[] bytes = Pattern(length);

        Assert.That(packet.TryAppend(bytes));
        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Many_small_appends_are_one_large_one([Values(1, 7, 191, 193, 2049)] int step)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        byte[] bytes = Pattern(10_000);
        for (int offset = 0; offset < bytes.Length; offset += step)
        {
            Assert.That(packet.TryAppend(bytes.AsSpan(offset, Math.Min(step, bytes.Length - offset))));
        }

        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Nothing_can_be_appended_to_anything()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(100), Segment.Shared(200));
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryAppend([]));
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_chain_without_header_grows_without_one()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocateMbuf();

        Assert.That(chain.TryAppend(Pattern(1000)));
        Assert.That(chain.PacketLength, Is.Zero);
        Assert.That(chain.HasPacketHeader, Is.False);
        ChainAssert.Holds(chain, Pattern(1000));
    }

    [Test]
    public void An_empty_last_mbuf_is_filled()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(150);
        using MbufChain packet = Build(mbufs, bytes[..100], Segment.Internal(100), Segment.Empty);

        Assert.That(packet.TryAppend(bytes.AsSpan(100)));
        Assert.That(ChainAssert.Lengths(packet).Sum(), Is.EqualTo(150));
        Assert.That(packet.SegmentCount, Is.EqualTo(2));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Storage_that_may_not_be_written_is_never_appended_to([Values] bool shared)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(110);
        using MbufChain packet = Build(mbufs, bytes[..100], shared ? Segment.Shared(100) : Segment.ReadOnly(100));

        Assert.That(packet.Tailroom, Is.Zero);
        Assert.That(packet.TryAppend(bytes.AsSpan(100)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 100, 10 }));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void When_the_other_packet_is_freed_its_cluster_is_appended_to_again()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(110);
        using MbufChain packet = Build(mbufs, bytes[..100], Segment.Shared(100));

        FreePartners(mbufs);
        Assert.That(packet.Tailroom, Is.EqualTo(1948));
        Assert.That(packet.TryAppend(bytes.AsSpan(100)));
        Assert.That(packet.SegmentCount, Is.EqualTo(1));
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(193)]
    [TestCase(2048 + 100)]
    [TestCase(100_000)]
    public void An_append_that_the_arena_cannot_serve_changes_nothing(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(50);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(50));
        Hoard hoard = Hoard.OfEverythingBut(mbufs, plain: 1);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryAppend(new byte[142 + 192 + length]), Is.False);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.TryAppend(Pattern(142 + 192)), "What the attempt took came back.");
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, [.. bytes, .. Pattern(142 + 192)]);
    }

    [Test]
    public void A_packet_length_that_lies_keeps_its_distance()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        packet.PacketLength = 1000;

        Assert.That(packet.TryAppend(new byte[5]));
        Assert.That(packet.PacketLength, Is.EqualTo(1005));
        packet.PacketLength = int.MaxValue;
        Assert.That(packet.TryAppend(new byte[5]));
        Assert.That(packet.PacketLength, Is.EqualTo(int.MaxValue), "It ends where an int ends.");
        Assert.That(packet.Length, Is.EqualTo(20));
    }
}
