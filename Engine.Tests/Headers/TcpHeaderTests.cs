using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class TcpHeaderTests
{
    private static readonly byte[] s_segment =
    [
        0x01, 0xBB, 0xC0, 0x01, 0x01, 0x02, 0x03, 0x04, 0xF1, 0xF2, 0xF3, 0xF4,
        0x71, 0x55, 0x12, 0x34, 0xAB, 0xCD, 0x00, 0x11, 2, 4, 0x05, 0xB4, 1, 3, 3, 7, 0x61, 0x62, 0x63,
    ];

    [Test]
    public void The_fields_are_read_where_they_lie()
    {
        Assert.That(TcpHeader.TryRead(s_segment, out TcpHeader header));

        Assert.That((header.SourcePort, header.DestinationPort), Is.EqualTo(((ushort)443, (ushort)0xC001)));
        Assert.That((header.SequenceNumber, header.AcknowledgmentNumber), Is.EqualTo((0x01020304u, 0xF1F2F3F4)));
        Assert.That((header.DataOffset, header.HeaderLength), Is.EqualTo((7, 28)));
        Assert.That(header.Flags, Is.EqualTo(TcpFlags.Ae | TcpFlags.Ece | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin));
        Assert.That((header.Window, header.Checksum), Is.EqualTo(((ushort)0x1234, (ushort)0xABCD)));
        Assert.That(header.UrgentPointer, Is.EqualTo(17));
        Assert.That(header.Options == s_segment.AsSpan(20, 8));
        Assert.That(header.OptionList.Bytes == header.Options);
        Assert.That(header.Bytes == s_segment.AsSpan(0, 28));
        Assert.That(header.Payload == s_segment.AsSpan(28));
    }

    [Test]
    public void A_segment_that_is_cut_has_a_header_if_its_options_are_there([Range(0, 31)] int length)
    {
        bool found = TcpHeader.TryRead(s_segment.AsSpan(0, length), out TcpHeader header);

        Assert.That(found, Is.EqualTo(length >= 28));
        if (found)
        {
            Assert.That(header.Payload.Length, Is.EqualTo(length - 28));
        }
    }

    [Test]
    public void The_data_offset_is_where_the_payload_starts_if_it_is_possible([Range(0, 15)] int words)
    {
        byte[] bytes = new byte[61];
        bytes[12] = (byte)(words << 4);
        Assert.That(TcpHeader.TryRead(bytes, out TcpHeader header), Is.EqualTo(words >= 5));
        if (words >= 5)
        {
            Assert.That((header.DataOffset, header.HeaderLength), Is.EqualTo((words, words * 4)));
            Assert.That(header.Options.Length, Is.EqualTo(words * 4 - 20));
            Assert.That(header.Payload == bytes.AsSpan(words * 4));
            Assert.That(TcpHeader.TryRead(bytes.AsSpan(0, words * 4), out _));
            Assert.That(TcpHeader.TryRead(bytes.AsSpan(0, words * 4 - 1), out _), Is.False);
        }
    }

    [Test]
    public void Each_flag_is_one_bit([Range(0, 8)] int bit)
    {
        byte[] bytes = new byte[20];
        (bytes[12], bytes[13]) = ((byte)(0x50 | ((1 << bit) >> 8)), (byte)(1 << bit));
        Assert.That(TcpHeader.TryRead(bytes, out TcpHeader header));

        TcpFlags[] inOrder =
        [
            TcpFlags.Fin, TcpFlags.Syn, TcpFlags.Rst, TcpFlags.Psh, TcpFlags.Ack, TcpFlags.Urg,
            TcpFlags.Ece, TcpFlags.Cwr, TcpFlags.Ae,
        ];
        Assert.That(header.Flags, Is.EqualTo(inOrder[bit]));
        Assert.That(header.DataOffset, Is.EqualTo(5));
    }

    [Test]
    public void The_reserved_bits_are_no_flags_and_no_length()
    {
        byte[] bytes = new byte[20];
        bytes[12] = 0x5E;
        Assert.That(TcpHeader.TryRead(bytes, out TcpHeader header));

        Assert.That((header.Flags, header.DataOffset), Is.EqualTo((TcpFlags.None, 5)));
    }

    [Test]
    public void All_ones_are_the_largest_values()
    {
        byte[] bytes = new byte[60];
        bytes.AsSpan().Fill(byte.MaxValue);
        Assert.That(TcpHeader.TryRead(bytes, out TcpHeader header));

        Assert.That((header.SequenceNumber, header.AcknowledgmentNumber), Is.EqualTo((uint.MaxValue, uint.MaxValue)));
        Assert.That((header.Window, header.UrgentPointer), Is.EqualTo((ushort.MaxValue, ushort.MaxValue)));
        Assert.That((header.HeaderLength, (int)header.Flags, header.Options.Length), Is.EqualTo((60, 0x1FF, 40)));
        Assert.That(header.Payload.IsEmpty && header.OptionList.IsMalformed);
    }
}
