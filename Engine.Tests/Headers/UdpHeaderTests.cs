using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class UdpHeaderTests
{
    private static readonly byte[] s_datagram = [0x12, 0x34, 0xFF, 0xFE, 0x00, 0x0C, 0xAB, 0xCD, 1, 2, 3, 4, 0, 0];

    [Test]
    public void The_fields_are_read_where_they_lie()
    {
        Assert.That(UdpHeader.TryRead(s_datagram, out UdpHeader header));

        Assert.That((header.SourcePort, header.DestinationPort), Is.EqualTo(((ushort)0x1234, (ushort)0xFFFE)));
        Assert.That((header.Length, header.Checksum), Is.EqualTo(((ushort)12, (ushort)0xABCD)));
        Assert.That(header.Bytes == s_datagram.AsSpan(0, 8));
        Assert.That(header.Payload == s_datagram.AsSpan(8, 4), "Padding behind the datagram is not of it.");
    }

    [Test]
    public void A_datagram_that_is_cut_has_the_payload_that_is_there([Range(0, 14)] int length)
    {
        bool found = UdpHeader.TryRead(s_datagram.AsSpan(0, length), out UdpHeader header);

        Assert.That(found, Is.EqualTo(length >= 8));
        if (found)
        {
            Assert.That(header.Payload == s_datagram.AsSpan(8, Math.Min(length - 8, 4)));
        }
    }

    [TestCase((ushort)0, 6, Description = "All that there is: a jumbogram's.")]
    [TestCase((ushort)8, 0)]
    [TestCase((ushort)9, 1)]
    [TestCase((ushort)13, 5)]
    [TestCase((ushort)14, 6)]
    [TestCase((ushort)15, 6)]
    [TestCase(ushort.MaxValue, 6)]
    public void The_length_limits_the_payload(ushort length, int payload)
    {
        byte[] bytes = [.. s_datagram];
        (bytes[4], bytes[5]) = ((byte)(length >> 8), (byte)length);
        Assert.That(UdpHeader.TryRead(bytes, out UdpHeader header));

        Assert.That(header.Length, Is.EqualTo(length));
        Assert.That(header.Payload == bytes.AsSpan(8, payload));
    }

    [Test]
    public void A_length_that_is_less_than_the_header_is_malformed([Range(1, 7)] int length)
    {
        byte[] bytes = [.. s_datagram];
        (bytes[4], bytes[5]) = (0, (byte)length);

        Assert.That(UdpHeader.TryRead(bytes, out _), Is.False);
    }
}
