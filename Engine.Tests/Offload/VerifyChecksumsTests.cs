using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class VerifyChecksumsTests(ArenaKind kind) : MbufFixture(kind)
{
    private const MbufChecksumFlags Checked = MbufChecksumFlags.IPv4Checked | MbufChecksumFlags.IPv4Valid;
    private const MbufChecksumFlags Summed = MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;

    private static readonly string[] s_names = ["tcp", "udp", "echo", "tcp6", "udp6", "echo6"];

    [Test]
    public void Right_packets_in_any_layout_are_valid_and_the_flags_say_so([ValueSource(nameof(s_names))] string name)
    {
        var random = new Random(1);
        for (int round = 0; round < 60; round++)
        {
            using MbufScope mbufs = Arena.Enter();
            byte[] bytes = Named(name, Pattern(random.Next(700), round));
            using MbufChain packet = Build(mbufs, bytes, RandomLayout.Of(random, bytes.Length));

            MbufChecksumReport report = packet.VerifyChecksums();

            Assert.That(report.Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
            Assert.That(report.IsAcceptable);
            Assert.That(report.TransportOffset, Is.EqualTo(IsIPv6(name) ? 40 : 20));
            Assert.That(report.Network, Is.EqualTo(IsIPv6(name) ? MbufChecksumVerdict.None : MbufChecksumVerdict.Valid));
            Assert.That(packet.ChecksumFlags, Is.EqualTo((IsIPv6(name) ? 0 : Checked) | (name.StartsWith("echo", StringComparison.Ordinal) ? 0 : Summed)));
            Assert.That(packet.ChecksumData, Is.EqualTo(name.StartsWith("echo", StringComparison.Ordinal) ? 0 : 0xFFFF));
            FreePartners(mbufs);
        }
    }

    [Test]
    public void Every_single_bit_that_is_covered_makes_it_invalid([ValueSource(nameof(s_names))] string name)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Named(name, Pattern(9));
        for (int bit = (IsIPv6(name) ? 40 : 20) * 8; bit < bytes.Length * 8; bit++)
        {
            byte[] wrong = [.. bytes];
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            using MbufChain packet = Packet(mbufs, wrong);

            Assert.That(packet.VerifyChecksums().IsAcceptable, Is.False, $"bit {bit}");
        }
    }

    [Test]
    public void A_wrong_header_is_said_and_noted()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Named("udp", Pattern(9));
        bytes[8]--;
        using MbufChain packet = Packet(mbufs, bytes);

        Assert.That(packet.VerifyChecksums().Network, Is.EqualTo(MbufChecksumVerdict.Invalid));
        Assert.That(packet.ChecksumFlags, Is.EqualTo(MbufChecksumFlags.IPv4Checked | Summed));
        Assert.That(packet.InspectChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid), "Its own checksum is right.");
    }

    [Test]
    public void Padding_behind_the_packet_and_a_link_header_before_it_do_not_count([ValueSource(nameof(s_names))] string name)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = [.. Pattern(14, 8), .. Named(name, Pattern(3)), .. Pattern(30, 9)];
        using MbufChain packet = Packet(mbufs, bytes);

        MbufChecksumReport report = packet.VerifyChecksums(14);

        Assert.That(report.Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
        Assert.That(report.TransportOffset, Is.EqualTo(14 + (IsIPv6(name) ? 40 : 20)));
    }

    [Test]
    public void What_the_chain_does_not_have_is_truncated([ValueSource(nameof(s_names))] string name)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Named(name, Pattern(40));
        int header = IsIPv6(name) ? 40 : 20;
        for (int length = 0; length < bytes.Length; length++)
        {
            using MbufChain packet = Packet(mbufs, bytes.AsSpan(0, length));
            MbufChecksumReport report = packet.VerifyChecksums();

            Assert.That(report.Transport, Is.EqualTo(length < header ? MbufChecksumVerdict.None : MbufChecksumVerdict.Truncated), $"{length}");
            Assert.That(packet.ChecksumFlags & Summed, Is.EqualTo(MbufChecksumFlags.None));
        }
    }

    [Test]
    public void What_hardware_says_is_believed()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] wrong = Named("tcp", Pattern(100));
        wrong[11] ^= 1;
        wrong[60] ^= 1;
        using MbufChain packet = Packet(mbufs, wrong);
        packet.ChecksumFlags = Checked | Summed;
        packet.ChecksumData = 0xFFFF;
        Assert.That(packet.VerifyChecksums().IsAcceptable);
        Assert.That(packet.InspectChecksums().IsAcceptable, Is.False, "Inspecting computes.");

        using MbufChain right = Packet(mbufs, Named("tcp", Pattern(100)));
        right.ChecksumFlags = MbufChecksumFlags.IPv4Checked | Summed;
        right.ChecksumData = 0xFFFE;
        MbufChecksumReport report = right.VerifyChecksums();
        Assert.That(report.Network, Is.EqualTo(MbufChecksumVerdict.Invalid));
        Assert.That(report.Transport, Is.EqualTo(MbufChecksumVerdict.Invalid));
    }

    [Test]
    public void A_partial_sum_without_the_pseudo_header_is_completed([Values("tcp", "udp", "tcp6", "udp6")] string name)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Named(name, Pattern(333));
        int header = IsIPv6(name) ? 40 : 20;
        using MbufChain packet = Packet(mbufs, bytes);
        packet.ChecksumFlags = MbufChecksumFlags.ChecksumDataValid;
        packet.ChecksumData = (ushort)~WirePacket.Checksum(bytes.AsSpan(header));
        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
        Assert.That(packet.ChecksumFlags & Summed, Is.EqualTo(Summed));
        Assert.That(packet.ChecksumData, Is.EqualTo(0xFFFF));

        // The sum is used, not the bytes: one that is right for them hides what changed since.
        bytes[^1] ^= 1;
        using MbufChain changed = Packet(mbufs, bytes);
        bytes[^1] ^= 1;
        changed.ChecksumFlags = MbufChecksumFlags.ChecksumDataValid;
        changed.ChecksumData = (ushort)~WirePacket.Checksum(bytes.AsSpan(header));
        Assert.That(changed.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    [Test]
    public void A_partial_sum_that_does_not_come_out_right_is_computed_anew([Values] bool wrong)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Named("udp", Pattern(333));
        bytes[^1] ^= wrong ? (byte)1 : (byte)0;
        using MbufChain packet = Packet(mbufs, bytes);
        packet.ChecksumFlags = MbufChecksumFlags.ChecksumDataValid;
        packet.ChecksumData = 0x1234;

        MbufChecksumVerdict verdict = packet.VerifyChecksums().Transport;

        Assert.That(verdict, Is.EqualTo(wrong ? MbufChecksumVerdict.Invalid : MbufChecksumVerdict.Valid));
        Assert.That(packet.ChecksumData, wrong ? Is.Not.EqualTo(0xFFFF) : Is.EqualTo(0xFFFF));
        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(verdict), "What was noted is what was found.");
    }

    [Test]
    public void The_sums_of_fragments_add_up_to_the_sum_of_the_whole()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] datagram = WirePacket.Udp(Pattern(1001));
        uint sum = 0;
        for (int place = 0; place < datagram.Length; place += 248)
        {
            int length = Math.Min(248, datagram.Length - place);
            int word = (place / 8) | (place + length < datagram.Length ? 0x2000 : 0);
            using MbufChain fragment = Packet(mbufs, WirePacket.IPv4(IPProtocol.Udp, datagram.AsSpan(place, length), fragment: word));
            Assert.That(fragment.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Unverifiable));
            Assert.That(fragment.ChecksumFlags, Is.EqualTo(Checked | MbufChecksumFlags.ChecksumDataValid));
            sum = InternetChecksum.Fold(sum + fragment.ChecksumData);
        }

        using MbufChain whole = Packet(mbufs, WirePacket.IPv4(IPProtocol.Udp, datagram));
        whole.ChecksumFlags = MbufChecksumFlags.ChecksumDataValid;
        whole.ChecksumData = sum;
        Assert.That(sum, Is.EqualTo((ushort)~WirePacket.Checksum(datagram)));
        Assert.That(whole.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    protected override MbufArena Reserve() => NewArena(mbufs: 2048, clusters: 1024);

    private static bool IsIPv6(string name) => name.EndsWith('6');

    private static byte[] Named(string name, byte[] data) => name switch
    {
        "tcp" => WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(data)),
        "udp" => WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(data)),
        "echo" => WirePacket.IPv4(IPProtocol.Icmp, WirePacket.Echo(data, overIPv6: false)),
        "tcp6" => WirePacket.IPv6(IPProtocol.Tcp, WirePacket.Tcp(data, overIPv6: true)),
        "udp6" => WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(data, overIPv6: true)),
        _ => WirePacket.IPv6(IPProtocol.IcmpV6, WirePacket.Echo(data, overIPv6: true)),
    };
}
