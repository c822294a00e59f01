using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>The head of the whole is the first fragment's, and its header says what the whole is.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReassemblyHeaderTests(ArenaKind kind) : ReassemblyFixture(kind)
{
    private const uint Cookie = 7;
    private const int LinkHeader = 14;

    /// <summary>Bits of a codepoint, by its name in RFC 3168.</summary>
    private const int NotEct = 0, Ect1 = 1, Ect0 = 2, Ce = 3;

    [Test]
    public void Packet_header_tags_and_headroom_are_the_first_fragments([Values] bool isIPv6, [Values] bool first)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, 400);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        using MbufChain start = Framed(mbufs, FragmentBytes.Of(whole, 0, 200, more: true), 11);
        using MbufChain end = Framed(mbufs, FragmentBytes.Of(whole, 200, 200, more: false), 22);
        int room = start.Headroom;

        Assert.That(reassembler.Add(mbufs, first ? start : end, out _), Is.EqualTo(MbufReassemblyStatus.Held));
        MbufReassemblyStatus status = reassembler.Add(mbufs, first ? end : start, out MbufChain packet);
        using (packet)
        {
            Assert.That(status, Is.EqualTo(MbufReassemblyStatus.Complete));
            Assert.That((packet.ReceiveInterface, packet.FlowId, packet.ReceiveTimestamp), Is.EqualTo(((ushort)11, 11u, 11ul)));
            Assert.That(packet.Flags & (MbufFlags.Fragment | MbufFlags.FirstFragment | MbufFlags.LastFragment), Is.EqualTo(MbufFlags.None));
            Assert.That(packet.Flags & MbufFlags.Protocol1, Is.EqualTo(MbufFlags.Protocol1));
            Assert.That(packet.Headroom, Is.EqualTo(room + (isIPv6 ? 8 : 0)));
            Assert.That(packet.Layer3HeaderLength, Is.EqualTo(isIPv6 ? 40 : 20));
            Assert.That(packet.TryFindTag(Cookie, 11, out _) && !packet.TryFindTag(Cookie, 22, out _));
            ChainAssert.Holds(packet, whole);
            Assert.That(packet.SegmentCount, Is.EqualTo(2), "Payload was linked, not copied.");
        }
    }

    [Test]
    public void A_packet_that_is_no_fragment_comes_back_as_it_is()
    {
        byte[][] others =
        [
            FragmentBytes.Whole(isIPv6: false, 100), FragmentBytes.Whole(isIPv6: true, 100), [.. FragmentBytes.Whole(false, 30), .. Pattern(9)],
            [], [0x45], [.. FragmentBytes.At(false, 8, 8, true)[..19]], [.. FragmentBytes.At(true, 8, 8, true)[..39]], Pattern(60, seed: 3),
        ];
        others[^1][0] = 0x55;
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        foreach (byte[] other in others)
        {
            using MbufChain chain = Build(mbufs, other, Segment.Shared(other.Length / 2), Segment.Internal(other.Length - (other.Length / 2)));
            chain.Flags |= MbufFlags.Fragment;
            MbufReassemblyStatus status = reassembler.Add(mbufs, chain, out MbufChain packet);
            using (packet)
            {
                Assert.That(status, Is.EqualTo(MbufReassemblyStatus.NotFragment));
                Assert.That(!chain.IsOwned && packet.SegmentCount == 2 && (packet.Flags & MbufFlags.Fragment) != 0);
                ChainAssert.Holds(packet, other);
            }
        }

        Assert.That(reassembler.GetStatistics().CountOf(MbufReassemblyStatus.NotFragment), Is.EqualTo(others.Length));
        IsEmpty(reassembler);
    }

    [Test]
    public void An_atomic_fragment_comes_back_at_once_and_leaves_alone_what_is_held()
    {
        byte[] whole = FragmentBytes.Whole(isIPv6: true, 400);
        byte[] atomic = FragmentBytes.IPv6(whole, 0, 400, more: false);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, FragmentBytes.IPv6(whole, 0, 200, more: true));
        Segment[][] layouts =
        [
            [Segment.Cluster(456)], [Segment.Shared(456)], [Segment.ReadOnly(44), Segment.Shared(412)],
            [Segment.Internal(1), Segment.Shared(7), Segment.External(32), Segment.Internal(5), Segment.Internal(20), Segment.Cluster(391)],
        ];
        foreach (Segment[] layout in layouts)
        {
            using MbufChain chain = Build(mbufs, [.. atomic, .. Pattern(8)], layout);
            chain.Flags |= MbufFlags.FirstFragment | MbufFlags.LastFragment;
            MbufReassemblyStatus status = reassembler.Add(mbufs, chain, out MbufChain packet);
            using (packet)
            {
                Assert.That(status, Is.EqualTo(MbufReassemblyStatus.Atomic));
                Assert.That(packet.Flags & (MbufFlags.FirstFragment | MbufFlags.LastFragment), Is.EqualTo(MbufFlags.None));
                ChainAssert.Holds(packet, whole);
            }
        }

        FreePartners(mbufs);
        Completes(mbufs, reassembler, FragmentBytes.IPv6(whole, 200, 200, more: false), whole);
    }

    [Test]
    public void A_wrong_header_checksum_stays_as_wrong_as_it_was([Values] bool known)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6: false, 400);
        byte[] start = FragmentBytes.IPv4(whole, 0, 200, more: true);
        start[11]++;
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacketFrom(start, 0, 0);
        if (known)
        {
            Assert.That(chain.VerifyChecksums().Network, Is.EqualTo(MbufChecksumVerdict.Invalid));
            Assert.That(reassembler.Add(mbufs, chain, out _), Is.EqualTo(MbufReassemblyStatus.BadHeaderChecksum));
            Assert.That(chain.IsOwned, Is.False);
            return;
        }

        Assert.That(reassembler.Add(mbufs, chain, out _), Is.EqualTo(MbufReassemblyStatus.Held));
        using MbufChain end = mbufs.AllocatePacketFrom(FragmentBytes.IPv4(whole, 200, 200, more: false), 0, 0);
        reassembler.Add(mbufs, end, out MbufChain packet);
        using (packet)
        {
            Assert.That(packet.VerifyChecksums().Network, Is.EqualTo(MbufChecksumVerdict.Invalid));
            byte[] expected = [.. whole];
            int sum = BinaryPrimitives.ReadUInt16BigEndian(whole.AsSpan(10)) + 1;
            BinaryPrimitives.WriteUInt16BigEndian(expected.AsSpan(10), (ushort)((sum & 0xFFFF) + (sum >> 16)));
            ChainAssert.Holds(packet, expected);
        }
    }

    [TestCase(Ect0, Ce, Ce)]
    [TestCase(Ce, Ect1, Ce)]
    [TestCase(Ce, Ce, Ce)]
    [TestCase(Ect0, Ect1, Ect0)]
    [TestCase(NotEct, Ect0, NotEct)]
    [TestCase(NotEct, NotEct, NotEct)]
    [TestCase(NotEct, Ce, -1)]
    [TestCase(Ce, NotEct, -1)]
    public void Congestion_that_one_fragment_met_the_whole_has_met(int start, int end, int expected)
    {
        foreach (bool isIPv6 in new[] { false, true })
        {
            byte[] whole = FragmentBytes.Whole(isIPv6, 400);
            MbufReassembler reassembler = Make();
            using MbufScope mbufs = Arena.Enter();
            IsHeld(mbufs, reassembler, Marked(FragmentBytes.Of(whole, 0, 200, more: true), start));
            byte[] last = Marked(FragmentBytes.Of(whole, 200, 200, more: false), end);
            if (expected >= 0)
            {
                Completes(mbufs, reassembler, last, Marked(whole, expected));
                continue;
            }

            Assert.That(Give(mbufs, reassembler, last), Is.EqualTo(MbufReassemblyStatus.CongestionMismatch));
            Assert.That(Give(mbufs, reassembler, last), Is.EqualTo(MbufReassemblyStatus.Abandoned));
        }
    }

    [Test]
    public void Other_packets_over_the_same_storage_keep_their_bytes([Values] bool isIPv6, [Values] bool last)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, 400);
        byte[] start = FragmentBytes.Of(whole, 0, 200, more: true);
        byte[] end = FragmentBytes.Of(whole, 200, 200, more: false);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        using MbufChain first = Packet(mbufs, start);
        using MbufChain second = Packet(mbufs, end);
        using MbufChain firstPartner = first.Share();
        using MbufChain secondPartner = second.Share();
        reassembler.Add(mbufs, last ? second : first, out _);
        reassembler.Add(mbufs, last ? first : second, out MbufChain packet);
        using (packet)
        {
            ChainAssert.Holds(packet, whole);
            ChainAssert.Holds(firstPartner, start);
            ChainAssert.Holds(secondPartner, end);
        }
    }

    /// <summary>A copy of the header needs an mbuf: without one, nothing happens, and the same fragment can be given again.</summary>
    [Test]
    public void An_exhausted_arena_leaves_everything_as_it_was([Values] bool isIPv6, [Values] bool last)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, 400);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        using MbufChain first = Packet(mbufs, FragmentBytes.Of(whole, 0, 200, more: true));
        using MbufChain second = Packet(mbufs, FragmentBytes.Of(whole, 200, 200, more: false));
        using MbufChain partner = first.Share();
        MbufChain given = last ? first : second;
        Assert.That(reassembler.Add(mbufs, last ? second : first, out _), Is.EqualTo(MbufReassemblyStatus.Held));
        var before = ChainSnapshot.Of(given);
        Hoard hoard = Hoard.OfEverything(mbufs);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            Assert.That(reassembler.Add(mbufs, given, out MbufChain none), Is.EqualTo(MbufReassemblyStatus.Exhausted));
            Assert.That(given.IsOwned && none.IsNull);
            before.AssertUnchanged(given);
            Assert.That(reassembler.GetStatistics().HeldFragments, Is.EqualTo(1));
        }

        hoard.Release(mbufs);
        Assert.That(reassembler.Add(mbufs, given, out MbufChain packet), Is.EqualTo(MbufReassemblyStatus.Complete));
        using (packet)
        {
            ChainAssert.Holds(packet, whole);
        }
    }

    /// <summary>A packet behind 14 bytes of link header, which were trimmed, with everything that a packet header has.</summary>
    private static MbufChain Framed(in MbufScope mbufs, byte[] packet, ushort mark)
    {
        MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryAppend(new byte[LinkHeader]) && chain.TryAppend(packet) && chain.TryAppend(Pattern(6)));
        chain.TrimStart(LinkHeader);
        (chain.ReceiveInterface, chain.FlowId, chain.ReceiveTimestamp) = (mark, mark, mark);
        chain.Layer3HeaderLength = (byte)(packet[0] >> 4 == 4 ? 20 : 48);
        chain.Flags |= MbufFlags.Fragment | MbufFlags.FirstFragment | MbufFlags.LastFragment | MbufFlags.Protocol1;
        chain.PrependTag(mbufs.AllocateTag(Cookie, mark, 4));
        return chain;
    }

    /// <summary>Sets the congestion codepoint.</summary>
    private static byte[] Marked(byte[] packet, int codepoint)
    {
        bool isIPv6 = packet[0] >> 4 == 6;
        byte[] marked = [.. packet];
        marked[1] = (byte)(isIPv6 ? (marked[1] & 0xCF) | (codepoint << 4) : (marked[1] & 0xFC) | codepoint);
        return isIPv6 ? marked : FragmentBytes.Summed(marked);
    }
}
