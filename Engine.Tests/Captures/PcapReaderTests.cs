using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>The header of a pcap file, and what old versions of the format did otherwise.</summary>
public sealed class PcapReaderTests : CaptureFixture
{
    [TestCase(0x0000_0001u, MbufLinkType.Ethernet)]
    [TestCase(0x2400_0001u, MbufLinkType.Ethernet)]
    [TestCase(0xF400_0114u, MbufLinkType.LinuxSll2)]
    [TestCase(0x0000_0065u, MbufLinkType.Raw)]
    [TestCase(0x0000_FFFFu, (MbufLinkType)0xFFFF)]
    public void The_link_type_is_known_before_the_first_packet(uint field, MbufLinkType linkType)
    {
        using var reader = new MbufCaptureReader(new PcapBytes(linkType: field).ToStream());

        Assert.That(reader.LinkType, Is.EqualTo(linkType));
        Assert.That(reader.Format, Is.EqualTo(MbufCaptureFormat.Pcap));
        Assert.That((reader.CapturedLength, reader.OriginalLength), Is.EqualTo((0, 0L)));
        Assert.That((reader.InterfaceNumber, reader.Timestamp), Is.EqualTo((0, 0ul)));
    }

    [TestCase(4, 60u, 1500u)]
    [TestCase(9, 60u, 1500u)]
    [TestCase(3, 60u, 1500u)]
    [TestCase(3, 1500u, 60u)]
    [TestCase(2, 1500u, 60u)]
    [TestCase(0, 1500u, 60u)]
    public void Old_versions_have_the_lengths_in_the_other_order(int minor, uint first, uint second)
    {
        var file = new PcapBytes(minor: minor);
        using var reader = new MbufCaptureReader(file.Record(0, 0, first, second, Pattern(60)).ToStream());

        CapturedPacket packet = ReadAll(reader).Single();

        Assert.That((packet.Bytes.Length, packet.Original), Is.EqualTo((60, 1500u)));
    }

    [TestCase(false, uint.MaxValue, 999_999u, 4_294_967_295_999_999_000ul)]
    [TestCase(true, uint.MaxValue, 999_999_999u, 4_294_967_295_999_999_999ul)]
    [TestCase(false, uint.MaxValue, uint.MaxValue, 4_294_967_295_000_000_000ul + 4_294_967_295_000ul)]
    [TestCase(true, 1u, uint.MaxValue, 5_294_967_295ul)]
    public void Times_reach_to_2106_and_carry(bool isNanoseconds, uint seconds, uint fraction, ulong nanoseconds)
    {
        var file = new PcapBytes(isNanoseconds: isNanoseconds);
        using var reader = new MbufCaptureReader(file.Record(seconds, fraction, 4, 4, Pattern(4)).ToStream());

        Assert.That(ReadAll(reader).Single().Nanoseconds, Is.EqualTo(nanoseconds));
    }

    [TestCase(0u)]
    [TestCase(60u)]
    [TestCase(262_144u)]
    public void A_packet_may_be_longer_than_the_snap_length_up_to_what_is_usual(uint snapLength)
    {
        MbufArena arena = NewArena(mbufs: 200, clusters: 140, jumbo16: 17);
        byte[] bytes = Pattern(MbufCaptureReader.DefaultSnapLength);
        using var reader = new MbufCaptureReader(new PcapBytes(snapLength: snapLength).Packet(bytes).ToStream());
        using MbufScope mbufs = arena.Enter();

        Assert.That(reader.Read(mbufs, out MbufChain packet), Is.EqualTo(MbufCaptureStatus.Packet));

        using MbufChain owned = packet;
        ChainAssert.Holds(owned, bytes);
    }

    [TestCase(300_000u, 300_000)]
    [TestCase(1_048_576u, 1_048_576)]
    [TestCase(uint.MaxValue, 1_048_576)]
    public void A_larger_snap_length_lets_packets_be_larger_up_to_the_maximum(uint snapLength, int length)
    {
        MbufArena arena = NewArena(mbufs: 600, clusters: 520, jumbo16: 65);
        byte[] bytes = Pattern(length);
        var file = new PcapBytes(snapLength: snapLength);
        using var reader = new MbufCaptureReader(file.Packet(bytes).Record(0, 0, (uint)length + 1, 0, [1]).ToStream());
        using MbufScope mbufs = arena.Enter();
        Assert.That(reader.Read(mbufs, out MbufChain packet), Is.EqualTo(MbufCaptureStatus.Packet));
        using (packet)
        {
            ChainAssert.Holds(packet, bytes);
        }

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => ReadAll(reader))!;

        Assert.That(
            refusal.Message, Does.Contain($"{length + 1} bytes were captured").And.Contain($"0 to {length} are possible"));
    }
}
