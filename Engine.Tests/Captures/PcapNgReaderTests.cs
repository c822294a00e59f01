using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Sections, interfaces and blocks of a pcapng file.</summary>
public sealed class PcapNgReaderTests : CaptureFixture
{
    [Test]
    public void Each_packet_is_of_the_interface_that_it_names()
    {
        byte[] file = new PcapNgBytes()
            .Interface(linkType: 1)
            .Interface(linkType: 276)
            .Enhanced(Pattern(10), on: 1)
            .Interface(linkType: 101)
            .Obsolete(Pattern(11), on: 2)
            .Enhanced(Pattern(12), on: 0)
            .ToArray();

        Assert.That(Interfaces(file), Is.EqualTo(new[]
        {
            (1, MbufLinkType.LinuxSll2),
            (2, MbufLinkType.Raw),
            (0, MbufLinkType.Ethernet),
        }));
    }

    [Test]
    public void A_section_has_interfaces_and_a_byte_order_of_its_own()
    {
        byte[] file =
        [
            .. new PcapNgBytes(isBigEndian: true).Interface(1).Interface(113).Enhanced(Pattern(10), on: 1).ToArray(),
            .. new PcapNgBytes(isBigEndian: false, minor: 2, sectionLength: 0).Interface(229).Enhanced(Pattern(11)).ToArray(),
            .. new PcapNgBytes(isBigEndian: true).ToArray(),
            .. new PcapNgBytes(isBigEndian: true).Interface(linkType: 0).Simple(Pattern(12)).ToArray(),
        ];

        Assert.That(Interfaces(file), Is.EqualTo(new[]
        {
            (1, MbufLinkType.LinuxSll),
            (0, MbufLinkType.IPv6),
            (0, MbufLinkType.Null),
        }));
    }

    [Test]
    public void Blocks_of_other_types_are_skipped()
    {
        byte[] file = new PcapNgBytes()
            .Block(PcapNgBytes.NameResolution, Pattern(8))
            .Interface()
            .Block(0x8000_0BAD, Pattern(9000))
            .Enhanced(Pattern(10))
            .Block(5)
            .ToArray();

        Assert.That(Interfaces(file), Has.Count.EqualTo(1));
    }

    [TestCase(0x00, 1ul, 1_000_000_000ul)]
    [TestCase(0x03, 1001ul, 1_001_000_000ul)]
    [TestCase(0x06, 1_700_000_000_000_001ul, 1_700_000_000_000_001_000ul)]
    [TestCase(0x09, ulong.MaxValue, ulong.MaxValue)]
    [TestCase(0x0C, 1_999ul, 1ul)]
    [TestCase(0x13, ulong.MaxValue, 1_844_674_407ul)]
    [TestCase(0x80, 7ul, 7_000_000_000ul)]
    [TestCase(0x81, 3ul, 1_500_000_000ul)]
    [TestCase(0xA0, 0x1_8000_0000ul, 1_500_000_000ul)]
    [TestCase(0xBF, ulong.MaxValue, 1_999_999_999ul)]
    public void Times_are_converted_from_every_resolution(byte resolution, ulong time, ulong nanoseconds)
        => Assert.That(TimeOf(file => file.Resolution(resolution), time), Is.EqualTo(nanoseconds));

    [TestCase(0L, 0ul, 0ul)]
    [TestCase(-5L, 5_000_001ul, 1000ul)]
    [TestCase(1_700_000_000L, 500_000ul, 1_700_000_000_500_000_000ul)]
    [TestCase(18_446_744_073L, 709_551ul, 18_446_744_073_709_551_000ul)]
    [TestCase(-18_446_744_073_709L, ulong.MaxValue, 551_615_000ul)]
    public void Seconds_are_added_to_times(long offset, ulong time, ulong nanoseconds)
        => Assert.That(TimeOf(file => file.Offset(offset), time), Is.EqualTo(nanoseconds));

    [TestCase(-1L, 999_999ul)]
    [TestCase(long.MinValue, ulong.MaxValue)]
    [TestCase(long.MaxValue, 0ul)]
    [TestCase(18_446_744_073L, 709_552ul)]
    public void A_time_that_64_bits_of_nanoseconds_do_not_hold_is_refused(long offset, ulong time)
    {
        var file = new PcapNgBytes();
        file.Interface(options: file.Offset(offset)).Enhanced(Pattern(10), time);

        Assert.That(Refusal(file.ToArray()), Does.Contain("enhanced packet block").And.Contain("before 1970 or after 2554"));
    }

    [Test]
    public void What_comes_behind_the_end_of_the_options_is_not_looked_at()
        => Assert.That(TimeOf(file => [.. file.EndOfOptions(), .. file.Resolution(0), .. Pattern(4)], 7), Is.EqualTo(7000));

    [Test]
    public void A_simple_packet_is_as_long_as_the_snap_length_of_the_first_interface_lets_it_be()
    {
        PcapNgBytes file = new PcapNgBytes().Interface(snapLength: 5).Interface();
        using var reader = new MbufCaptureReader(file.Simple(Pattern(5), original: 1500).Simple(Pattern(4)).ToStream());

        List<CapturedPacket> packets = ReadAll(reader);

        Assert.That(
            packets.Select(static packet => (packet.Bytes.Length, packet.Original)), Is.EqualTo(new[] { (5, 1500u), (4, 4u) }));
    }

    [Test]
    public void A_packet_is_never_longer_than_it_was()
    {
        byte[] file = new PcapNgBytes().Interface().Enhanced(Pattern(60), original: 20).ToArray();
        using var reader = new MbufCaptureReader(new MemoryStream(file, writable: false));

        Assert.That(ReadAll(reader).Single().Original, Is.EqualTo(60));
    }

    private ulong TimeOf(Func<PcapNgBytes, byte[]> options, ulong time)
    {
        var file = new PcapNgBytes();
        file.Interface(options: options(file)).Enhanced(Pattern(10), time);
        using var reader = new MbufCaptureReader(file.ToStream());
        return ReadAll(reader).Single().Nanoseconds;
    }

    private List<(int Number, MbufLinkType LinkType)> Interfaces(byte[] file)
    {
        using var reader = new MbufCaptureReader(new MemoryStream(file, writable: false));
        using MbufScope mbufs = Arena.Enter();
        var found = new List<(int, MbufLinkType)>();
        while (reader.Read(mbufs, out MbufChain packet) == MbufCaptureStatus.Packet)
        {
            packet.Free();
            found.Add((reader.InterfaceNumber, reader.LinkType));
        }

        return found;
    }
}
