using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SegmentTests(ArenaKind kind) : CutFixture(kind)
{
    private const uint Sequence = 0xFFFF_FF00;

    private const MbufChecksumFlags Kept = MbufChecksumFlags.FragmentChecksums;

    /// <summary>Version, transport, and how long the headers are that stand before the transport's.</summary>
    private static readonly MbufChecksumFlags[] s_kinds =
    [
        MbufChecksumFlags.TcpSegmentation, MbufChecksumFlags.TcpSegmentationIPv6,
        MbufChecksumFlags.UdpSegmentation, MbufChecksumFlags.UdpSegmentationIPv6,
    ];

    [Test]
    public void The_segments_carry_the_payload_whole_and_in_order([ValueSource(nameof(s_kinds))] MbufChecksumFlags kind)
    {
        var random = new Random(11);
        for (int i = 0; i < (Kind.Checked ? 100 : 600); i++)
        {
            int size = random.Next(4) == 0 ? random.Next(1, 30) : random.Next(1, 9000);
            byte[] payload = Pattern(random.Next(size < 30 ? 600 : 30_000), seed: i);
            byte[] packet = Make(kind, payload, TcpFlags.Ack, extended: i % 3 == 0);
            AssertSegments(kind, packet, Packets.RandomLayout(random, packet.Length, small: random.Next(2) == 0), size, payload);
        }
    }

    [Test]
    public void A_packet_may_be_longer_than_its_header_can_say([ValueSource(nameof(s_kinds))] MbufChecksumFlags kind)
    {
        byte[] payload = Pattern(200_000);
        byte[] packet = Make(kind, payload, TcpFlags.Ack);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(packet[0] >> 4 == 4 ? 2 : 4), 0);
        AssertSegments(kind, packet, [.. Packets.RandomLayout(new Random(3), packet.Length)], 1448, payload);
    }

    [Test]
    public void Flags_are_where_they_mean_something([Values] bool isIPv6)
    {
        MbufChecksumFlags kind = isIPv6 ? MbufChecksumFlags.TcpSegmentationIPv6 : MbufChecksumFlags.TcpSegmentation;
        const TcpFlags Everywhere = TcpFlags.Ack | TcpFlags.Ece | TcpFlags.Ae;
        const TcpFlags Once = TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Cwr;
        List<byte[]> segments = Cut(kind, Make(kind, Pattern(2500), Everywhere | Once), 1000);

        Assert.That(segments.Select(FlagsOf), Is.EqualTo(new[]
        {
            Everywhere | TcpFlags.Cwr, Everywhere, Everywhere | TcpFlags.Fin | TcpFlags.Psh,
        }));
        segments = Cut(kind, Make(kind, Pattern(700), Everywhere | Once | TcpFlags.Syn), 1000);
        Assert.That(segments.Select(FlagsOf), Is.EqualTo(new[]
        {
            Everywhere | Once | TcpFlags.Syn,
        }));
    }

    [Test]
    public void A_start_of_the_stream_takes_a_place_in_it()
    {
        List<byte[]> segments = Cut(
            MbufChecksumFlags.TcpSegmentation, Make(MbufChecksumFlags.TcpSegmentation, Pattern(250), TcpFlags.Syn), 100);

        Assert.That(segments.Select(FlagsOf), Is.EqualTo(new[] { TcpFlags.Syn, TcpFlags.None, TcpFlags.None }));
        uint[] sequences = [Sequence, unchecked(Sequence + 101), unchecked(Sequence + 201)];
        Assert.That(segments.Select(SequenceOf), Is.EqualTo(sequences));
    }

    [Test]
    public void The_urgent_pointer_says_the_same_in_each_segment_that_it_reaches([Values(50, 200, 201, 60_000)] int reach)
    {
        byte[] packet = Packets.IPv4(
            Packets.TcpSegment(Pattern(450), TcpFlags.Ack | TcpFlags.Urg, Sequence, urgent: (ushort)reach), protocol: Packets.Tcp);
        List<byte[]> segments = Cut(MbufChecksumFlags.TcpSegmentation, packet, 100);
        for (int i = 0; i < segments.Count; i++)
        {
            int left = Math.Max(0, reach - (i * 100));
            Assert.That(TcpHeader.TryRead(segments[i].AsSpan(20), out TcpHeader header));
            Assert.That((header.UrgentPointer, header.Flags.HasFlag(TcpFlags.Urg)), Is.EqualTo(((ushort)left, left > 0)));
        }
    }

    [Test]
    public void Fields_and_tags_are_each_segments_and_the_request_for_segments_is_nobodys()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] packet = Make(MbufChecksumFlags.TcpSegmentation, Pattern(968), TcpFlags.Ack);
        MbufChain chain = Build(mbufs, packet, Segment.Cluster(900), Segment.Cluster(120));
        SetHeaderFields(mbufs, chain);
        chain.ChecksumFlags = MbufChecksumFlags.TcpSegmentation;
        chain.SegmentSize = 500;
        uint head = chain.Index;
        MbufQueue queue = NewQueue();

        Assert.That(chain.SegmentInto(queue), Is.EqualTo(MbufOffloadStatus.Done));
        Assert.That(queue.Count, Is.EqualTo(2));
        Assert.That(queue.TryPeekFirst(mbufs, out _));
        bool isFirst = true;
        while (queue.TryDequeue(mbufs, out MbufChain segment))
        {
            using (segment)
            {
                Assert.That(segment.Index == head, Is.EqualTo(isFirst), "The head stays the head.");
                AssertHeaderFields(segment);
                Assert.That(segment.SegmentSize, Is.Zero);
                const MbufFlags Marks = MbufFlags.Fragment | MbufFlags.FirstFragment | MbufFlags.LastFragment;
                Assert.That(segment.Flags & Marks, Is.EqualTo(MbufFlags.None));
                isFirst = false;
            }
        }
    }

    [Test]
    public void A_packet_that_asks_for_nothing_goes_through_as_it_is()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(3000);
        MbufChain chain = Build(mbufs, bytes, Segment.Shared(1000), Segment.Cluster(2000));
        chain.ChecksumFlags = MbufChecksumFlags.Tcp;
        chain.SegmentSize = 100;
        MbufQueue queue = NewQueue();

        Assert.That(chain.SegmentInto(queue), Is.EqualTo(MbufOffloadStatus.Done));
        Assert.That(Drain(mbufs, queue, static _ => 0, isCut: false), Is.EqualTo(new[] { bytes }));
    }

    private static byte[] Make(MbufChecksumFlags kind, byte[] payload, TcpFlags flags, bool extended = false)
    {
        bool isUdp = kind is MbufChecksumFlags.UdpSegmentation or MbufChecksumFlags.UdpSegmentationIPv6;
        byte protocol = isUdp ? Packets.Udp : Packets.Tcp;
        byte[] transport = isUdp ? Packets.UdpDatagram(payload) : Packets.TcpSegment(payload, flags, Sequence);
        return kind is MbufChecksumFlags.TcpSegmentation or MbufChecksumFlags.UdpSegmentation
            ? Packets.IPv4(transport, extended ? [7, 7, 4, 0, 0, 0, 0, 1] : [], Packets.DontFragment, protocol)
            : Packets.IPv6(transport, protocol, extended ? [(IPProtocol.HopByHopOptions, 1), (IPProtocol.DestinationOptions, 2)] : []);
    }

    private List<byte[]> Cut(MbufChecksumFlags kind, byte[] packet, int size)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Build(mbufs, packet, Packets.RandomLayout(new Random(size), packet.Length));
        chain.ChecksumFlags = kind;
        chain.SegmentSize = (ushort)size;
        MbufQueue queue = NewQueue();
        Assert.That(chain.SegmentInto(queue), Is.EqualTo(MbufOffloadStatus.Done));
        return Drain(mbufs, queue, static bytes => bytes[0] >> 4 == 4 ? 20 : 40);
    }

    private void AssertSegments(MbufChecksumFlags kind, byte[] packet, Segment[] layout, int size, byte[] payload)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Build(mbufs, packet, layout);
        chain.ChecksumFlags = kind | Kept | MbufChecksumFlags.ChecksumDataValid;
        chain.SegmentSize = (ushort)size;
        MbufQueue queue = NewQueue();
        Assert.That(chain.SegmentInto(queue), Is.EqualTo(MbufOffloadStatus.Done), $"{kind}, {size}, {string.Join(' ', layout)}");
        Assert.That(queue, Has.Count.EqualTo(Math.Max(1, (payload.Length + size - 1) / size)));
        int headerLength = packet.Length - payload.Length;
        int offset = 0;
        for (int i = 0; queue.TryDequeue(mbufs, out MbufChain segment); i++)
        {
            using (segment)
            {
                byte[] bytes = ChainAssert.Bytes(segment);
                int length = Math.Min(size, payload.Length - offset);
                Assert.That(bytes, Has.Length.EqualTo(headerLength + length));
                Assert.That(bytes.AsSpan(headerLength).SequenceEqual(payload.AsSpan(offset, length)));
                AssertHeader(kind, segment, bytes, packet, i, offset);
                offset += length;
            }
        }

        Assert.That(offset, Is.EqualTo(payload.Length));
        FreePartners(mbufs);
    }

    private static void AssertHeader(MbufChecksumFlags kind, MbufChain segment, byte[] bytes, byte[] packet, int number, int offset)
    {
        bool isIPv6 = bytes[0] >> 4 == 6;
        byte[] expected = [.. packet];
        Assert.That(NetworkLayout.TryParse(segment, 0, out NetworkLayout layout));
        int transport = layout.HeaderLength;
        int length = bytes.Length - transport;
        bool isTcp = layout.Protocol == IPProtocol.Tcp;
        ushort sum = layout.PseudoHeader(length);
        Write(expected, isIPv6 ? 4 : 2, bytes.Length - (isIPv6 ? 40 : 0));
        if (!isIPv6)
        {
            Write(expected, 4, 0xFFFE + number);
            Write(expected, 10, 0);
        }

        if (isTcp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(expected.AsSpan(transport + 4), unchecked(Sequence + (uint)offset));
        }
        else
        {
            Write(expected, transport + 4, length);
        }

        Write(expected, transport + (isTcp ? 16 : 6), sum);
        int headerLength = transport + (isTcp ? 32 : 8);
        Assert.That(bytes[..headerLength], Is.EqualTo(expected[..headerLength]));
        MbufChecksumFlags requests = kind switch
        {
            MbufChecksumFlags.TcpSegmentation => MbufChecksumFlags.IPv4 | MbufChecksumFlags.Tcp,
            MbufChecksumFlags.UdpSegmentation => MbufChecksumFlags.IPv4 | MbufChecksumFlags.Udp,
            MbufChecksumFlags.TcpSegmentationIPv6 => MbufChecksumFlags.TcpIPv6,
            _ => MbufChecksumFlags.UdpIPv6,
        };
        Assert.That((segment.ChecksumFlags, segment.ChecksumData), Is.EqualTo((requests | Kept, isTcp ? 16u : 6u)));
        Assert.That(segment.FirstSpan.Length >= headerLength && segment.IsWritable && segment.Headroom >= LinkHeader);
        Assert.That(segment.IsSane(out string? problem), problem);
    }

    private static void Write(byte[] bytes, int place, int number)
        => BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(place), unchecked((ushort)number));

    private static TcpFlags FlagsOf(byte[] packet)
        => TcpHeader.TryRead(packet.AsSpan(packet[0] >> 4 == 4 ? 20 : 40), out TcpHeader header) ? header.Flags : default;

    private static uint SequenceOf(byte[] packet)
        => TcpHeader.TryRead(packet.AsSpan(packet[0] >> 4 == 4 ? 20 : 40), out TcpHeader header) ? header.SequenceNumber : 0;
}
