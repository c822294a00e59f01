using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CompleteChecksumTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int UdpField = 6;
    private const int TcpField = 16;

    [Test]
    public void A_udp_datagram_gets_its_checksum_wherever_the_borders_are([Range(1, 39)] int cut, [Values(20, 24)] int header)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Udp(header, payload: 31 - (header - 20));
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(cut), Segment.Empty, Segment.Cluster(59 - cut));
        packet.ChecksumFlags = MbufChecksumFlags.Udp | MbufChecksumFlags.IPv4;
        packet.ChecksumData = UdpField;

        Assert.That(packet.TryCompleteTransportChecksum());
        ChainAssert.Holds(packet, Completed(bytes, header, header + UdpField));
        Assert.That(Verify(packet, header, 59 - header), Is.Zero, "What a receiver finds, the pseudo header included.");
        Assert.That((packet.ChecksumFlags, packet.ChecksumData), Is.EqualTo((MbufChecksumFlags.Udp | MbufChecksumFlags.IPv4, (uint)UdpField)));
    }

    [TestCase(MbufChecksumFlags.Tcp)]
    [TestCase(MbufChecksumFlags.None)]
    public void A_tcp_segment_is_summed_to_the_end_of_the_ip_packet(MbufChecksumFlags flags)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Tcp(payload: 33);
        using MbufChain packet = Build(mbufs, [.. bytes, 1, 2, 3], Segment.Internal(37), Segment.Shared(39));
        packet.ChecksumFlags = flags;
        packet.ChecksumData = TcpField;

        Assert.That(packet.TryCompleteTransportChecksum());
        ChainAssert.Holds(packet, [.. Completed(bytes, 20, 20 + TcpField), 1, 2, 3]);
    }

    [Test]
    public void A_udp_checksum_of_zero_is_stored_as_all_ones_and_one_of_tcp_as_zero([Values] bool udp)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Udp(20, payload: 0);
        bytes[26] = bytes[27] = 0; // No pseudo header: then the checksum, in its place, makes the next sum zero.
        using MbufChain packet = Packet(mbufs, bytes);
        packet.ChecksumData = UdpField;
        packet.ChecksumFlags = udp ? MbufChecksumFlags.Udp : MbufChecksumFlags.Tcp;
        Assert.That(packet.TryCompleteTransportChecksum() && packet.TryCompleteTransportChecksum());

        Assert.That(ChainAssert.Bytes(packet).AsSpan(26).ToArray(), Is.EqualTo(udp ? [0xFF, 0xFF] : new byte[] { 0, 0 }));
    }

    [Test]
    public void Only_the_datagrams_own_length_counts()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Udp(20, payload: 5);
        using MbufChain packet = Packet(mbufs, [.. bytes, 9, 9, 9]);
        packet.ChecksumFlags = MbufChecksumFlags.Udp;
        packet.ChecksumData = UdpField;

        Assert.That(packet.TryCompleteTransportChecksum());
        ChainAssert.Holds(packet, [.. Completed(bytes, 20, 20 + UdpField), 9, 9, 9]);
    }

    [Test]
    public void Storage_that_others_share_or_that_is_read_only_is_copied_first()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Udp(20, payload: 100);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(20), Segment.ReadOnly(7), Segment.Cluster(101));
        packet.ChecksumFlags = MbufChecksumFlags.Udp;
        packet.ChecksumData = UdpField;
        using MbufChain share = packet.Share();

        Assert.That(packet.TryCompleteTransportChecksum());
        ChainAssert.Holds(packet, Completed(bytes, 20, 20 + UdpField));
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void An_exhausted_arena_leaves_the_packet_as_it_was()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Udp(20, payload: 100);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(20), Segment.Shared(7), Segment.ReadOnly(101));
        packet.ChecksumFlags = MbufChecksumFlags.Udp;
        packet.ChecksumData = UdpField;
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryCompleteTransportChecksum(), Is.False);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        hoard.Release(mbufs);
        Assert.That(packet.TryCompleteTransportChecksum(), "With memory it is served.");
        ChainAssert.Holds(packet, Completed(bytes, 20, 20 + UdpField));
    }

    /// <summary>Packets that say more than there is, or something else than they should.</summary>
    [TestCase(0, 0x65, "the version is 6")]
    [TestCase(0, 0x44, "the header is shorter than any")]
    [TestCase(0, 0x4F, "the header is longer than the packet")]
    [TestCase(2, 0xFF, "the IP packet ends behind the chain")]
    [TestCase(3, 0x13, "the IP packet ends inside its header")]
    [TestCase(24, 0x01, "the datagram ends behind the chain")]
    public void A_packet_that_cannot_be_is_left_as_it_was(int place, byte value, string why)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Udp(20, payload: 12);
        bytes[place] = value;
        using MbufChain packet = Packet(mbufs, bytes);
        packet.ChecksumFlags = place == 24 || bytes[0] == 0x4F ? MbufChecksumFlags.Udp : MbufChecksumFlags.Tcp;
        packet.ChecksumData = UdpField;

        Assert.That(packet.TryCompleteTransportChecksum(), Is.False, why);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_packet_that_is_cut_short_anywhere_is_left_as_it_was([Values] bool udp)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = udp ? Udp(20, payload: 4) : Tcp(payload: 4);
        for (int length = 0; length < bytes.Length; length++)
        {
            using MbufChain packet = Packet(mbufs, bytes.AsSpan(0, length));
            packet.ChecksumFlags = udp ? MbufChecksumFlags.Udp : MbufChecksumFlags.Tcp;
            packet.ChecksumData = udp ? UdpField : (uint)TcpField;
            Assert.That(packet.TryCompleteTransportChecksum(), Is.False, $"{length}");
            ChainAssert.Holds(packet, bytes.AsSpan(0, length));
        }
    }

    [TestCase(11u)]
    [TestCase(12u)]
    [TestCase(uint.MaxValue)]
    [TestCase(uint.MaxValue - 20)]
    public void A_field_behind_the_end_is_not_written(uint field)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Udp(20, payload: 4);
        using MbufChain packet = Packet(mbufs, bytes);
        packet.ChecksumFlags = MbufChecksumFlags.Udp;
        packet.ChecksumData = field;

        Assert.That(packet.TryCompleteTransportChecksum(), Is.False);
        ChainAssert.Holds(packet, bytes);
        packet.ChecksumData = 10;
        Assert.That(packet.TryCompleteTransportChecksum(), "The last two bytes are inside.");
    }

    [Test]
    public void Only_a_packet_has_a_checksum_to_complete()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Udp(20, payload: 4), Segment.Internal(32));

        Expect.Throws<InvalidOperationException>(chain, static one => one.TryCompleteTransportChecksum());
    }

    private static byte[] Udp(int header, int payload)
    {
        byte[] bytes = Ip(header, 17, 8 + payload);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(header + 4), (ushort)(8 + payload));
        WritePseudoSum(bytes, header, UdpField);
        return bytes;
    }

    private static byte[] Tcp(int payload)
    {
        byte[] bytes = Ip(20, 6, 20 + payload);
        WritePseudoSum(bytes, 20, TcpField);
        return bytes;
    }

    private static byte[] Ip(int header, byte protocol, int length)
    {
        byte[] bytes = Pattern(header + length);
        bytes[0] = (byte)(0x40 | (header / 4));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)bytes.Length);
        bytes[9] = protocol;
        return bytes;
    }

    /// <summary>What the stack leaves in the field: the sum, not complemented, over addresses, protocol and length.</summary>
    private static void WritePseudoSum(byte[] bytes, int header, int field)
        => BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(header + field), (ushort)~ChecksumTests.Expected(PseudoHeader(bytes, header)));

    private static byte[] PseudoHeader(byte[] bytes, int header)
    {
        int length = bytes.Length - header;
        return [.. bytes.AsSpan(12, 8), 0, bytes[9], (byte)(length >> 8), (byte)length];
    }

    private static byte[] Completed(byte[] bytes, int header, int field)
    {
        byte[] completed = [.. bytes];
        BinaryPrimitives.WriteUInt16BigEndian(completed.AsSpan(field), ChecksumTests.Expected(bytes.AsSpan(header)));
        return completed;
    }

    private static ushort Verify(MbufChain packet, int header, int length)
    {
        byte[] bytes = ChainAssert.Bytes(packet);
        return ChecksumTests.Expected([.. PseudoHeader(bytes, header), .. bytes.AsSpan(header, length)]);
    }
}
