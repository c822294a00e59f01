using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FragmentIPv4Tests(ArenaKind kind) : CutFixture(kind)
{
    private const int Smallest = 28;

    /// <summary>Record route (first only), no operation, security (copied), padding.</summary>
    private static readonly byte[] s_options = [7, 7, 8, 10, 1, 1, 1, 1, 130, 5, 9, 8, 7, 136, 4, 0xAB, 0xCD];

    private static readonly byte[] s_copied = [130, 5, 9, 8, 7, 136, 4, 0xAB, 0xCD, 0, 0, 0];

    [Test]
    public void The_fragments_are_the_packet_at_every_mtu()
    {
        var random = new Random(4711);
        for (int mtu = Smallest; mtu <= 9000; mtu += Kind.Checked ? 7 : 1)
        {
            byte[] payload = Pattern(random.Next(mtu < 100 ? 1500 : 9400), seed: mtu);
            byte[] packet = Packets.IPv4(payload);
            AssertFragments(packet, Packets.RandomLayout(random, packet.Length, small: random.Next(2) == 0), mtu, 20);
        }
    }

    [Test]
    public void Options_are_in_the_first_fragment_and_in_the_others_if_they_are_to_be_copied([Values(48, 49, 56, 300, 1500)] int mtu)
    {
        var random = new Random(mtu);
        for (int length = 1; length < 600; length += 7)
        {
            byte[] packet = Packets.IPv4(Pattern(length), s_options);
            AssertFragments(packet, Packets.RandomLayout(random, packet.Length, small: true), mtu, 20 + s_copied.Length);
        }
    }

    [Test]
    public void Options_that_are_all_copied_or_none([Values(1, 7, 130, 136)] int type)
    {
        byte[] options = type == 1 ? [1, 1, 1, 1] : [(byte)type, 8, 1, 2, 3, 4, 5, 6];
        byte[] packet = Packets.IPv4(Pattern(300), options);
        AssertFragments(packet, [Segment.Internal(packet.Length > 192 ? 100 : 0), Segment.Cluster(packet.Length - 100)], 80,
            type >= 128 ? 28 : 20);
    }

    [Test]
    public void A_fragment_is_cut_further([Values(0, Packets.MoreFragments)] int more, [Values(0, 8, 1480, 60_000)] int offset)
    {
        byte[] packet = Packets.IPv4(Pattern(800), fragment: more | (offset / 8));
        AssertFragments(packet, [Segment.Cluster(300), Segment.Cluster(520)], 228, 20, offset, more != 0);
    }

    [Test]
    public void What_lies_behind_the_packet_is_dropped([Values(1, 40, 3000)] int surplus)
    {
        byte[] packet = Packets.IPv4(Pattern(2000));
        byte[] more = [.. packet, .. Pattern(surplus, seed: 8)];
        var random = new Random(surplus);
        for (int i = 0; i < 50; i++)
        {
            AssertFragments(packet, Packets.RandomLayout(random, more.Length, small: true), 700, 20, surplus: more);
        }
    }

    [Test]
    public void A_packet_that_fits_goes_through_as_it_is([Values(0, 1, 100)] int spare)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] packet = Packets.IPv4(Pattern(500), fragment: Packets.DontFragment);
        MbufChain chain = Build(mbufs, packet, Segment.Shared(30), Segment.ReadOnly(490));
        chain.ChecksumFlags = MbufChecksumFlags.Udp;
        chain.ChecksumData = 6;
        MbufQueue queue = NewQueue(1);
        MbufFlags flags = chain.Flags;
        int segments = chain.SegmentCount;

        Assert.That(chain.FragmentInto(packet.Length + spare, queue), Is.EqualTo(MbufOffloadStatus.Done));
        Assert.That(chain.IsOwned, Is.False);
        Assert.That(queue.TryDequeue(mbufs, out MbufChain same));
        using (same)
        {
            ChainAssert.Holds(same, packet);
            Assert.That((same.Flags, same.SegmentCount, same.ChecksumFlags, same.ChecksumData),
                Is.EqualTo((flags, segments, MbufChecksumFlags.Udp, 6u)));
        }
    }

    [Test]
    public void The_payload_is_not_copied_and_the_head_stays_the_head()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] packet = Packets.IPv4(Pattern(3980));
        using MbufChain chain = Build(mbufs, packet, Segment.Cluster(1400, lead: 32), Segment.Cluster(1300), Segment.Cluster(1300));
        uint head = chain.Index;
        int live = Arena.LiveMbufs;
        MbufQueue queue = NewQueue(3);

        Assert.That(chain.FragmentInto(1500, queue), Is.EqualTo(MbufOffloadStatus.Done));
        Assert.That(Arena.LiveMbufs - live, Is.EqualTo(4), "Two headers, and two borders inside mbufs.");
        Assert.That(queue.Count, Is.EqualTo(3));
        Assert.That(queue.Length, Is.EqualTo(3980 + 60));
        Assert.That(queue.TryDequeue(mbufs, out MbufChain first));
        Assert.That(first.Index, Is.EqualTo(head));
        Assert.That(ChainAssert.Lengths(first), Is.EqualTo(new[] { 1400, 100 }));
        first.Free();
        Assert.That(queue.TryDequeue(mbufs, out MbufChain second));
        Assert.That(ChainAssert.Lengths(second), Is.EqualTo(new[] { 20, 1200, 280 }));
        second.Free();
        Assert.That(queue.TryDequeue(mbufs, out MbufChain third));
        Assert.That(ChainAssert.Lengths(third), Is.EqualTo(new[] { 20, 1020 }));
        third.Free();
    }

    private void AssertFragments(
        byte[] packet, Segment[] layout, int mtu, int laterHeader, int offset = 0, bool more = false, byte[]? surplus = null)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Build(mbufs, surplus ?? packet, layout);
        chain.ChecksumFlags = MbufChecksumFlags.IPv4 | MbufChecksumFlags.FragmentChecksums | MbufChecksumFlags.IPv4Valid;
        MbufQueue queue = NewQueue();
        MbufOffloadStatus status = chain.FragmentInto(mtu, queue);
        Assert.That((status, chain.IsOwned), Is.EqualTo((MbufOffloadStatus.Done, false)), $"MTU {mtu}, {string.Join(' ', layout)}");
        int count = queue.Count;
        bool isCut = packet.Length > mtu;
        if (isCut)
        {
            AssertMarks(mbufs, queue);
        }

        List<byte[]> fragments = Drain(mbufs, queue, static bytes => (bytes[0] & 0xF) * 4, isCut);
        int headerLength = (packet[0] & 0xF) * 4;
        var payload = new List<byte>();
        for (int i = 0; i < count; i++)
        {
            Assert.That(IPv4Header.TryRead(fragments[i], out IPv4Header header));
            Assert.That(header.HeaderLength, Is.EqualTo(i == 0 ? headerLength : laterHeader));
            Assert.That(InternetChecksum.Compute(header.Bytes), Is.Zero, "The header's checksum is right.");
            Assert.That(header.TotalLength, Is.EqualTo(fragments[i].Length).And.LessThanOrEqualTo(mtu));
            Assert.That(header.FragmentOffset, Is.EqualTo(offset + payload.Count));
            Assert.That(header.MoreFragments, Is.EqualTo(more || i < count - 1));
            Assert.That(i == count - 1 || mtu - header.TotalLength < 8, "A fragment that is not the last is as long as it can be.");
            byte[] kept = [.. header.Bytes];
            Assert.That(kept.AsSpan(4, 2).SequenceEqual(packet.AsSpan(4, 2)) && kept.AsSpan(8, 2).SequenceEqual(packet.AsSpan(8, 2))
                && kept.AsSpan(12, 8).SequenceEqual(packet.AsSpan(12, 8)) && kept[1] == packet[1]);
            Assert.That(kept[20..], Is.EqualTo(
                i == 0 ? packet[20..headerLength] : laterHeader == headerLength ? packet[20..headerLength] : s_copied[..(laterHeader - 20)]));
            payload.AddRange(fragments[i].AsSpan(header.HeaderLength));
        }

        Assert.That(payload.ToArray().AsSpan().SequenceEqual(packet.AsSpan(headerLength)), "The payloads together are the packet's.");
        FreePartners(mbufs);
    }

    /// <summary>Looks at each packet's flags, and puts it back.</summary>
    private static void AssertMarks(in MbufScope mbufs, MbufQueue queue)
    {
        int count = queue.Count;
        for (int i = 0; i < count; i++)
        {
            Assert.That(queue.TryDequeue(mbufs, out MbufChain part));
            MbufFlags marks = part.Flags & (MbufFlags.Fragment | MbufFlags.FirstFragment | MbufFlags.LastFragment);
            MbufFlags expected = MbufFlags.Fragment
                | (i == 0 ? MbufFlags.FirstFragment : MbufFlags.None) | (i == count - 1 ? MbufFlags.LastFragment : MbufFlags.None);
            Assert.That(marks, Is.EqualTo(expected));
            Assert.That(part.ChecksumFlags, Is.EqualTo(MbufChecksumFlags.FragmentChecksums));
            Assert.That(part.ChecksumData, Is.EqualTo(i == 0 ? count : 0));
            Assert.That(queue.TryEnqueue(part));
        }
    }
}
