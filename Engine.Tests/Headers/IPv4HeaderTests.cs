using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class IPv4HeaderTests
{
    private static readonly byte[] s_packet =
    [
        0x46, 0xBA, 0x00, 0x1C, 0x12, 0x34, 0x60, 0x03, 0x40, 0x11, 0xAB, 0xCD, 192, 0, 2, 1, 198, 51, 100, 2, 0x94, 4, 0, 0, 1, 2, 3, 4, 9, 9,
    ];

    [Test]
    public void The_fields_are_read_where_they_lie()
    {
        Assert.That(IPv4Header.TryRead(s_packet, out IPv4Header header));

        Assert.That((header.HeaderLength, header.TotalLength, header.Identification), Is.EqualTo((24, 28, (ushort)0x1234)));
        Assert.That((header.TypeOfService, header.DifferentiatedServices, header.CongestionNotification), Is.EqualTo(((byte)0xBA, 46, 2)));
        Assert.That((header.DontFragment, header.MoreFragments, header.FragmentOffset, header.IsFragment), Is.EqualTo((true, true, 24, true)));
        Assert.That((header.TimeToLive, header.Protocol, header.Checksum), Is.EqualTo(((byte)64, IPProtocol.Udp, (ushort)0xABCD)));
        Assert.That(header.Source == s_packet.AsSpan(12, 4) && header.Destination == s_packet.AsSpan(16, 4));
        Assert.That(header.Options == s_packet.AsSpan(20, 4) && header.Bytes == s_packet.AsSpan(0, 24));
        Assert.That(header.Payload == s_packet.AsSpan(24, 4), "Padding behind the packet is not of it.");
    }

    [Test]
    public void A_header_that_is_cut_is_none([Range(0, 28)] int length)
        => Assert.That(IPv4Header.TryRead(s_packet.AsSpan(0, length), out _), Is.EqualTo(length >= 24));

    [TestCase((byte)0x44)]
    [TestCase((byte)0x40)]
    [TestCase((byte)0x4F)]
    [TestCase((byte)0x66)]
    [TestCase((byte)0x06)]
    public void What_is_no_header_is_refused(byte first)
    {
        byte[] bytes = [.. s_packet];
        bytes[0] = first;

        Assert.That(IPv4Header.TryRead(bytes, out _), Is.False);
    }

    [TestCase(0, 6)]
    [TestCase(1, 0)]
    [TestCase(23, 0)]
    [TestCase(24, 0)]
    [TestCase(25, 1)]
    [TestCase(30, 6)]
    [TestCase(65_535, 6)]
    public void The_length_limits_the_payload(int length, int payload)
    {
        byte[] bytes = [.. s_packet];
        (bytes[2], bytes[3]) = ((byte)(length >> 8), (byte)length);
        Assert.That(IPv4Header.TryRead(bytes, out IPv4Header header));

        Assert.That(header.Payload == bytes.AsSpan(24, payload));
    }

    [TestCase(0x0000, false)]
    [TestCase(0x4000, false)]
    [TestCase(0x8000, false)]
    [TestCase(0x2000, true)]
    [TestCase(0x0001, true)]
    [TestCase(0x1FFF, true)]
    public void A_part_of_a_packet_is_known_by_its_offset_and_by_what_follows(int word, bool isFragment)
    {
        byte[] bytes = [.. s_packet];
        (bytes[6], bytes[7]) = ((byte)(word >> 8), (byte)word);
        Assert.That(IPv4Header.TryRead(bytes, out IPv4Header header));

        Assert.That(header.IsFragment, Is.EqualTo(isFragment));
        Assert.That(header.FragmentOffset, Is.EqualTo((word & 0x1FFF) * 8));
    }
}
