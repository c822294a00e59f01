using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>Whatever a packet was cut into, and whatever way its fragments came: what comes out is the packet.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReassemblyIdentityTests(ArenaKind kind) : ReassemblyFixture(kind)
{
    private static readonly byte[] s_hopByHop = [(byte)IPProtocol.Routing, 0, 1, 4, 0, 0, 0, 0];
    private static readonly byte[] s_routing = [(byte)IPProtocol.Udp, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] s_destination = [(byte)IPProtocol.Udp, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [Test]
    public void Every_order_of_few_fragments_makes_the_packet([Values] bool isIPv6, [Range(2, 6)] int count)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, (count * 16) - 5);
        List<byte[]> fragments = FragmentBytes.Of(whole, 16);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        foreach (int[] order in Orders(count))
        {
            GiveAll(mbufs, reassembler, [.. order.Select(number => fragments[number])], whole);
        }

        IsEmpty(reassembler);
    }

    [Test]
    public void Random_orders_of_many_fragments_make_the_packet([Values] bool isIPv6, [Values(8, 24, 1232)] int size)
    {
        var random = new Random(size);
        MbufReassembler reassembler = Make(Options(fragments: 8192));
        using MbufScope mbufs = Arena.Enter();
        for (int round = 0; round < 10; round++)
        {
            byte[] whole = FragmentBytes.Whole(isIPv6, Math.Min(size * random.Next(2, 200), 65_000) + random.Next(1, 8), round);
            byte[][] fragments = [.. FragmentBytes.Of(whole, size)];
            random.Shuffle(fragments);
            GiveAll(mbufs, reassembler, fragments, whole);
        }

        IsEmpty(reassembler);
    }

    [Test]
    public void The_largest_packet_is_put_together_in_order_and_in_reverse([Values] bool isIPv6, [Values] bool reverse)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, isIPv6 ? 65_535 : 65_515);
        byte[][] fragments = [.. FragmentBytes.Of(whole, 1232)];
        if (reverse)
        {
            Array.Reverse(fragments);
        }

        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        GiveAll(mbufs, reassembler, fragments, whole);
        IsEmpty(reassembler);
    }

    [Test]
    public void Options_and_extension_headers_stay_where_they_are()
    {
        byte[] udp = WirePacket.Udp(Pattern(100), overIPv6: true);
        byte[] before = [.. s_hopByHop, .. s_routing, .. udp];
        byte[] behind = [.. s_destination, .. udp];
        byte[] ipv4 = WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(Pattern(100)), options: [1, 1, 1, 1, 1, 1, 1, 0]);
        byte[] withBefore = WirePacket.IPv6(IPProtocol.HopByHopOptions, before);
        byte[] withBehind = WirePacket.IPv6(IPProtocol.DestinationOptions, behind);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        foreach (int[] order in Orders(3))
        {
            GiveAll(mbufs, reassembler, InOrder(order, FragmentBytes.OfIPv4(ipv4, 40)), ipv4);
            GiveAll(mbufs, reassembler, InOrder(order, FragmentBytes.OfIPv6(withBefore, 40, before: 56, placeOfNext: 48)), withBefore);
            GiveAll(mbufs, reassembler, InOrder(order, FragmentBytes.OfIPv6(withBehind, 48)), withBehind);
        }
    }

    [Test]
    public void Fragments_in_any_layout_make_the_packet()
    {
        var random = new Random(20);
        MbufReassembler reassembler = Make(Options(fragments: 8192));
        using MbufScope mbufs = Arena.Enter();
        for (int round = 0; round < 300; round++)
        {
            byte[] whole = FragmentBytes.Whole(random.Next(2) == 0, random.Next(30, 4000), round);
            byte[][] fragments = [.. FragmentBytes.Of(whole, 8 * random.Next(3, 200))];
            random.Shuffle(fragments);
            foreach (byte[] fragment in fragments)
            {
                byte[] padded = [.. fragment, .. Pattern(random.Next(3) == 0 ? random.Next(40) : 0)];
                using MbufChain chain = Build(mbufs, padded, RandomLayout.Of(random, padded.Length));
                using MbufChain packet = Given(mbufs, reassembler, chain, out MbufReassemblyStatus status);
                bool isLast = fragment == fragments[^1];
                MbufReassemblyStatus expected = isLast ? MbufReassemblyStatus.Complete : MbufReassemblyStatus.Held;
                Assert.That(status, Is.EqualTo(fragments.Length == 1 ? Single(whole) : expected));
                if (isLast)
                {
                    ChainAssert.Holds(packet, fragments.Length == 1 && whole[0] >> 4 == 4 ? padded : whole);
                }
            }

            FreePartners(mbufs);
        }

        IsEmpty(reassembler);
    }

    [Test]
    public void Packets_whose_fragments_come_mixed_come_out_each_by_itself()
    {
        var random = new Random(21);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        var fragments = new List<(byte[] Bytes, int Packet)>();
        byte[][] packets = [.. Enumerable.Range(0, 30).Select(number => Numbered(number, random))];
        int[] left = new int[packets.Length];
        for (int number = 0; number < packets.Length; number++)
        {
            List<byte[]> parts = packets[number][0] >> 4 == 4
                ? FragmentBytes.OfIPv4(packets[number], 64)
                : FragmentBytes.OfIPv6(packets[number], 64, identification: (uint)number / 4);
            left[number] = parts.Count;
            fragments.AddRange(parts.Select(part => (part, number)));
        }

        (byte[] Bytes, int Packet)[] mixed = [.. fragments];
        random.Shuffle(mixed);
        foreach ((byte[] bytes, int packet) in mixed)
        {
            if (--left[packet] > 0)
            {
                IsHeld(mbufs, reassembler, bytes);
            }
            else
            {
                Completes(mbufs, reassembler, bytes, packets[packet]);
            }
        }

        IsEmpty(reassembler);
    }

    /// <summary>Four packets share an identification: two versions, two protocols or sources.</summary>
    private static byte[] Numbered(int number, Random random)
    {
        byte[] whole = FragmentBytes.Whole(number % 2 == 0, random.Next(100, 400), number);
        if (whole[0] >> 4 == 6)
        {
            whole[23] = (byte)(number % 4);
            return whole;
        }

        whole[5] = (byte)(number / 4);
        whole[9] = (byte)(number % 4 == 1 ? IPProtocol.Udp : (IPProtocol)200);
        return FragmentBytes.Summed(whole);
    }

    private static MbufReassemblyStatus Single(byte[] whole)
        => whole[0] >> 4 == 4 ? MbufReassemblyStatus.NotFragment : MbufReassemblyStatus.Atomic;

    private static byte[][] InOrder(int[] order, List<byte[]> fragments)
    {
        Assert.That(fragments, Has.Count.EqualTo(order.Length));
        return [.. order.Select(number => fragments[number])];
    }

    private static MbufChain Given(
        in MbufScope mbufs, MbufReassembler reassembler, MbufChain chain, out MbufReassemblyStatus status)
    {
        status = reassembler.Add(mbufs, chain, out MbufChain packet);
        return packet;
    }

    private static void GiveAll(in MbufScope mbufs, MbufReassembler reassembler, byte[][] fragments, byte[] whole)
    {
        IsHeld(mbufs, reassembler, fragments[..^1]);
        Completes(mbufs, reassembler, fragments[^1], whole);
    }
}
