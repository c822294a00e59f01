using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>What a writer makes of a packet length that the user has set to something else than the chain's.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class WriterPacketLengthTests(ArenaKind kind) : MbufFixture(kind)
{
    /// <summary>As TryCopyFrom does: raised to what was written, and not further.</summary>
    [TestCase(0, 30, 30)]
    [TestCase(24, 6, 30)]
    [TestCase(0, 5, 7)]
    [TestCase(24, 0, 24)]
    public void A_packet_length_that_is_too_small_is_raised(int place, int size, int expected)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(24), Segment.Internal(10), Segment.Shared(14));
        packet.PacketLength = 7;
        MbufWriter writer = packet.GetWriter();

        Assert.That(writer.TrySeek(place) && writer.TryWrite(Pattern(size)));
        Assert.That(packet.PacketLength, Is.EqualTo(expected));
    }

    [Test]
    public void A_packet_length_that_is_too_small_is_raised_also_inside_of_one_mbuf()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(24));
        packet.PacketLength = 7;
        MbufWriter writer = packet.GetWriter();

        Assert.That(writer.TrySeek(10) && writer.TryWrite(Pattern(2)));
        Assert.That(packet.PacketLength, Is.EqualTo(12));
        Assert.That(writer.TryWriteUInt16BigEndian(1));
        Assert.That(packet.PacketLength, Is.EqualTo(14));
    }

    [TestCase(0, 24, 100)]
    [TestCase(20, 10, 100)]
    [TestCase(24, 76, 100)]
    [TestCase(24, 77, 101)]
    public void A_packet_length_that_is_too_large_stays_until_it_is_reached(int place, int size, int expected)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(24), Segment.Internal(10), Segment.Shared(14));
        packet.PacketLength = 100;
        MbufWriter writer = packet.GetWriter();

        Assert.That(writer.TrySeek(place) && writer.TryWrite(Pattern(size)));
        Assert.That(packet.PacketLength, Is.EqualTo(expected));
    }
}
