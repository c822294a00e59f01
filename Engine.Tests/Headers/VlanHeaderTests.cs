using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class VlanHeaderTests
{
    private static readonly byte[] s_tagged = [0xB1, 0x23, 0x08, 0x00, 0x45, 0x00];

    [Test]
    public void The_fields_are_read_where_they_lie()
    {
        Assert.That(VlanHeader.TryRead(s_tagged, out VlanHeader header));

        Assert.That(header.TagControlInformation, Is.EqualTo(0xB123));
        Assert.That((header.Priority, header.IsDropEligible, header.Identifier), Is.EqualTo((5, true, 0x123)));
        Assert.That(header.EtherType, Is.EqualTo(EtherType.IPv4));
        Assert.That(header.Bytes == s_tagged.AsSpan(0, 4));
        Assert.That(header.Payload == s_tagged.AsSpan(4));
    }

    [TestCase((ushort)0x0000, 0, false, 0)]
    [TestCase((ushort)0xFFFF, 7, true, 4095)]
    [TestCase((ushort)0xE000, 7, false, 0)]
    [TestCase((ushort)0x1000, 0, true, 0)]
    [TestCase((ushort)0x0FFF, 0, false, 4095)]
    [TestCase((ushort)0x2001, 1, false, 1)]
    public void The_parts_of_the_control_information_do_not_touch(
        ushort information, int priority, bool isDropEligible, int identifier)
    {
        byte[] bytes = [(byte)(information >> 8), (byte)information, 0x81, 0x00];
        Assert.That(VlanHeader.TryRead(bytes, out VlanHeader header));

        Assert.That(header.TagControlInformation, Is.EqualTo(information));
        Assert.That(header.Priority, Is.EqualTo(priority));
        Assert.That((header.IsDropEligible, header.Identifier), Is.EqualTo((isDropEligible, identifier)));
        Assert.That(header.EtherType, Is.EqualTo(EtherType.Vlan));
    }

    [Test]
    public void A_tag_that_is_cut_is_read_if_all_of_it_is_there([Range(0, 6)] int length)
    {
        bool found = VlanHeader.TryRead(s_tagged.AsSpan(0, length), out VlanHeader header);

        Assert.That(found, Is.EqualTo(length >= 4));
        if (found)
        {
            Assert.That(header.Payload.Length, Is.EqualTo(length - 4));
        }
    }

    [Test]
    public void Tags_in_a_frame_are_read_one_after_the_other()
    {
        byte[] frame = [.. new byte[12], 0x88, 0xA8, 0x00, 0x64, 0x81, 0x00, 0x60, 0x01, 0x86, 0xDD, 0x60];

        Assert.That(EthernetHeader.TryRead(frame, out EthernetHeader ethernet));
        Assert.That(ethernet.EtherType, Is.EqualTo(EtherType.ProviderVlan));
        Assert.That(VlanHeader.TryRead(ethernet.Payload, out VlanHeader outer));
        Assert.That((outer.Identifier, outer.EtherType), Is.EqualTo((100, EtherType.Vlan)));
        Assert.That(VlanHeader.TryRead(outer.Payload, out VlanHeader inner));
        Assert.That((inner.Identifier, inner.Priority, inner.EtherType), Is.EqualTo((1, 3, EtherType.IPv6)));
        Assert.That(inner.Payload == frame.AsSpan(22));
    }
}
