using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CompleteChecksumsTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly MbufInterface s_plain = new("lo0");

    [Test]
    public void What_the_hardware_does_not_do_is_done_and_the_flags_say_what_is_left(
        [ValueSource(typeof(OutputPacket), nameof(OutputPacket.All))] OutputPacket kind, [Values] bool network, [Values] bool transport)
    {
        var random = new Random(1);
        for (int round = 0; round < 40; round++)
        {
            using MbufScope mbufs = Arena.Enter();
            byte[] bytes = kind.Unfinished(Pattern(random.Next(600), round));
            using MbufChain packet = Build(mbufs, bytes, RandomLayout.Of(random, bytes.Length));
            kind.Request(packet);
            MbufChecksumFlags assist = (network ? MbufChecksumFlags.IPv4 : 0) | (transport ? kind.Transport : 0);

            Assert.That(packet.CompleteChecksums(new MbufInterface("em0", assist)), Is.EqualTo(MbufOffloadStatus.Done));

            Assert.That(packet.ChecksumFlags, Is.EqualTo(kind.Flags & assist));
            MbufChecksumReport report = packet.InspectChecksums();
            Assert.That(report.Transport, Is.EqualTo(transport ? MbufChecksumVerdict.Invalid : MbufChecksumVerdict.Valid));
            Assert.That(report.Network, Is.EqualTo(
                kind.IsIPv6 ? MbufChecksumVerdict.None : network ? MbufChecksumVerdict.Invalid : MbufChecksumVerdict.Valid));
            FreePartners(mbufs);
        }
    }

    [Test]
    public void Nothing_asked_for_is_nothing_done()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, [1, 2, 3]);
        packet.ChecksumFlags = MbufChecksumFlags.IPv4Valid | MbufChecksumFlags.ChecksumDataValid;

        Assert.That(packet.CompleteChecksums(s_plain), Is.EqualTo(MbufOffloadStatus.Done));
        ChainAssert.Holds(packet, [1, 2, 3]);
    }

    [Test]
    public void A_udp_checksum_of_zero_is_stored_as_all_ones()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = OutputPacket.Udp.Unfinished([0, 0]);
        ushort sum = (ushort)~WirePacket.Checksum([.. bytes.AsSpan(20)]);
        bytes[28] = (byte)((ushort)~sum >> 8);
        bytes[29] = (byte)~sum;
        using MbufChain packet = Packet(mbufs, bytes);
        OutputPacket.Udp.Request(packet);

        Assert.That(packet.CompleteChecksums(s_plain), Is.EqualTo(MbufOffloadStatus.Done));
        Assert.That(ChainAssert.Bytes(packet)[26..28], Is.EqualTo(new byte[] { 0xFF, 0xFF }));
        Assert.That(packet.InspectChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
    }

    [Test]
    public void Storage_that_another_packet_shares_is_not_written()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = OutputPacket.Tcp.Unfinished(Pattern(700));
        using MbufChain packet = Packet(mbufs, bytes);
        OutputPacket.Tcp.Request(packet);
        using MbufChain share = packet.Share();

        Assert.That(packet.CompleteChecksums(s_plain), Is.EqualTo(MbufOffloadStatus.Done));
        Assert.That(packet.InspectChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
        ChainAssert.Holds(share, bytes);
        Assert.That(share.ChecksumFlags, Is.EqualTo(OutputPacket.Tcp.Flags));
    }

    [Test]
    public void An_exhausted_arena_changes_nothing()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = OutputPacket.Tcp.Unfinished(Pattern(700));
        using MbufChain packet = Packet(mbufs, bytes);
        OutputPacket.Tcp.Request(packet);
        using MbufChain share = packet.Share();
        var before = ChainSnapshot.Of(packet);
        Hoard hoard = Hoard.OfEverything(mbufs);
        Assert.That(packet.CompleteChecksums(s_plain), Is.EqualTo(MbufOffloadStatus.Exhausted));
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);

        Assert.That(packet.CompleteChecksums(s_plain), Is.EqualTo(MbufOffloadStatus.Done));
    }

    private static readonly (string Why, MbufOffloadStatus Status, Action<byte[]> Spoil, MbufChecksumFlags Flags, uint Data)[] s_refusals =
    [
        ("not IP", MbufOffloadStatus.NotIP, static bytes => bytes[0] = 0x25, MbufChecksumFlags.IPv4, 16),
        ("shorter than its header says", MbufOffloadStatus.Truncated, static bytes => bytes[2]++, MbufChecksumFlags.Tcp, 16),
        ("TCP and UDP", MbufOffloadStatus.ContradictoryRequest, static _ => { }, MbufChecksumFlags.Tcp | MbufChecksumFlags.Udp, 16),
        ("of IPv6", MbufOffloadStatus.ContradictoryRequest, static _ => { }, MbufChecksumFlags.TcpIPv6, 16),
        ("two ways of cutting", MbufOffloadStatus.ContradictoryRequest, static _ => { }, MbufChecksumFlags.TcpSegmentation | MbufChecksumFlags.TcpSegmentationIPv6, 16),
        ("cutting TCP as UDP", MbufOffloadStatus.ContradictoryRequest, static _ => { }, MbufChecksumFlags.Tcp | MbufChecksumFlags.UdpSegmentation, 16),
        ("not UDP", MbufOffloadStatus.NotTransport, static _ => { }, MbufChecksumFlags.Udp, 6),
        ("a fragment", MbufOffloadStatus.IsFragment, static bytes => bytes[6] = 0x20, MbufChecksumFlags.Tcp, 16),
        ("the field at the end", MbufOffloadStatus.FieldBeyondPacket, static _ => { }, MbufChecksumFlags.Tcp, 49),
        ("the field far out", MbufOffloadStatus.FieldBeyondPacket, static _ => { }, MbufChecksumFlags.Tcp, uint.MaxValue),
        ("segments of no size", MbufOffloadStatus.SegmentSizeMissing, static _ => { }, MbufChecksumFlags.Tcp | MbufChecksumFlags.TcpSegmentation, 16),
    ];

    [Test]
    public void A_request_that_contradicts_itself_is_refused_with_a_reason([ValueSource(nameof(Reasons))] string why, [Values] bool assisted)
    {
        (_, MbufOffloadStatus status, Action<byte[]> spoil, MbufChecksumFlags flags, uint data) = s_refusals.Single(one => one.Why == why);
        var able = new MbufInterface("em0", assisted
            ? MbufChecksumFlags.IPv4 | MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6 | MbufChecksumFlags.AnySegmentation
            : MbufChecksumFlags.None);
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = OutputPacket.Tcp.Unfinished(Pattern(30));
        spoil(bytes);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(20), Segment.Cluster(bytes.Length - 20));
        packet.ChecksumFlags = flags;
        packet.ChecksumData = data;
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.CompleteChecksums(able), Is.EqualTo(status));
        before.AssertUnchanged(packet);
    }

    [Test]
    public void A_chain_without_header_and_no_interface_are_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocateMbuf();
        using MbufChain packet = mbufs.AllocatePacket();

        Expect.Throws<InvalidOperationException>(chain, static one => one.CompleteChecksums(s_plain));
        Expect.Throws<ArgumentNullException>(packet, static one => one.CompleteChecksums(null!));
    }

    private static IEnumerable<string> Reasons() => s_refusals.Select(static one => one.Why);

    protected override MbufArena Reserve() => NewArena(mbufs: 2048, clusters: 1024);
}
