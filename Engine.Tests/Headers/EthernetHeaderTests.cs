using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class EthernetHeaderTests
{
    private static readonly byte[] s_frame =
    [
        0x02, 0x11, 0x22, 0x33, 0x44, 0x55, 0x06, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0x86, 0xDD, 0x60, 0x01, 0x02,
    ];

    [Test]
    public void The_fields_are_read_where_they_lie()
    {
        Assert.That(EthernetHeader.TryRead(s_frame, out EthernetHeader header));

        Assert.That(header.Destination.ToArray(), Is.EqualTo(s_frame[..6]));
        Assert.That(header.Source.ToArray(), Is.EqualTo(s_frame[6..12]));
        Assert.That(header.EtherType, Is.EqualTo(EtherType.IPv6));
        Assert.That(header.IsMulticast || header.IsBroadcast, Is.False);
        Assert.That(header.Bytes == s_frame.AsSpan(0, 14), "The same bytes, not equal ones.");
        Assert.That(header.Payload == s_frame.AsSpan(14));
    }

    [Test]
    public void A_frame_that_is_cut_has_a_header_if_all_of_it_is_there([Range(0, 17)] int length)
    {
        bool found = EthernetHeader.TryRead(s_frame.AsSpan(0, length), out EthernetHeader header);

        Assert.That(found, Is.EqualTo(length >= 14));
        if (found)
        {
            Assert.That(header.Payload.Length, Is.EqualTo(length - 14));
        }
    }

    [TestCase("FFFFFFFFFFFF", true, true)]
    [TestCase("FFFFFFFFFFFE", true, false)]
    [TestCase("7FFFFFFFFFFF", true, false)]
    [TestCase("01005E000001", true, false)]
    [TestCase("333300000001", true, false)]
    [TestCase("FEFFFFFFFFFF", false, false)]
    [TestCase("000000000000", false, false)]
    public void The_destination_says_to_how_many_a_frame_goes(string destination, bool isMulticast, bool isBroadcast)
    {
        byte[] frame = [.. Convert.FromHexString(destination), .. s_frame[6..]];
        Assert.That(EthernetHeader.TryRead(frame, out EthernetHeader header));

        Assert.That((header.IsMulticast, header.IsBroadcast), Is.EqualTo((isMulticast, isBroadcast)));
    }

    [TestCase((ushort)0)]
    [TestCase((ushort)1500)]
    [TestCase(ushort.MaxValue)]
    public void Every_type_is_read_as_it_is(ushort type)
    {
        byte[] frame = [.. s_frame[..12], (byte)(type >> 8), (byte)type];
        Assert.That(EthernetHeader.TryRead(frame, out EthernetHeader header));

        Assert.That(header.EtherType, Is.EqualTo((EtherType)type));
        Assert.That(header.Payload.IsEmpty);
    }
}
