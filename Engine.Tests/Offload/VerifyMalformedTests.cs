using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>Packets whose transport has no checksum, or says what cannot be.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class VerifyMalformedTests(ArenaKind kind) : MbufFixture(kind)
{
    private const MbufChecksumFlags Summed = MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;

    [Test]
    public void Udp_without_checksum_is_absent_over_ipv4_and_illegal_over_ipv6()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] four = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(Pattern(9)));
        four[26] = four[27] = 0;
        byte[] six = WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(Pattern(9), overIPv6: true));
        six[46] = six[47] = 0;
        using MbufChain packet = Packet(mbufs, four);
        using MbufChain packet6 = Packet(mbufs, six);

        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Absent));
        Assert.That(packet6.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Illegal));
        Assert.That((packet.ChecksumFlags | packet6.ChecksumFlags) & Summed, Is.EqualTo(MbufChecksumFlags.None));
    }

    [Test]
    public void A_datagram_that_is_whole_is_verified_also_if_the_packet_says_that_more_follows()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(Pattern(9)));
        bytes[3]++;
        using MbufChain packet = Packet(mbufs, bytes);

        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    /// <summary>Hardware, or the fragments that it came in, summed what is behind the datagram, too.</summary>
    [Test]
    public void A_sum_of_more_than_the_datagram_makes_no_wrong_one_right([Values] bool wrong, [Values] bool seemsRight)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] datagram = WirePacket.Udp(Pattern(40));
        datagram[^1] ^= wrong ? (byte)0x40 : (byte)0;
        byte[] bytes = WirePacket.IPv4(IPProtocol.Udp, [.. datagram, 0, 0]);
        int sum = (ushort)~WirePacket.Checksum(bytes.AsSpan(20));
        if (wrong && seemsRight)
        {
            bytes[^1] = 0x40; // Such that all together is what the datagram alone should be.
            bytes[^2] = 0;
            ushort right = (ushort)~WirePacket.Checksum(WirePacket.Udp(Pattern(40)));
            int behind = right - sum;
            (bytes[^2], bytes[^1]) = ((byte)((behind < 0 ? behind - 1 : behind) >> 8), (byte)(behind < 0 ? behind - 1 : behind));
            sum = (ushort)~WirePacket.Checksum(bytes.AsSpan(20));
            Assert.That(sum, Is.EqualTo(right));
        }

        using MbufChain packet = Packet(mbufs, bytes);
        packet.ChecksumFlags = MbufChecksumFlags.ChecksumDataValid;
        packet.ChecksumData = (uint)sum;

        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(wrong ? MbufChecksumVerdict.Invalid : MbufChecksumVerdict.Valid));
    }

    [Test]
    public void A_first_fragment_tells_that_there_is_no_checksum()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] datagram = WirePacket.Udp(Pattern(40));
        datagram[6] = datagram[7] = 0;
        using MbufChain first = Packet(mbufs, WirePacket.IPv4(IPProtocol.Udp, datagram.AsSpan(0, 24), fragment: 0x2000));

        Assert.That(first.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Absent));
        Assert.That(first.ChecksumFlags & Summed, Is.EqualTo(MbufChecksumFlags.None));
    }

    [Test]
    public void A_tcp_header_that_says_it_is_shorter_than_any_is_illegal()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(Pattern(9)));
        bytes[32] = 0x40;
        using MbufChain packet = Packet(mbufs, bytes);

        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Illegal));
    }

    [Test]
    public void Lengths_that_lie_are_illegal([Values(0, 7, 18, 65_535)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(Pattern(9)));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(24), (ushort)length);
        using MbufChain packet = Packet(mbufs, bytes);

        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Illegal));
    }

    [Test]
    public void A_datagram_without_checksum_that_says_it_is_longer_than_its_packet_is_illegal()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(Pattern(9)));
        bytes[25]++;
        (bytes[26], bytes[27]) = (0, 0);
        using MbufChain packet = Packet(mbufs, bytes);

        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Illegal));
    }

    [Test]
    public void A_flag_of_old_does_not_make_a_header_valid()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(Pattern(9)));
        bytes[8]--;
        using MbufChain packet = Packet(mbufs, bytes);
        packet.ChecksumFlags = MbufChecksumFlags.IPv4Valid;

        Assert.That(packet.VerifyChecksums().Network, Is.EqualTo(MbufChecksumVerdict.Invalid));
        Assert.That(packet.ChecksumFlags.HasFlag(MbufChecksumFlags.IPv4Valid), Is.False);
        Assert.That(packet.VerifyChecksums().Network, Is.EqualTo(MbufChecksumVerdict.Invalid));
    }

    [Test]
    public void A_look_at_a_packet_that_is_still_to_be_completed_leaves_the_place_of_its_checksum()
    {
        using MbufScope mbufs = Arena.Enter();
        foreach (OutputPacket kind in OutputPacket.All)
        {
            using MbufChain packet = Packet(mbufs, kind.Unfinished(Pattern(100)));
            kind.Request(packet);

            Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Invalid), $"{kind}");
            Assert.That((packet.ChecksumData, packet.ChecksumFlags & Summed), Is.EqualTo((kind.Field, MbufChecksumFlags.None)), $"{kind}");
            Assert.That(packet.CompleteChecksums(new MbufInterface("lo0")), Is.EqualTo(MbufOffloadStatus.Done));
            Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid), $"{kind}");
        }
    }

    [Test]
    public void A_transport_shorter_than_its_header_is_illegal()
    {
        using MbufScope mbufs = Arena.Enter();
        foreach ((IPProtocol protocol, int size) in ((IPProtocol, int)[])[(IPProtocol.Tcp, 20), (IPProtocol.Udp, 8), (IPProtocol.Sctp, 12), (IPProtocol.Icmp, 4)])
        {
            using MbufChain packet = Packet(mbufs, WirePacket.IPv4(protocol, Pattern(size - 1)));
            Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Illegal), $"{protocol}");
        }
    }
}
