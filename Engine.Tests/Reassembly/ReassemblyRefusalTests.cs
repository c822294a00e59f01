using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>What somebody sends to confuse, to overwrite or to hide: each has its name, and nothing of it stays.</summary>
public sealed class ReassemblyRefusalTests : ReassemblyFixture
{
    private static readonly byte[] s_udp = WirePacket.Udp(BytePattern.Of(392));
    private static readonly byte[] s_tcp = WirePacket.Tcp(BytePattern.Of(380));

    private static byte[] Whole(bool isIPv6) => FragmentBytes.Whole(isIPv6, 400);

    /// <summary>Fragments of a whole with 400 bytes of payload, of which the middle, 96 to 200, is held before.</summary>
    [TestCase(0, 104, true, MbufReassemblyStatus.Overlap, TestName = "{m}(over its start)")]
    [TestCase(88, 16, true, MbufReassemblyStatus.Overlap, TestName = "{m}(over its first bytes)")]
    [TestCase(192, 16, true, MbufReassemblyStatus.Overlap, TestName = "{m}(over its last bytes)")]
    [TestCase(96, 8, true, MbufReassemblyStatus.Overlap, TestName = "{m}(inside at its start)")]
    [TestCase(104, 16, true, MbufReassemblyStatus.Overlap, TestName = "{m}(inside)")]
    [TestCase(192, 8, true, MbufReassemblyStatus.Overlap, TestName = "{m}(inside at its end)")]
    [TestCase(0, 400, false, MbufReassemblyStatus.Malformed, TestName = "{m}(around it without being a fragment)")]
    [TestCase(88, 312, false, MbufReassemblyStatus.Overlap, TestName = "{m}(around it and the last)")]
    [TestCase(96, 304, false, MbufReassemblyStatus.Overlap, TestName = "{m}(longer from its start)")]
    [TestCase(96, 104, false, MbufReassemblyStatus.Inconsistent, TestName = "{m}(the same but the last)")]
    [TestCase(96, 100, false, MbufReassemblyStatus.Inconsistent, TestName = "{m}(the last inside)")]
    [TestCase(0, 0, true, MbufReassemblyStatus.Malformed, TestName = "{m}(nothing)")]
    public void What_does_not_go_together_drops_the_packet_for_as_long_as_its_time(
        int offset, int length, bool more, MbufReassemblyStatus expected)
    {
        foreach (bool isIPv6 in new[] { false, true })
        {
            if (!more && offset == 0)
            {
                continue; // That is a whole packet.
            }

            byte[] whole = Whole(isIPv6);
            MbufReassembler reassembler = Make();
            using MbufScope mbufs = Arena.Enter();
            IsHeld(mbufs, reassembler, FragmentBytes.Of(whole, 96, 104, more: true));

            Assert.That(Give(mbufs, reassembler, FragmentBytes.Of(whole, offset, length, more)), Is.EqualTo(expected));
            bool isOver = expected != MbufReassemblyStatus.Malformed;
            Assert.That(reassembler.GetStatistics().HeldMbufs, Is.EqualTo(isOver ? 0 : 1));
            MbufReassemblyStatus next = isOver ? MbufReassemblyStatus.Abandoned : MbufReassemblyStatus.Held;
            Assert.That(Give(mbufs, reassembler, FragmentBytes.Of(whole, 0, 96, more: true)), Is.EqualTo(next));
            Time.Advance(TimeSpan.FromSeconds(61));
            IsHeld(mbufs, reassembler, FragmentBytes.Of(whole, 0, 200, more: true));
            Completes(mbufs, reassembler, FragmentBytes.Of(whole, 200, 200, more: false), whole);
        }
    }

    [Test]
    public void Two_ends_or_something_behind_the_end_drop_the_packet([Values] bool isIPv6)
    {
        byte[] whole = Whole(isIPv6);
        using MbufScope mbufs = Arena.Enter();
        (int Offset, int Length, bool More)[] contradictions =
            [(392, 8, true), (320, 80, true), (200, 40, false), (320, 64, false)];
        foreach ((int offset, int length, bool more) in contradictions)
        {
            MbufReassembler reassembler = Make();
            IsHeld(mbufs, reassembler, FragmentBytes.Of(whole, 240, 80, more: true), FragmentBytes.Of(whole, 328, 64, more: false));
            Assert.That(
                Give(mbufs, reassembler, FragmentBytes.Of(whole, offset, length, more)),
                Is.EqualTo(MbufReassemblyStatus.Inconsistent));
            Assert.That(reassembler.GetStatistics().DroppedFragments, Is.EqualTo(2));
        }

        MbufReassembler another = Make();
        IsHeld(mbufs, another, FragmentBytes.Of(whole, 240, 80, more: true));
        Assert.That(
            Give(mbufs, another, FragmentBytes.Of(whole, 160, 40, more: false)),
            Is.EqualTo(MbufReassemblyStatus.Inconsistent),
            "The end comes after what is behind it.");
    }

    [Test]
    public void A_duplicate_is_ignored_if_it_is_one_byte_for_byte([Values] bool isIPv6)
    {
        byte[] whole = Whole(isIPv6);
        List<byte[]> fragments = FragmentBytes.Of(whole, 136);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        foreach (byte[] fragment in fragments[..^1])
        {
            IsHeld(mbufs, reassembler, fragment);
            for (int again = 0; again < 3; again++)
            {
                using MbufChain chain = Build(mbufs, fragment, Segment.Internal(50), Segment.Internal(7), Segment.Shared(fragment.Length - 57));
                Assert.That(reassembler.Add(mbufs, chain, out _), Is.EqualTo(MbufReassemblyStatus.Duplicate));
            }
        }

        Assert.That(reassembler.GetStatistics().CountOf(MbufReassemblyStatus.Duplicate), Is.EqualTo(6));
        Completes(mbufs, reassembler, fragments[2], whole);
        IsHeld(mbufs, reassembler, fragments[0], fragments[2]);
        Assert.That(Give(mbufs, reassembler, fragments[2]), Is.EqualTo(MbufReassemblyStatus.Duplicate), "The last one, too.");
        byte[] other = [.. fragments[0]];
        other[^1]++;
        Assert.That(Give(mbufs, reassembler, other), Is.EqualTo(MbufReassemblyStatus.Overlap));
    }

    [Test]
    public void Lengths_that_no_fragment_has_are_malformed([Values] bool isIPv6)
    {
        byte[] whole = Whole(isIPv6);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        byte[] lies = FragmentBytes.Of(whole, 8, 40, more: true);
        byte[] says = [.. lies];
        says[isIPv6 ? 4 : 2] = says[isIPv6 ? 5 : 3] = 0;
        byte[][] malformed =
        [
            FragmentBytes.Of(whole, 0, 0, more: true), FragmentBytes.Of(whole, 8, 0, more: false), FragmentBytes.Of(whole, 8, 4, more: true),
            FragmentBytes.Of(whole, 8, 15, more: true), lies[..^1], lies[..^40], says,
        ];

        foreach (byte[] fragment in malformed)
        {
            Assert.That(Give(mbufs, reassembler, fragment), Is.EqualTo(MbufReassemblyStatus.Malformed));
        }

        IsEmpty(reassembler);
    }

    /// <summary>Its length is in an option, and that of the whole could not be written where it belongs.</summary>
    [Test]
    public void A_jumbogram_has_no_fragment_header([Values(0, 9)] int word, [Values(65_520, 70_000)] int length)
    {
        byte[] header = [44, 0, 0xC2, 4, 0, 0, 0, 0, (byte)IPProtocol.Udp, 0, 0, (byte)word, 0, 0, 0, 7];
        byte[] packet = WirePacket.IPv6(IPProtocol.HopByHopOptions, [.. header, .. new byte[length]]);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(44), packet.Length - 40);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 0);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        Assert.That(Give(mbufs, reassembler, packet), Is.EqualTo(MbufReassemblyStatus.Malformed));
        IsEmpty(reassembler);
    }

    [Test]
    public void Nothing_is_longer_than_the_header_can_say([Values] bool isIPv6)
    {
        int most = isIPv6 ? 65_535 : 65_515;
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        byte[][] tooLong =
        [
            FragmentBytes.At(isIPv6, 65_528, 8, more: false), FragmentBytes.At(isIPv6, 65_528, 8, more: true),
            FragmentBytes.At(isIPv6, 65_504, most - 65_504 + 1, more: false), FragmentBytes.At(isIPv6, 65_400, 136, more: true),
        ];
        foreach (byte[] fragment in tooLong)
        {
            Assert.That(Give(mbufs, reassembler, fragment), Is.EqualTo(MbufReassemblyStatus.TooLarge));
        }

        IsEmpty(reassembler);
        IsHeld(mbufs, reassembler, FragmentBytes.At(isIPv6, 65_504, most - 65_504, more: false));
    }

    /// <summary>The last fragment has no options, and its end is where only a header without them can be.</summary>
    [Test]
    public void The_first_fragments_header_counts_whenever_it_comes([Values] bool last)
    {
        byte[] whole = WirePacket.IPv4(IPProtocol.Udp, Pattern(200), options: new byte[40]);
        byte[] first = FragmentBytes.IPv4(whole, 0, 64, more: true);
        byte[] end = FragmentBytes.IPv4At(65_504, 11, more: false, identification: 0x1234);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, last ? first : end);
        Assert.That(Give(mbufs, reassembler, last ? end : first), Is.EqualTo(MbufReassemblyStatus.TooLarge));
        Assert.That(Give(mbufs, reassembler, first), Is.EqualTo(MbufReassemblyStatus.Abandoned));
    }

    [Test]
    public void Headers_are_not_parted()
    {
        byte[] options = [.. s_tcp];
        options[12] = 0xA0; // 40 bytes of header.
        byte[] extended = WirePacket.IPv6(IPProtocol.DestinationOptions, [(byte)IPProtocol.Udp, 3, 1, 28, .. new byte[28], .. s_udp]);
        byte[][] hidden =
        [
            FragmentBytes.Of(WirePacket.IPv4(IPProtocol.Tcp, s_tcp), 0, 8, more: true),
            FragmentBytes.Of(WirePacket.IPv4(IPProtocol.Tcp, s_tcp), 0, 16, more: true),
            FragmentBytes.Of(WirePacket.IPv4(IPProtocol.Tcp, options), 0, 32, more: true),
            FragmentBytes.Of(WirePacket.IPv4(IPProtocol.Tcp, s_tcp), 8, 32, more: true),
            FragmentBytes.Of(WirePacket.IPv4(IPProtocol.Tcp, s_tcp), 16, 32, more: true),
            FragmentBytes.Of(WirePacket.IPv4(IPProtocol.Sctp, s_tcp), 0, 8, more: true),
            FragmentBytes.Of(WirePacket.IPv6(IPProtocol.Tcp, s_tcp), 0, 16, more: true),
            FragmentBytes.Of(WirePacket.IPv6(IPProtocol.Tcp, s_tcp), 8, 16, more: true),
            FragmentBytes.Of(extended, 0, 32, more: true),
        ];
        MbufReassembler strict = Make();
        MbufReassembler lax = Make(Options(tiny: true));
        using MbufScope mbufs = Arena.Enter();
        foreach (byte[] fragment in hidden)
        {
            Assert.That(Give(mbufs, strict, fragment), Is.EqualTo(MbufReassemblyStatus.HeaderIncomplete));
            IsHeld(mbufs, lax, fragment);
            lax.Clear(mbufs);
        }

        byte[] cut = FragmentBytes.Of(extended, 0, 24, more: true);
        Assert.That(Give(mbufs, strict, cut), Is.EqualTo(MbufReassemblyStatus.HeaderIncomplete));
        Assert.That(Give(mbufs, lax, cut), Is.EqualTo(MbufReassemblyStatus.HeaderIncomplete), "RFC 7112 has no exception.");
        IsHeld(mbufs, strict, FragmentBytes.Of(WirePacket.IPv4(IPProtocol.Tcp, s_tcp), 0, 24, more: true));
        IsHeld(mbufs, strict, FragmentBytes.Of(WirePacket.IPv4(IPProtocol.Tcp, s_tcp), 24, 24, more: true));
    }

    [Test]
    public void A_smallest_length_can_be_asked_of_all_but_the_last([Values] bool isIPv6)
    {
        byte[] whole = Whole(isIPv6);
        MbufReassembler reassembler = Make(Options(least: 100));
        using MbufScope mbufs = Arena.Enter();
        Assert.That(Give(mbufs, reassembler, FragmentBytes.Of(whole, 0, 96, more: true)), Is.EqualTo(MbufReassemblyStatus.TooSmall));
        IsHeld(mbufs, reassembler, FragmentBytes.Of(whole, 0, 392, more: true));
        Completes(mbufs, reassembler, FragmentBytes.Of(whole, 392, 8, more: false), whole);
    }

    [Test]
    public void No_packet_has_more_fragments_than_the_limit([Values] bool isIPv6)
    {
        byte[] whole = Whole(isIPv6);
        List<byte[]> fragments = FragmentBytes.Of(whole, 80);
        using MbufScope mbufs = Arena.Enter();
        MbufReassembler enough = Make(Options(fragments: 5));
        IsHeld(mbufs, enough, [.. fragments[..4]]);
        Completes(mbufs, enough, fragments[4], whole);

        MbufReassembler tooFew = Make(Options(fragments: 4));
        IsHeld(mbufs, tooFew, [.. fragments[..4]]);
        Assert.That(Give(mbufs, tooFew, fragments[0]), Is.EqualTo(MbufReassemblyStatus.Duplicate));
        Assert.That(Give(mbufs, tooFew, fragments[4]), Is.EqualTo(MbufReassemblyStatus.TooManyFragments));
        Assert.That(Give(mbufs, tooFew, fragments[0]), Is.EqualTo(MbufReassemblyStatus.Abandoned));
        Assert.That(tooFew.GetStatistics().HeldMbufs, Is.Zero);
    }
}
