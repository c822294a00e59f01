using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class IcmpHeaderTests
{
    private static readonly byte[] s_message = [0x80, 0xFF, 0xAB, 0xCD, 0x12, 0x34, 0x00, 0x01, 9, 8];

    [Test]
    public void The_fields_are_read_where_they_lie()
    {
        Assert.That(IcmpHeader.TryRead(s_message, out IcmpHeader header));

        Assert.That((header.Type, header.Code), Is.EqualTo(((byte)0x80, (byte)0xFF)));
        Assert.That((header.Checksum, header.RestOfHeader), Is.EqualTo(((ushort)0xABCD, 0x12340001u)));
        Assert.That(header.Bytes == s_message.AsSpan(0, 8));
        Assert.That(header.Payload == s_message.AsSpan(8));
    }

    [Test]
    public void A_message_that_is_cut_has_a_header_if_all_of_it_is_there([Range(0, 10)] int length)
    {
        bool found = IcmpHeader.TryRead(s_message.AsSpan(0, length), out IcmpHeader header);

        Assert.That(found, Is.EqualTo(length >= 8));
        if (found)
        {
            Assert.That(header.Payload.Length, Is.EqualTo(length - 8));
        }
    }

    [Test]
    public void All_ones_are_the_largest_values()
    {
        byte[] bytes = new byte[8];
        bytes.AsSpan().Fill(byte.MaxValue);
        Assert.That(IcmpHeader.TryRead(bytes, out IcmpHeader header));

        Assert.That((header.Type, header.Code), Is.EqualTo((byte.MaxValue, byte.MaxValue)));
        Assert.That((header.Checksum, header.RestOfHeader), Is.EqualTo((ushort.MaxValue, uint.MaxValue)));
    }
}
