using System.Numerics;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class SctpHeaderTests
{
    private static readonly byte[] s_packet =
        [0x0B, 0x59, 0x00, 0x24, 0xDE, 0xAD, 0xBE, 0xEF, 0x78, 0x56, 0x34, 0x12, 1, 0, 0, 4];

    [Test]
    public void The_fields_are_read_where_they_lie()
    {
        Assert.That(SctpHeader.TryRead(s_packet, out SctpHeader header));

        Assert.That((header.SourcePort, header.DestinationPort), Is.EqualTo(((ushort)2905, (ushort)36)));
        Assert.That((header.VerificationTag, header.Checksum), Is.EqualTo((0xDEADBEEF, 0x12345678u)));
        Assert.That(header.Bytes == s_packet.AsSpan(0, 12));
        Assert.That(header.Payload == s_packet.AsSpan(12));
    }

    /// <summary>The CRC-32C of 32 zeros, in the order in which RFC 3720, appendix B.4, shows it on the wire.</summary>
    [Test]
    public void The_checksum_is_the_number_that_a_reflected_crc_computes()
    {
        byte[] packet = new byte[32];
        uint crc = ~packet.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        byte[] onTheWire = [0xAA, 0x36, 0x91, 0x8A];
        onTheWire.CopyTo(packet, 8);
        Assert.That(SctpHeader.TryRead(packet, out SctpHeader header));

        Assert.That(header.Checksum, Is.EqualTo(crc));
    }

    [Test]
    public void A_packet_that_is_cut_has_a_header_if_all_of_it_is_there([Range(0, 16)] int length)
    {
        bool found = SctpHeader.TryRead(s_packet.AsSpan(0, length), out SctpHeader header);

        Assert.That(found, Is.EqualTo(length >= 12));
        if (found)
        {
            Assert.That(header.Payload.Length, Is.EqualTo(length - 12));
        }
    }
}
