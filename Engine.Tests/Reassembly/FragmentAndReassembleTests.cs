using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>What the engine cuts it puts together again: the packet that it was, at every MTU and in every order.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FragmentAndReassembleTests(ArenaKind kind) : ReassemblyFixture(kind)
{
    private const int LargestMtu = 9000;

    private static readonly int[] s_smallest = [20 + 8, 40 + 8 + 8];

    [Test]
    public void Every_mtu_and_a_random_order_give_the_packet_back([Values] bool isIPv6)
    {
        var random = new Random(41);
        MbufReassembler reassembler = Make(Options(fragments: 8192, tiny: true));
        using MbufScope mbufs = Arena.Enter();
        int smallest = s_smallest[isIPv6 ? 1 : 0];
        for (int mtu = smallest; mtu <= LargestMtu; mtu += mtu < 1600 || Kind == ArenaKind.All[0] ? 1 : random.Next(1, 40))
        {
            // Long enough for fragments, and so that there are not too many for the arena.
            int length = random.Next(mtu, mtu + Math.Min(12_000, (mtu - smallest + 8) * 60));
            byte[] whole = FragmentBytes.Whole(isIPv6, Math.Min(length, 65_000), seed: mtu);
            GoesThrough(mbufs, reassembler, whole, RandomLayout.Of(random, whole.Length), mtu, order: null, random);
        }

        IsEmpty(reassembler);
    }

    [Test]
    public void The_largest_mtu_and_the_largest_packet_are_no_exception([Values] bool isIPv6, [Values(LargestMtu, 1280, 576)] int mtu)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, isIPv6 ? 65_535 : 65_515);
        MbufReassembler reassembler = Make(Options(fragments: 256));
        using MbufScope mbufs = Arena.Enter();
        var random = new Random(mtu);
        GoesThrough(mbufs, reassembler, whole, RandomLayout.Of(random, whole.Length), mtu, order: null, random);
    }

    [Test]
    public void Every_order_of_few_fragments_gives_the_packet_back([Values] bool isIPv6, [Range(2, 6)] int count)
    {
        int header = isIPv6 ? 48 : 20;
        byte[] whole = FragmentBytes.Whole(isIPv6, (count * 104) - 3);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        var random = new Random(count);
        foreach (int[] order in Orders(count))
        {
            GoesThrough(mbufs, reassembler, whole, RandomLayout.Of(random, whole.Length), header + 104, order, random);
        }

        IsEmpty(reassembler);
    }

    [Test]
    public void A_checksum_that_is_to_be_done_is_still_to_be_done_when_the_packet_is_whole()
    {
        byte[] whole = FragmentBytes.Whole(isIPv6: false, 3000);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketFrom(whole, 0, 0);
        packet.ChecksumFlags = MbufChecksumFlags.Udp | MbufChecksumFlags.FragmentChecksums;
        packet.ChecksumData = 6;
        ushort pseudo = InternetChecksum.PseudoHeader(WirePacket.IPv4Source, WirePacket.IPv4Destination, IPProtocol.Udp, 3000);
        Assert.That(packet.TryCopyFrom(26, [(byte)(pseudo >> 8), (byte)pseudo]));
        var fragments = new MbufQueue(Arena);
        Assert.That(packet.FragmentInto(1500, fragments), Is.EqualTo(MbufOffloadStatus.Done));
        while (fragments.TryDequeue(mbufs, out MbufChain fragment))
        {
            reassembler.Add(mbufs, fragment, out MbufChain joined);
            if (!joined.IsNull)
            {
                Assert.That((joined.ChecksumFlags, joined.ChecksumData), Is.EqualTo((MbufChecksumFlags.Udp, 6u)));
                Assert.That(joined.TryCompleteTransportChecksum());
                ChainAssert.Holds(joined, whole);
                joined.Free();
            }
        }

        IsEmpty(reassembler);
    }

    private void GoesThrough(
        in MbufScope mbufs, MbufReassembler reassembler, byte[] whole, Segment[] layout, int mtu, int[]? order, Random random)
    {
        var queue = new MbufQueue(Arena);
        using (MbufChain packet = Build(mbufs, whole, layout))
        {
            Assert.That(packet.FragmentInto(mtu, queue, identification: 99), Is.EqualTo(MbufOffloadStatus.Done), $"MTU {mtu}.");
        }

        Mbuf[] fragments = Fragments(mbufs, queue, mtu);
        if (order is null)
        {
            random.Shuffle(fragments);
        }
        else
        {
            Assert.That(fragments, Has.Length.EqualTo(order.Length));
            fragments = [.. order.Select(number => fragments[number])];
        }

        for (int number = 0; number < fragments.Length; number++)
        {
            MbufReassemblyStatus status = reassembler.Add(mbufs, mbufs.Open(fragments[number]), out MbufChain joined);
            using (joined)
            {
                bool isLast = number == fragments.Length - 1;
                MbufReassemblyStatus expected = fragments.Length == 1 ? MbufReassemblyStatus.NotFragment
                    : isLast ? MbufReassemblyStatus.Complete : MbufReassemblyStatus.Held;
                Assert.That(status, Is.EqualTo(expected), $"Fragment {number} of {fragments.Length}, MTU {mtu}.");
                if (isLast)
                {
                    ChainAssert.Holds(joined, whole);
                }
            }
        }

        FreePartners(mbufs);
    }

    private static Mbuf[] Fragments(in MbufScope mbufs, MbufQueue queue, int mtu)
    {
        var fragments = new List<Mbuf>();
        while (queue.TryDequeue(mbufs, out MbufChain fragment))
        {
            Assert.That(fragment.Length, Is.LessThanOrEqualTo(mtu));
            fragments.Add(fragment.Detach());
        }

        return [.. fragments];
    }
}
