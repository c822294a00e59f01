using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Blocks of a pcapng file that are not what they should be.</summary>
public sealed class PcapNgRefusalTests : CaptureFixture
{
    /// <summary>Where the block behind a section header begins.</summary>
    private const int Second = 28;

    /// <summary>And behind an interface without options.</summary>
    private const int Third = 48;

    private static PcapNgBytes WithInterface => new PcapNgBytes().Interface();

    [TestCase(PcapNgBytes.NameResolution, 13u, 12)]
    [TestCase(PcapNgBytes.NameResolution, 0u, 12)]
    [TestCase(PcapNgBytes.NameResolution, 8u, 12)]
    [TestCase(PcapNgBytes.InterfaceDescription, 16u, 20)]
    [TestCase(PcapNgBytes.EnhancedPacket, 28u, 32)]
    [TestCase(PcapNgBytes.EnhancedPacket, 35u, 32)]
    [TestCase(PcapNgBytes.ObsoletePacket, 28u, 32)]
    [TestCase(PcapNgBytes.SimplePacket, 12u, 16)]
    [TestCase(PcapNgBytes.SectionHeader, 24u, 28)]
    public void A_block_that_is_too_short_or_no_multiple_of_4_is_refused(uint type, uint length, int least)
    {
        byte[] body = type == PcapNgBytes.SectionHeader ? [0x4D, 0x3C, 0x2B, 0x1A, .. new byte[36]] : new byte[40];
        byte[] file = WithInterface.Block(type, length, body, length).ToArray();

        Assert.That(
            Refusal(file),
            Does.Contain($"block at byte {Third}").And.Contain($"has {length} bytes")
                .And.Contain($"{least} or more, and a multiple of 4"));
    }

    [TestCase(PcapNgBytes.NameResolution)]
    [TestCase(PcapNgBytes.EnhancedPacket)]
    [TestCase(PcapNgBytes.SimplePacket)]
    public void A_block_whose_two_lengths_differ_is_refused(uint type) => Assert.That(
        Refusal(WithInterface.Block(type, 52, new byte[40], 56).ToArray()),
        Does.Contain("ends with a length of 56").And.Contain("begins with one of 52"));

    [Test]
    public void A_block_that_claims_to_be_huge_is_cut_off() => Assert.That(
        Refusal(WithInterface.Block(77, 0xFFFF_FFFC, new byte[40], 52).ToArray()),
        Does.Contain("in the middle of the block at byte 48"));

    [TestCase(PcapNgBytes.EnhancedPacket, "enhanced packet block", 1u)]
    [TestCase(PcapNgBytes.EnhancedPacket, "enhanced packet block", uint.MaxValue)]
    [TestCase(PcapNgBytes.ObsoletePacket, "packet block", 65_535u)]
    public void A_packet_of_an_interface_that_was_not_described_is_refused(uint type, string name, uint number)
    {
        PcapNgBytes file = WithInterface;
        _ = type == PcapNgBytes.EnhancedPacket
            ? file.Enhanced(Pattern(4), on: number)
            : file.Obsolete(Pattern(4), on: (int)number);

        Assert.That(
            Refusal(file.ToArray()),
            Does.Contain($"{name} at byte {Third}").And.Contain($"interface {number}").And.Contain("has described 1"));
    }

    [Test]
    public void A_simple_packet_without_any_interface_is_refused() => Assert.That(
        Refusal(new PcapNgBytes().Simple(Pattern(4)).ToArray()),
        Does.Contain($"simple packet block at byte {Second}").And.Contain("interface 0").And.Contain("has described 0"));

    [Test]
    public void Interfaces_of_the_section_before_are_forgotten() => Assert.That(
        Refusal(WithInterface.Enhanced(Pattern(4)).Section().Enhanced(Pattern(4)).ToArray(), packetsBefore: 1),
        Does.Contain("has described 0"));

    [TestCase(8u)]
    [TestCase(100u)]
    [TestCase(262_144u)]
    public void A_packet_that_does_not_fit_into_its_block_is_refused(uint captured) => Assert.That(
        Refusal(WithInterface.Enhanced(Pattern(4), captured: captured).ToArray()),
        Does.Contain($"{captured} captured bytes do not fit in 36").And.Contain("4 bytes are left"));

    [Test]
    public void A_simple_packet_that_does_not_fit_into_its_block_is_refused() => Assert.That(
        Refusal(WithInterface.Simple(Pattern(4), original: 9).ToArray()),
        Does.Contain("9 captured bytes do not fit in 20"));

    [TestCase(262_145u)]
    [TestCase(uint.MaxValue)]
    public void A_packet_that_claims_too_much_is_refused(uint captured) => Assert.That(
        Refusal(WithInterface.Enhanced(Pattern(4), captured: captured).ToArray()),
        Does.Contain($"{captured} bytes were captured").And.Contain("snap length of interface 0, 0 to 262144"));

    [TestCase(0x14)]
    [TestCase(0x7F)]
    [TestCase(0xC0)]
    [TestCase(0xFF)]
    public void A_resolution_of_more_than_64_bits_is_refused(byte resolution)
    {
        var file = new PcapNgBytes();

        Assert.That(
            Refusal(file.Interface(options: file.Resolution(resolution)).ToArray()),
            Does.Contain($"interface description block at byte {Second}")
                .And.Contain($"if_tsresol is 0x{resolution:x2}").And.Contain("0xbf"));
    }

    [TestCase(9, 2, "if_tsresol has 2 bytes", "It has 1.")]
    [TestCase(9, 0, "if_tsresol has 0 bytes", "It has 1.")]
    [TestCase(14, 4, "if_tsoffset has 4 bytes", "It has 8.")]
    public void An_option_of_another_length_is_refused(int code, int length, string wrong, string right)
    {
        var file = new PcapNgBytes();

        Assert.That(
            Refusal(file.Interface(options: file.Option(code, new byte[length])).ToArray()),
            Does.Contain(wrong).And.Contain(right));
    }

    [Test]
    public void An_option_that_does_not_fit_into_its_block_is_refused()
    {
        var file = new PcapNgBytes();
        byte[] option = file.Option(2, new byte[9]);
        option[2] = 13;

        Assert.That(
            Refusal(file.Interface(options: option).ToArray()),
            Does.Contain("option 2 says that it has 13 bytes").And.Contain("12 bytes of"));
    }

    [Test]
    public void A_section_has_a_limit_of_interfaces()
    {
        var file = new PcapNgBytes();
        for (int i = 0; i < 65_536; i++)
        {
            file.Interface();
        }

        int end = file.Length;

        Assert.That(
            Refusal(file.Interface().ToArray()), Does.Contain($"block at byte {end}").And.Contain("follows 65536 others"));
    }
}
