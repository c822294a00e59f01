using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>Headers before the transport: options, source routes, extension headers, and what is wrong with them.</summary>
public sealed class VerifyHeadersTests : MbufFixture
{
    private static readonly byte[] s_final4 = [203, 0, 113, 77];
    private static readonly byte[] s_final6 = [0x20, 0x01, 0x0D, 0xB8, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7];

    [Test]
    public void A_source_route_names_the_final_destination([Values((byte)131, (byte)137)] byte option)
    {
        byte[] route = [1, option, 11, 4, 10, 0, 0, 9, .. s_final4, 0, 0, 0, 0];
        byte[] used = [.. route];
        used[3] = 12;

        Assert.That(Verdict(WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(Pattern(5), finalDestination: s_final4), route)), Is.EqualTo(MbufChecksumVerdict.Valid));
        Assert.That(Verdict(WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(Pattern(5)), used)), Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    [Test]
    public void Malformed_options_leave_the_destination_as_it_is(
        [Values(new byte[] { 131, 0, 4, 0 }, new byte[] { 131, 1, 4, 0 }, new byte[] { 1, 1, 1, 131 }, new byte[] { 131, 40, 4, 0 }, new byte[] { 0, 131, 8, 4 })] byte[] options)
        => Assert.That(Verdict(WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(Pattern(5)), options)), Is.EqualTo(MbufChecksumVerdict.Valid));

    [Test]
    public void A_routing_header_names_the_final_destination([Values((byte)0, (byte)2, (byte)4)] byte type)
    {
        byte[] header = [6, 2, type, 1, 0, 0, 0, 0, .. s_final6];
        byte[] used = [.. header];
        used[3] = 0;

        Assert.That(
            Verdict(WirePacket.IPv6(IPProtocol.Routing, [.. header, .. WirePacket.Tcp(Pattern(5), overIPv6: true, s_final6)])),
            Is.EqualTo(MbufChecksumVerdict.Valid));
        Assert.That(
            Verdict(WirePacket.IPv6(IPProtocol.Routing, [.. used, .. WirePacket.Tcp(Pattern(5), overIPv6: true)])),
            Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    [Test]
    public void A_compressed_route_names_the_final_destination([Values(0, 8, 15)] int elided, [Values(0, 3)] int padding)
    {
        byte[] final = [.. WirePacket.IPv6Destination.AsSpan(0, elided), .. s_final6.AsSpan(elided)];
        int length = 16 - elided + padding;
        byte[] header = [6, (byte)((length + 7) / 8), 3, 1, (byte)elided, 0, 0, 0, .. final.AsSpan(elided), .. new byte[((length + 7) / 8 * 8) - 16 + elided]];
        header[5] = (byte)((header.Length - 8 - 16 + elided) << 4);

        Assert.That(
            Verdict(WirePacket.IPv6(IPProtocol.Routing, [.. header, .. WirePacket.Tcp(Pattern(5), overIPv6: true, final)])),
            Is.EqualTo(MbufChecksumVerdict.Valid));
        header[5] = 0xF0;
        header[4] = 0;
        Assert.That(
            Verdict(WirePacket.IPv6(IPProtocol.Routing, [.. header.AsSpan(0, 8), 1, 2, 3, 4, 5, 6, 7, 8])),
            Is.EqualTo(MbufChecksumVerdict.Illegal).Or.EqualTo(MbufChecksumVerdict.Truncated).Or.EqualTo(MbufChecksumVerdict.Unverifiable));
    }

    [Test]
    public void A_home_address_takes_the_place_of_the_sender()
    {
        byte[] home = s_final6;
        byte[] options = [6, 2, 1, 2, 0, 0, 0xC9, 16, .. home];
        byte[] tcp = WirePacket.Tcp(Pattern(5), overIPv6: true);
        ushort checksum = InternetChecksum.Update(
            BinaryPrimitives.ReadUInt16BigEndian(tcp.AsSpan(16)), WirePacket.IPv6Source, home);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(16), checksum);

        Assert.That(Verdict(WirePacket.IPv6(IPProtocol.DestinationOptions, [.. options, .. tcp])), Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    [Test]
    public void Every_extension_header_is_passed()
    {
        byte[] datagram = WirePacket.Udp(Pattern(20), overIPv6: true);
        byte[] packet = WirePacket.IPv6(IPProtocol.HopByHopOptions, [
            60, 0, 1, 4, 0, 0, 0, 0,
            43, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            51, 0, 9, 0, 0, 0, 0, 0,
            60, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            44, 0, 1, 4, 0, 0, 0, 0,
            17, 0, 0, 0, 0, 0, 0, 7,
            .. datagram]);

        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, packet);
        MbufChecksumReport report = chain.VerifyChecksums();

        Assert.That(report.Protocol, Is.EqualTo(IPProtocol.Udp));
        Assert.That(report.TransportOffset, Is.EqualTo(packet.Length - datagram.Length));
        Assert.That(report.Transport, Is.EqualTo(MbufChecksumVerdict.Valid), "An atomic fragment is whole.");
        for (int length = 41; length < report.TransportOffset; length++)
        {
            using MbufChain cut = Packet(mbufs, packet.AsSpan(0, length));
            Assert.That(cut.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Truncated), $"{length}");
        }
    }

    [Test]
    public void So_many_extension_headers_are_not_passed()
    {
        byte[] options = [.. Enumerable.Repeat<byte[]>([60, 0, 1, 4, 0, 0, 0, 0], 40).SelectMany(static header => header)];

        Assert.That(Verdict(WirePacket.IPv6(IPProtocol.DestinationOptions, options)), Is.EqualTo(MbufChecksumVerdict.Unverifiable));
    }

    [Test]
    public void A_jumbogram_says_its_length_in_an_option()
    {
        using MbufArena arena = NewArena(mbufs: 200, clusters: 100);
        using MbufScope mbufs = arena.Enter();
        byte[] data = new byte[70_000];
        byte[] segment = WirePacket.Tcp(data, overIPv6: true);
        byte[] packet = WirePacket.IPv6(IPProtocol.HopByHopOptions, [6, 0, 0xC2, 4, 0, 0, 0, 0, .. segment, 1, 2, 3]);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(44), 8 + segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 0);
        using MbufChain chain = mbufs.AllocatePacketFrom(packet, headroom: 0, receiveInterface: 0);

        Assert.That(chain.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    [Test]
    public void A_length_of_zero_is_all_there_is([Values] bool overIPv6)
    {
        byte[] segment = WirePacket.Tcp(Pattern(300), overIPv6);
        byte[] packet = overIPv6 ? WirePacket.IPv6(IPProtocol.Tcp, segment) : WirePacket.IPv4(IPProtocol.Tcp, segment);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(overIPv6 ? 4 : 2), 0);

        Assert.That(Verdict(packet), Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    [Test]
    public void Sctp_has_its_own_checksum([Values(0, 1, 4, 7, 8, 1000)] int length)
    {
        byte[] packet = WirePacket.IPv4(IPProtocol.Sctp, [0, 7, 0, 7, 1, 2, 3, 4, 0, 0, 0, 0, .. Pattern(length)]);
        Crc32C crc = Crc32C.Start();
        crc.Add(packet.AsSpan(20));
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(28), crc.Value);

        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, packet, RandomLayout.Of(new Random(length), packet.Length));
        Assert.That(chain.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
        Assert.That(chain.ChecksumData, Is.EqualTo(0xFFFF));
        packet[^1] ^= 1;
        Assert.That(Verdict(packet), Is.EqualTo(MbufChecksumVerdict.Invalid));
    }

    [Test]
    public void What_is_no_ip_packet_has_no_verdicts()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] packet = WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp([]));
        foreach (byte first in (byte[])[0x00, 0x44, 0x40, 0x55, 0xF5, 0x65])
        {
            packet[0] = first;
            using MbufChain chain = Packet(mbufs, packet.AsSpan(0, 24));
            Assert.That(chain.VerifyChecksums(), Is.EqualTo(default(MbufChecksumReport)), $"{first:X}");
            Assert.That(chain.ChecksumFlags, Is.EqualTo(MbufChecksumFlags.None));
        }

        using MbufChain whole = Packet(mbufs, packet);
        Assert.That(whole.VerifyChecksums(int.MaxValue), Is.EqualTo(default(MbufChecksumReport)));
        Expect.Throws<ArgumentOutOfRangeException>(whole, static one => one.VerifyChecksums(-1));
        Expect.Throws<ArgumentOutOfRangeException>(whole, static one => one.InspectChecksums(int.MinValue));
    }

    [Test]
    public void Random_bytes_never_throw_and_never_lie()
    {
        var random = new Random(7);
        using MbufScope mbufs = Arena.Enter();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            if (bytes.Length > 6)
            {
                bytes[0] = (byte)((random.Next(2) == 0 ? 0x40 : 0x60) | (bytes[0] & 0x0F));
                bytes[6] = random.Next(2) == 0 ? (byte)random.Next(62) : bytes[6];
            }

            using MbufChain chain = Packet(mbufs, bytes);
            MbufChecksumReport report = chain.InspectChecksums();
            Assert.That(report.TransportOffset, Is.InRange(0, bytes.Length));
            Assert.That(chain.VerifyChecksums(), Is.EqualTo(report));
            Assert.That(chain.VerifyChecksums(), Is.EqualTo(report), "What was noted says the same.");
        }
    }

    protected override MbufArena Reserve() => NewArena(mbufs: 2048, clusters: 1024);

    private MbufChecksumVerdict Verdict(byte[] bytes)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, bytes);
        return packet.VerifyChecksums().Transport;
    }
}
