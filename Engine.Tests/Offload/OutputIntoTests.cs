using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class OutputIntoTests(ArenaKind kind) : MbufFixture(kind)
{
    private const MbufChecksumFlags Everything = MbufChecksumFlags.IPv4 | MbufChecksumFlags.AnyTransport
        | MbufChecksumFlags.AnyTransportIPv6 | MbufChecksumFlags.AnySegmentation | MbufChecksumFlags.FragmentChecksums;

    private static readonly MbufInterface s_plain = new("lo0");

    [Test]
    public void A_packet_that_fits_is_completed_and_put_out([ValueSource(typeof(OutputPacket), nameof(OutputPacket.All))] OutputPacket kind)
    {
        using MbufScope mbufs = Arena.Enter();
        var output = new MbufQueue(Arena);
        byte[] bytes = kind.Unfinished(Pattern(1500 - kind.NetworkSize - kind.HeaderSize));
        using MbufChain packet = Build(mbufs, bytes, RandomLayout.Of(new Random(1), bytes.Length));
        kind.Request(packet);

        Assert.That(packet.OutputInto(s_plain, output), Is.EqualTo(MbufOffloadStatus.Done));

        Assert.That(packet.IsOwned, Is.False);
        using MbufChain only = Only(mbufs, output);
        Assert.That(only.Length, Is.EqualTo(bytes.Length));
        AssertRight(only, kind.IsIPv6);
        Assert.That(only.ChecksumFlags, Is.EqualTo(MbufChecksumFlags.None));
    }

    [Test]
    public void What_the_hardware_does_is_left_to_it([ValueSource(typeof(OutputPacket), nameof(OutputPacket.All))] OutputPacket kind)
    {
        using MbufScope mbufs = Arena.Enter();
        var output = new MbufQueue(Arena);
        byte[] bytes = kind.Unfinished(Pattern(100));
        using MbufChain packet = Packet(mbufs, bytes);
        kind.Request(packet);

        Assert.That(packet.OutputInto(new MbufInterface("em0", Everything), output), Is.EqualTo(MbufOffloadStatus.Done));

        using MbufChain only = Only(mbufs, output);
        ChainAssert.Holds(only, bytes);
        Assert.That(only.ChecksumFlags, Is.EqualTo(kind.Flags));
        Assert.That(only.ChecksumData, Is.EqualTo(kind.Field));
    }

    [Test]
    public void What_is_too_long_is_completed_and_cut_into_fragments(
        [ValueSource(typeof(OutputPacket), nameof(OutputPacket.All))] OutputPacket kind, [Values(68, 576, 1280, 1500)] int mtu)
    {
        if (kind.IsIPv6 && mtu < 100)
        {
            mtu = 104;
        }

        using MbufScope mbufs = Arena.Enter();
        var output = new MbufQueue(Arena);
        byte[] bytes = kind.Unfinished(Pattern(2000));
        using MbufChain packet = Build(mbufs, bytes, RandomLayout.Of(new Random(mtu), bytes.Length));
        kind.Request(packet);

        // Hardware that computes checksums of whole packets is of no use for fragments.
        var outgoing = new MbufInterface("em0", Everything & ~MbufChecksumFlags.FragmentChecksums, mtu);
        Assert.That(packet.OutputInto(outgoing, output), Is.EqualTo(MbufOffloadStatus.Done));

        Assert.That(output.Count, Is.GreaterThan(1));
        byte[] whole = Reassembled(mbufs, output, mtu);
        using MbufChain again = mbufs.AllocatePacketFrom(whole, headroom: 0, receiveInterface: 0);
        AssertRight(again, kind.IsIPv6);
        Assert.That(whole.AsSpan(whole.Length - 2000).ToArray(), Is.EqualTo(Pattern(2000)));
    }

    [Test]
    public void Hardware_that_can_is_asked_for_the_checksum_of_fragments()
    {
        using MbufScope mbufs = Arena.Enter();
        var output = new MbufQueue(Arena);
        using MbufChain packet = Packet(mbufs, OutputPacket.Udp.Unfinished(Pattern(1990)));
        OutputPacket.Udp.Request(packet);

        Assert.That(packet.OutputInto(new MbufInterface("em0", Everything, mtu: 1000), output), Is.EqualTo(MbufOffloadStatus.Done));

        Assert.That(output.Count, Is.EqualTo(3));
        Assert.That(output.TryDequeue(mbufs, out MbufChain first));
        Assert.That(first.ChecksumFlags & MbufChecksumFlags.FragmentChecksums, Is.EqualTo(MbufChecksumFlags.FragmentChecksums));
        Assert.That(first.ChecksumFlags & MbufChecksumFlags.Udp, Is.EqualTo(MbufChecksumFlags.Udp));
        Assert.That(first.ChecksumData, Is.EqualTo(3), "The first fragment says how many there are.");
        first.Free();
        output.Drain(mbufs);
    }

    [Test]
    public void A_large_packet_becomes_segments_with_right_checksums([Values("tcp", "udp", "tcp6", "udp6")] string name, [Values] bool assisted)
    {
        using MbufScope mbufs = Arena.Enter();
        var output = new MbufQueue(Arena);
        using MbufChain before = mbufs.AllocatePacket();
        output.TryEnqueue(before);
        OutputPacket kind = OutputPacket.All.Single(one => one.Name == name);
        byte[] bytes = kind.Unfinished(Pattern(5000));
        using MbufChain packet = Build(mbufs, bytes, RandomLayout.Of(new Random(3), bytes.Length));
        kind.Request(packet);
        packet.ChecksumFlags |= Segmentation(kind);
        packet.SegmentSize = 1400;
        MbufChecksumFlags assist = assisted ? kind.Flags : MbufChecksumFlags.None;

        Assert.That(packet.OutputInto(new MbufInterface("em0", assist), output), Is.EqualTo(MbufOffloadStatus.Done));

        Assert.That(output.Count, Is.EqualTo(5));
        Assert.That(output.TryDequeue(mbufs, out MbufChain other));
        other.Free();
        var payload = new List<byte>();
        while (output.TryDequeue(mbufs, out MbufChain segment))
        {
            using MbufChain owned = segment;
            Assert.That(owned.ChecksumFlags, Is.EqualTo(assist), "What is left is what the hardware does.");
            Assert.That(owned.CompleteChecksums(s_plain), Is.EqualTo(MbufOffloadStatus.Done));
            AssertRight(owned, kind.IsIPv6);
            payload.AddRange(ChainAssert.Bytes(owned)[(kind.NetworkSize + kind.HeaderSize)..]);
        }

        Assert.That(payload, Is.EqualTo(Pattern(5000)));
    }

    [Test]
    public void Hardware_that_cuts_gets_the_packet_whole()
    {
        using MbufScope mbufs = Arena.Enter();
        var output = new MbufQueue(Arena);
        byte[] bytes = OutputPacket.Tcp.Unfinished(Pattern(5000));
        using MbufChain packet = mbufs.AllocatePacketFrom(bytes, headroom: 0, receiveInterface: 0);
        OutputPacket.Tcp.Request(packet);
        packet.ChecksumFlags |= MbufChecksumFlags.TcpSegmentation;
        packet.SegmentSize = 1460;

        Assert.That(packet.OutputInto(new MbufInterface("em0", Everything), output), Is.EqualTo(MbufOffloadStatus.Done));

        using MbufChain only = Only(mbufs, output);
        ChainAssert.Holds(only, bytes);
        Assert.That(only.ChecksumFlags, Is.EqualTo(OutputPacket.Tcp.Flags | MbufChecksumFlags.TcpSegmentation));
    }

    [Test]
    public void Segments_that_would_not_fit_are_refused([Values] bool assisted)
    {
        using MbufScope mbufs = Arena.Enter();
        var output = new MbufQueue(Arena);
        using MbufChain packet = mbufs.AllocatePacketFrom(OutputPacket.Tcp.Unfinished(Pattern(5000)), headroom: 0, receiveInterface: 0);
        OutputPacket.Tcp.Request(packet);
        packet.ChecksumFlags |= MbufChecksumFlags.TcpSegmentation;
        packet.SegmentSize = 1461;
        var before = ChainSnapshot.Of(packet);

        Assert.That(
            packet.OutputInto(new MbufInterface("em0", assisted ? Everything : MbufChecksumFlags.None), output),
            Is.EqualTo(MbufOffloadStatus.SegmentTooLarge));
        before.AssertUnchanged(packet);
        Assert.That(output.IsEmpty);
    }

    [Test]
    public void A_refusal_leaves_packet_and_queue_as_they_were([Values("full", "exhausted", "forbidden")] string why)
    {
        using MbufScope mbufs = Arena.Enter();
        var output = new MbufQueue(Arena, limit: why == "full" ? 1 : 0);
        byte[] bytes = OutputPacket.Udp.Unfinished(Pattern(1990));
        bytes[6] |= why == "forbidden" ? (byte)0x40 : (byte)0;
        using MbufChain packet = Packet(mbufs, bytes);
        OutputPacket.Udp.Request(packet);
        var before = ChainSnapshot.Of(packet);
        Hoard? hoard = why == "exhausted" ? Hoard.OfEverything(mbufs) : null;

        MbufOffloadStatus status = packet.OutputInto(new MbufInterface("em0", mtu: 1000), output);

        Assert.That(status, Is.EqualTo(why switch
        {
            "full" => MbufOffloadStatus.QueueFull,
            "exhausted" => MbufOffloadStatus.Exhausted,
            _ => MbufOffloadStatus.MustNotFragment,
        }));
        before.AssertUnchanged(packet);
        Assert.That(output.IsEmpty);
        hoard?.Release(mbufs);
    }

    [Test]
    public void Misuse_throws()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufArena other = NewArena(mbufs: 64);
        var output = new MbufQueue(Arena);
        var foreign = new MbufQueue(other);
        using MbufChain packet = Packet(mbufs, OutputPacket.Udp.Unfinished([1]));
        using MbufChain chain = mbufs.AllocateMbuf();

        Expect.Throws<ArgumentNullException>(packet, one => one.OutputInto(null!, output));
        Expect.Throws<ArgumentNullException>(packet, static one => one.OutputInto(s_plain, null!));
        Expect.Throws<MbufForeignException>(packet, one => one.OutputInto(s_plain, foreign));
        Expect.Throws<InvalidOperationException>(chain, one => one.OutputInto(s_plain, output));
    }

    private static MbufChecksumFlags Segmentation(OutputPacket kind) => (kind.Protocol, kind.IsIPv6) switch
    {
        (IPProtocol.Tcp, false) => MbufChecksumFlags.TcpSegmentation,
        (IPProtocol.Tcp, true) => MbufChecksumFlags.TcpSegmentationIPv6,
        (_, false) => MbufChecksumFlags.UdpSegmentation,
        _ => MbufChecksumFlags.UdpSegmentationIPv6,
    };

    private static MbufChain Only(in MbufScope mbufs, MbufQueue output)
    {
        Assert.That(output.TryDequeue(mbufs, out MbufChain packet) && output.IsEmpty);
        return packet;
    }

    private static void AssertRight(MbufChain packet, bool isIPv6)
    {
        MbufChecksumReport report = packet.InspectChecksums();
        Assert.That(report.Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
        Assert.That(report.Network, Is.EqualTo(isIPv6 ? MbufChecksumVerdict.None : MbufChecksumVerdict.Valid));
    }

    /// <summary>The packet that fragments in order are parts of, by copying.</summary>
    private static byte[] Reassembled(in MbufScope mbufs, MbufQueue fragments, int mtu)
    {
        var payload = new List<byte>();
        byte[] header = [];
        bool isIPv6 = false;
        byte protocol = 0;
        while (fragments.TryDequeue(mbufs, out MbufChain fragment))
        {
            using MbufChain owned = fragment;
            byte[] bytes = ChainAssert.Bytes(owned);
            Assert.That(bytes, Has.Length.LessThanOrEqualTo(mtu));
            isIPv6 = bytes[0] >> 4 == 6;
            header = header.Length > 0 ? header : bytes[..(isIPv6 ? 40 : 20)];
            protocol = isIPv6 ? bytes[40] : bytes[9];
            payload.AddRange(bytes[(isIPv6 ? 48 : 20)..]);
        }

        return isIPv6 ? WirePacket.IPv6((IPProtocol)protocol, [.. payload]) : WirePacket.IPv4((IPProtocol)protocol, payload.ToArray());
    }

    protected override MbufArena Reserve() => NewArena(mbufs: 4096, clusters: 2048);
}
