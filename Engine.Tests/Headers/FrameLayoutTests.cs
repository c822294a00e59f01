using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class FrameLayoutTests
{
    private const string Addresses = "FFFFFFFFFFFF020000000001";

    /// <summary>The link header without its protocol, of which every byte could be taken for one.</summary>
    private const string OfSll = "0000000100060200000000010000";

    /// <summary>What stands behind the protocol: interface index, kind of hardware, kind of packet, and address.</summary>
    private const string OfSll2 = "0000000000030001000602000000000100" + "00";

    public static IEnumerable<TestCaseData> Frames()
    {
        yield return Frame(MbufLinkType.Ethernet, Addresses + "0800", EtherType.IPv4, 0, "Ethernet");
        yield return Frame(MbufLinkType.Ethernet, Addresses + "86DD", EtherType.IPv6, 0, "Ethernet, IPv6");
        yield return Frame(MbufLinkType.Ethernet, Addresses + "0806", EtherType.Arp, 0, "Ethernet, ARP");
        yield return Frame(MbufLinkType.Ethernet, Addresses + "0600", (EtherType)0x0600, 0, "Ethernet, the first type");
        yield return Frame(MbufLinkType.Ethernet, Addresses + "FFFF", (EtherType)0xFFFF, 0, "Ethernet, the last type");
        yield return Frame(MbufLinkType.Ethernet, Addresses + "810000648" + "6DD", EtherType.IPv6, 1, "802.1Q");
        yield return Frame(MbufLinkType.Ethernet, Addresses + "88A80001" + "8100000A" + "0800", EtherType.IPv4, 2, "802.1ad");
        yield return Frame(MbufLinkType.Ethernet, Addresses + "91000001" + "8100000A" + "0800", EtherType.IPv4, 2, "0x9100");
        yield return Frame(MbufLinkType.Ethernet, Addresses + Tags(8) + "0800", EtherType.IPv4, 8, "eight tags");
        yield return Frame(MbufLinkType.LinuxSll, OfSll + "0800", EtherType.IPv4, 0, "SLL");
        yield return Frame(MbufLinkType.LinuxSll, OfSll + "8100000A86DD", EtherType.IPv6, 1, "SLL, 802.1Q");
        yield return Frame(MbufLinkType.LinuxSll2, "0800" + OfSll2, EtherType.IPv4, 0, "SLL2");
        yield return Frame(MbufLinkType.LinuxSll2, "8100" + OfSll2 + "000A86DD", EtherType.IPv6, 1, "SLL2, 802.1Q");
        yield return Frame(MbufLinkType.Null, "02000000", EtherType.IPv4, 0, "loopback, little-endian");
        yield return Frame(MbufLinkType.Null, "00000002", EtherType.IPv4, 0, "loopback, big-endian");
        yield return Frame(MbufLinkType.Null, "18000000", EtherType.IPv6, 0, "loopback of NetBSD and OpenBSD");
        yield return Frame(MbufLinkType.Null, "1C000000", EtherType.IPv6, 0, "loopback of FreeBSD");
        yield return Frame(MbufLinkType.Loop, "0000001E", EtherType.IPv6, 0, "loopback of Darwin");
        yield return Frame(MbufLinkType.IPv4, "", EtherType.IPv4, 0, "IPv4");
        yield return Frame(MbufLinkType.IPv6, "", EtherType.IPv6, 0, "IPv6");
    }

    [TestCaseSource(nameof(Frames))]
    public void The_network_header_starts_behind_the_link_header(MbufLinkType linkType, byte[] link, EtherType type, int tags)
    {
        byte[] frame = [.. link, 0x45, 0x00];
        for (int length = 0; length <= frame.Length; length++)
        {
            bool found = FrameLayout.TryFindNetwork(
                frame.AsSpan(0, length), linkType, out int offset, out EtherType etherType, out int vlanTags);

            Assert.That(found, Is.EqualTo(length >= link.Length), $"Of a frame that is cut after {length} bytes.");
            Assert.That((offset, etherType, vlanTags), Is.EqualTo(found ? (link.Length, type, tags) : (0, EtherType.None, 0)));
        }
    }

    [TestCase("45", EtherType.IPv4)]
    [TestCase("4F", EtherType.IPv4)]
    [TestCase("60", EtherType.IPv6)]
    [TestCase("6F", EtherType.IPv6)]
    [TestCase("50", EtherType.None)]
    [TestCase("F4", EtherType.None)]
    [TestCase("00", EtherType.None)]
    [TestCase("", EtherType.None)]
    public void A_raw_packet_starts_with_its_version(string packet, EtherType type)
    {
        bool found = FrameLayout.TryFindNetwork(
            Convert.FromHexString(packet), MbufLinkType.Raw, out int offset, out EtherType etherType, out int vlanTags);

        Assert.That((found, offset, etherType, vlanTags), Is.EqualTo((type != EtherType.None, 0, type, 0)));
    }

    [TestCase(MbufLinkType.Ethernet, Addresses + "05FF", Description = "A length.")]
    [TestCase(MbufLinkType.Ethernet, Addresses + "0000")]
    [TestCase(MbufLinkType.Ethernet, Addresses + "810000640026", Description = "A length behind a tag.")]
    [TestCase(MbufLinkType.LinuxSll, OfSll + "0004", Description = "LLC, as Linux calls it.")]
    [TestCase(MbufLinkType.LinuxSll2, "0004" + OfSll2)]
    [TestCase(MbufLinkType.Null, "03000000")]
    [TestCase(MbufLinkType.Null, "00000000")]
    [TestCase(MbufLinkType.Null, "FFFFFFFF")]
    [TestCase(MbufLinkType.Null, "00020000", Description = "In no byte order an address family.")]
    [TestCase((MbufLinkType)2, Addresses + "0800", Description = "A link type without a name.")]
    [TestCase((MbufLinkType)ushort.MaxValue, Addresses + "0800")]
    public void What_is_not_known_is_not_found(MbufLinkType linkType, string link)
    {
        byte[] frame = [.. Convert.FromHexString(link), .. new byte[20]];
        bool found = FrameLayout.TryFindNetwork(frame, linkType, out int offset, out EtherType etherType, out int vlanTags);

        Assert.That((found, offset, etherType, vlanTags), Is.EqualTo((false, 0, EtherType.None, 0)));
    }

    [Test]
    public void More_tags_than_a_network_makes_are_refused([Values(9, 100)] int tags)
    {
        byte[] frame = Convert.FromHexString(Addresses + Tags(tags) + "0800");

        Assert.That(FrameLayout.TryFindNetwork(frame, MbufLinkType.Ethernet, out _, out _, out _), Is.False);
    }

    [Test]
    public void The_longest_link_header_is_as_long_as_is_said()
    {
        byte[] frame = Convert.FromHexString("8100" + OfSll2 + Tags(8)[4..] + "0800");

        Assert.That(frame, Has.Length.EqualTo(FrameLayout.MaximumSize));
        Assert.That(FrameLayout.TryFindNetwork(frame, MbufLinkType.LinuxSll2, out int offset, out _, out int vlanTags));
        Assert.That((offset, vlanTags), Is.EqualTo((FrameLayout.MaximumSize, FrameLayout.MaximumVlanTags)));
    }

    [Test]
    public void Three_types_announce_a_tag() => Assert.That(
        Enumerable.Range(0, 65_536).Select(static type => (EtherType)type).Where(FrameLayout.IsVlanTag),
        Is.EqualTo(new[] { EtherType.Vlan, EtherType.ProviderVlan, EtherType.LegacyProviderVlan }));

    private static string Tags(int count) => string.Concat(Enumerable.Repeat("8100000A", count));

    private static TestCaseData Frame(MbufLinkType linkType, string link, EtherType type, int tags, string what)
        => new TestCaseData(linkType, Convert.FromHexString(link), type, tags).SetArgDisplayNames(what);
}
