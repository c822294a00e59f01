using System.Buffers.Binary;
using System.Runtime.InteropServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FirstAsTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void The_first_bytes_are_seen_as_a_value_in_place([Values(0, 1, 3)] int lead)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(20);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(20, lead));

        Assert.That(packet.FirstAs<byte>(), Is.EqualTo(bytes[0]));
        Assert.That(BinaryPrimitives.ReverseEndianness(packet.FirstAs<uint>()), Is.EqualTo(Swapped(bytes)));
        ref readonly Header header = ref packet.FirstAs<Header>();
        Assert.That(header.First, Is.EqualTo(bytes[0]));
        ref Header writable = ref packet.WritableFirstAs<Header>();
        writable.First = 0x42;
        Assert.That(header.First, Is.EqualTo(0x42), "It is the same place.");
        ChainAssert.Holds(packet, [0x42, .. bytes.AsSpan(1)]);
    }

    [Test]
    public void A_value_of_all_bytes_of_the_first_mbuf_is_the_largest()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain exact = Build(mbufs, Pattern(100), Segment.Cluster(7), Segment.Cluster(93));
        using MbufChain fewer = Build(mbufs, Pattern(100), Segment.Cluster(6), Segment.Cluster(94));

        Assert.That(exact.FirstAs<Header>().First, Is.EqualTo(Pattern(100)[0]));
        Expect.Throws<InvalidOperationException>(fewer, static chain => _ = chain.FirstAs<Header>());
        Expect.Throws<InvalidOperationException>(fewer, static chain => _ = chain.WritableFirstAs<Header>());
        Assert.That(fewer.TryPullUp(7, out _));
        Assert.That(fewer.FirstAs<Header>().First, Is.EqualTo(Pattern(100)[0]));
    }

    [Test]
    public void An_empty_packet_has_no_value()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();

        Expect.Throws<InvalidOperationException>(packet, static chain => _ = chain.FirstAs<byte>());
    }

    [TestCase(SegmentKind.Shared)]
    [TestCase(SegmentKind.ReadOnly)]
    public void Storage_that_may_not_be_written_is_only_shown(SegmentKind kind)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), new Segment(kind, 100));

        Assert.That(packet.FirstAs<byte>(), Is.EqualTo(Pattern(100)[0]));
        Expect.Throws<InvalidOperationException>(packet, static chain => _ = chain.WritableFirstAs<byte>());
        Assert.That(packet.TryCopyUp(50, 0, out _));
        packet.WritableFirstAs<byte>() = 1;
        Assert.That(packet.FirstSpan[0], Is.EqualTo(1));
    }

    private static uint Swapped(byte[] bytes)
        => BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Header
    {
        public byte First;
        public ushort Second;
        public uint Third;
    }
}
