using Engine.Mbufs.Tests.Offload;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>docs/safety.md, "Never": spans that are used after the packet that they are of changed, in every kind of arena.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class NeverSpanTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int Length = 500;
    private const int Place = 300;
    private const byte Written = 0xA5;

    /// <summary>What makes a second packet over the storage of a first, and which byte of the first its own first one is.</summary>
    private static readonly TestCaseData[] s_sharing =
    [
        Sharing("Share", 0, static packet => packet.Share().Detach()),
        Sharing("TryShare", 100, static packet => packet.TryShare(100, 300, out MbufChain copy) ? copy.Detach() : default),
        Sharing("ShareBehindHead", 0, static packet => packet.ShareBehindHead(64).Detach()),
        Sharing("TrySplit", 50, static packet => packet.TrySplit(50, out MbufChain rest) ? rest.Detach() : default),
        Sharing("TryPullDownToSegment", 50, static packet => packet.TryPullDownToSegment(50, 10, out _) && packet.TrySplit(50, out MbufChain rest)
            ? rest.Detach() : default),
    ];

    private static readonly TestCaseData[] s_cutting =
    [
        Cutting("SegmentInto", 500, static (packet, queue) => packet.SegmentInto(queue)),
        Cutting("FragmentInto", 0, static (packet, queue) => packet.FragmentInto(576, queue)),
        Cutting("OutputInto, segments", 500, static (packet, queue) => packet.OutputInto(new MbufInterface("em0", mtu: 1500), queue)),
        Cutting("OutputInto, fragments", 0, static (packet, queue) => packet.OutputInto(new MbufInterface("em0", mtu: 576), queue)),
    ];

    private static readonly TestCaseData[] s_giving =
    [
        Giving("Detach", static (packet, _, _) => packet.Detach()),
        Giving("TryEnqueue", static (packet, queue, _) => queue.TryEnqueue(packet) ? default(Mbuf) : throw new InvalidOperationException("The queue is full.")),
        Giving("EnqueueFirst", static (packet, queue, _) =>
        {
            queue.EnqueueFirst(packet);
            return default;
        }),
        Giving("Append", static (packet, _, other) =>
        {
            other.Append(packet);
            return other.Detach();
        }),
        Giving("AppendKeepingPacketLength", static (packet, _, other) =>
        {
            other.AppendKeepingPacketLength(packet);
            return other.Detach();
        }),
    ];

    [TestCaseSource(nameof(s_sharing))]
    public void A_span_kept_over_a_share_writes_into_the_other_packet(int start, Func<MbufChain, Mbuf> share)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(Length));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        using MbufChain other = mbufs.Open(share(packet));
        Assert.That(packet.IsWritable, Is.False, "To who asks, it says that it may not be written.");
        span[Place] = Written;

        Assert.That(ByteAt(other, Place - start), Is.EqualTo(Written));
    }

    [TestCaseSource(nameof(s_cutting))]
    public void A_span_kept_over_a_cut_into_parts_writes_into_a_part_that_is_queued(int size, Func<MbufChain, MbufQueue, MbufOffloadStatus> cut)
    {
        byte[] bytes = Packets.IPv4(Packets.TcpSegment(new byte[1500], TcpFlags.Ack, sequence: 1), protocol: Packets.Tcp);
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, bytes);
        packet.ChecksumFlags = size > 0 ? MbufChecksumFlags.TcpSegmentation : MbufChecksumFlags.None;
        packet.SegmentSize = (ushort)size;
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        Assert.That(cut(packet, queue), Is.EqualTo(MbufOffloadStatus.Done));
        Assert.That(queue, Has.Count.GreaterThan(1));
        span[^1] = Written;

        byte last = 0;
        while (queue.TryDequeue(mbufs, out MbufChain part))
        {
            last = ByteAt(part, part.Length - 1);
            part.Free();
        }

        Assert.That(last, Is.EqualTo(Written));
    }

    [TestCaseSource(nameof(s_giving))]
    public void A_span_of_a_packet_that_was_given_away_writes_into_it(Func<MbufChain, MbufQueue, MbufChain, Mbuf> give)
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(Length));
        using MbufChain other = mbufs.AllocatePacket();
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        Mbuf given = give(packet, queue, other);
        Assert.That(packet.IsOwned, Is.False);
        span[Place] = Written;

        using MbufChain now = queue.TryDequeue(mbufs, out MbufChain dequeued) ? dequeued : mbufs.Open(given);
        Assert.That(ByteAt(now, Place), Is.EqualTo(Written));
    }

    /// <summary>Quarantine ends at the latest when there is nothing else left.</summary>
    [Test]
    public void A_span_of_a_freed_packet_writes_into_the_one_that_has_its_storage_now()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(Length));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        packet.Free();
        List<Mbuf> all = Arenas.TakeAll(mbufs, static (in scope) => scope.AllocatePacket());
        span.Fill(Written);

        int written = 0;
        foreach (Mbuf handle in all)
        {
            using MbufChain one = mbufs.Open(handle);
            written += one.TryAppend(Length, out Span<byte> room) && room.IndexOfAnyExcept(Written) < 0 ? 1 : 0;
        }

        Assert.That(written, Is.EqualTo(1));
    }

    [Test]
    public void A_span_of_bytes_that_were_trimmed_off_writes_into_what_is_appended()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(Length));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        packet.TrimEnd(Length - Place);
        Assert.That(packet.TryAppend([1, 2, 3]));
        span[Place] = Written;

        Assert.That(ByteAt(packet, Place), Is.EqualTo(Written));
    }

    /// <summary>What is not on the list does not happen: a copy is a copy.</summary>
    [Test]
    public void A_span_kept_over_a_copy_writes_into_the_original_alone([Values] bool isInternal)
    {
        const int Small = 100;
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(Small), isInternal ? Segment.Internal(Small) : Segment.Cluster(Small));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        using MbufChain copy = isInternal ? packet.Share() : packet.Duplicate();
        span.Fill(Written);

        ChainAssert.Holds(copy, Pattern(Small));
    }

    [Test]
    public void The_data_of_a_tag_whose_packet_was_given_away_is_the_new_owners([Values] bool queued)
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(Length));
        packet.PrependTag(mbufs.AllocateTag(type: 7, length: 20));
        Assert.That(packet.TryFindTag(7, out MbufTag tag));
        Mbuf given = queued && queue.TryEnqueue(packet) ? default : packet.Detach();
        tag.Data.Fill(Written);

        using MbufChain now = queued && queue.TryDequeue(mbufs, out MbufChain dequeued) ? dequeued : mbufs.Open(given);
        Assert.That(now.TryFindTag(7, out MbufTag found));
        Assert.That(found.Data.IndexOfAnyExcept(Written), Is.EqualTo(-1));
    }

    private static byte ByteAt(MbufChain chain, int offset)
    {
        Span<byte> one = stackalloc byte[1];
        Assert.That(chain.TryCopyTo(offset, one));
        return one[0];
    }

    private static TestCaseData Sharing(string verb, int start, Func<MbufChain, Mbuf> share)
        => new TestCaseData(start, share).SetArgDisplayNames(verb);

    private static TestCaseData Cutting(string verb, int size, Func<MbufChain, MbufQueue, MbufOffloadStatus> cut)
        => new TestCaseData(size, cut).SetArgDisplayNames(verb);

    private static TestCaseData Giving(string verb, Func<MbufChain, MbufQueue, MbufChain, Mbuf> give)
        => new TestCaseData(give).SetArgDisplayNames(verb);
}
