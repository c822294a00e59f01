using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FragmentIPv6Tests(ArenaKind kind) : CutFixture(kind)
{
    private const uint Identification = 0xFEED_F00D;
    private const int Smallest = 56;

    [Test]
    public void The_fragments_are_the_packet_at_every_mtu()
    {
        var random = new Random(4712);
        for (int mtu = Smallest; mtu <= 9000; mtu += Kind.Checked ? 7 : 1)
        {
            byte[] packet = Packets.IPv6(Pattern(random.Next(mtu < 100 ? 1500 : 9400), seed: mtu));
            AssertFragments(packet, Packets.RandomLayout(random, packet.Length, small: random.Next(2) == 0), mtu, IPv6Header.Size, 200);
        }
    }

    [Test]
    public void What_routers_read_is_in_every_fragment()
    {
        var random = new Random(7);
        for (int length = 100; length < 900; length += 13)
        {
            // Everything up to the routing header is repeated; options for the destination behind it are not.
            byte[] packet = Packets.IPv6(
                Pattern(length), 200, (IPProtocol.HopByHopOptions, 2), (IPProtocol.DestinationOptions, 1), (IPProtocol.Routing, 3),
                (IPProtocol.DestinationOptions, 4));
            AssertFragments(
                packet, Packets.RandomLayout(random, packet.Length, small: true), 150, 40 + 48, (byte)IPProtocol.DestinationOptions);
            packet = Packets.IPv6(Pattern(length), 200, (IPProtocol.DestinationOptions, 4));
            AssertFragments(packet, Packets.RandomLayout(random, packet.Length, small: true), 128, 40, (byte)IPProtocol.DestinationOptions);
        }
    }

    [Test]
    public void Headers_longer_than_an_mbuf_go_into_clusters([Values(15, 16, 100, 200)] int units)
    {
        byte[] packet = Packets.IPv6(Pattern(4000), 200, (IPProtocol.HopByHopOptions, units));
        foreach (Segment[] layout in new Segment[][]
        {
            [Segment.Shared(packet.Length / 3), Segment.Shared(packet.Length / 3), Segment.Jumbo(MbufClusterSize.Page, packet.Length - (packet.Length / 3 * 2))],
            [Segment.Jumbo(MbufClusterSize.Jumbo9, packet.Length)],
        })
        {
            AssertFragments(packet, layout, 2000, 40 + (units * 8), 200);
        }
    }

    [Test]
    public void Headers_longer_than_a_cluster_are_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] packet = Packets.IPv6(Pattern(4000), 200, (IPProtocol.HopByHopOptions, 250));
        using MbufChain chain = Build(mbufs, packet, Segment.Jumbo(MbufClusterSize.Jumbo9, packet.Length));
        MbufQueue queue = NewQueue();
        ChainSnapshot before = ChainSnapshot.Of(chain);

        Assert.That(chain.FragmentInto(3000, queue, 1), Is.EqualTo(MbufOffloadStatus.HeaderTooLong));
        before.AssertUnchanged(chain);
        Assert.That(queue.IsEmpty);
    }

    [Test]
    public void A_fragment_is_cut_further_and_keeps_its_identification([Values(0, 1)] int more, [Values(0, 800, 60_000)] int offset)
    {
        byte[] packet = Packets.IPv6(Pattern(800), 6, (IPProtocol.HopByHopOptions, 1), (IPProtocol.Fragment, 1));
        (packet[49], packet[50], packet[51]) = (0, (byte)(offset >> 8), (byte)(offset | more));
        Pattern(4, seed: 5).CopyTo(packet.AsSpan(52));
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Build(mbufs, packet, Segment.Cluster(300), Segment.Shared(556));
        MbufQueue queue = NewQueue();

        Assert.That(chain.FragmentInto(250, queue, Identification), Is.EqualTo(MbufOffloadStatus.Done));
        int count = queue.Count;
        byte[] payload = [];
        foreach (byte[] fragment in Drain(mbufs, queue, static _ => 56))
        {
            count--;
            Assert.That(fragment.AsSpan(0, 4).SequenceEqual(packet.AsSpan(0, 4)) && fragment.AsSpan(6, 43).SequenceEqual(packet.AsSpan(6, 43)));
            Assert.That(fragment.AsSpan(52, 4).SequenceEqual(packet.AsSpan(52, 4)), "The identification stays.");
            Assert.That((fragment[4] << 8) | fragment[5], Is.EqualTo(fragment.Length - 40));
            Assert.That((fragment[50] << 8) | fragment[51], Is.EqualTo((offset + payload.Length) | (count > 0 ? 1 : more)));
            payload = [.. payload, .. fragment[56..]];
        }

        Assert.That(payload, Is.EqualTo(packet[56..]));
    }

    [Test]
    public void Identifications_that_are_not_given_are_random()
    {
        using MbufScope mbufs = Arena.Enter();
        var seen = new HashSet<uint>();
        for (int i = 0; i < 20; i++)
        {
            using MbufChain chain = Build(mbufs, Packets.IPv6(Pattern(400)), Segment.Cluster(440));
            MbufQueue queue = NewQueue();
            Assert.That(chain.FragmentInto(300, queue), Is.EqualTo(MbufOffloadStatus.Done));
            uint[] identifications = [.. Drain(mbufs, queue, static _ => 48).Select(static bytes => BitConverter.ToUInt32(bytes, 44))];
            Assert.That(identifications, Has.Length.EqualTo(2).And.All.EqualTo(identifications[0]));
            seen.Add(identifications[0]);
        }

        Assert.That(seen, Has.Count.GreaterThan(17), "Two of twenty that are the same come once in 22 million runs.");
    }

    [Test]
    public void The_length_of_the_network_header_is_each_fragments_own([Values(0, 48, 56)] int told)
    {
        byte[] packet = Packets.IPv6(Pattern(800), 200, (IPProtocol.HopByHopOptions, 1), (IPProtocol.DestinationOptions, 1));
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, packet, Segment.Cluster(856));
        chain.VlanTag = 7;
        chain.Layer3HeaderLength = (byte)told;
        MbufQueue queue = NewQueue();

        Assert.That(chain.FragmentInto(400, queue, Identification), Is.EqualTo(MbufOffloadStatus.Done));

        for (int expected = told == 0 ? 0 : told + 8; queue.TryDequeue(mbufs, out MbufChain fragment); expected = told == 0 ? 0 : 56)
        {
            using MbufChain owned = fragment;
            Assert.That((owned.Layer3HeaderLength, owned.VlanTag), Is.EqualTo(((byte)expected, (ushort)7)));
        }
    }

    private void AssertFragments(byte[] packet, Segment[] layout, int mtu, int unfragmentable, byte nextHeader)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Build(mbufs, packet, layout);
        MbufQueue queue = NewQueue();
        MbufOffloadStatus status = chain.FragmentInto(mtu, queue, Identification);
        Assert.That((status, chain.IsOwned), Is.EqualTo((MbufOffloadStatus.Done, false)), $"MTU {mtu}, {string.Join(' ', layout)}");
        int count = queue.Count;
        if (packet.Length <= mtu)
        {
            Assert.That(Drain(mbufs, queue, static _ => 0, isCut: false), Is.EqualTo(new[] { packet }), "It goes through as it is.");
            FreePartners(mbufs);
            return;
        }

        List<byte[]> fragments = Drain(mbufs, queue, _ => unfragmentable + 8);
        var payload = new List<byte>();
        for (int i = 0; i < count; i++)
        {
            byte[] fragment = fragments[i];
            byte[] header = packet[..unfragmentable];
            (header[4], header[5]) = ((byte)((fragment.Length - 40) >> 8), (byte)(fragment.Length - 40));
            int place = payload.Count | (i < count - 1 ? 1 : 0);
            Assert.That(IPv6Header.TryRead(fragment, out IPv6Header read));
            foreach (IPv6ExtensionHeader extension in read.ExtensionHeaders)
            {
                if (extension.Type == IPProtocol.Fragment)
                {
                    Assert.That((extension.FragmentOffset | (extension.MoreFragments ? 1 : 0), extension.Identification, (byte)extension.NextHeader),
                        Is.EqualTo((place, Identification, nextHeader)));
                    header[unfragmentable == 40 ? 6 : LastHeader(packet, unfragmentable)] = (byte)IPProtocol.Fragment;
                    break;
                }
            }

            Assert.That(fragment[..unfragmentable], Is.EqualTo(header));
            Assert.That(fragment, Has.Length.LessThanOrEqualTo(mtu));
            Assert.That(i == count - 1 || mtu - fragment.Length < 8, "A fragment that is not the last is as long as it can be.");
            payload.AddRange(fragment.AsSpan(unfragmentable + 8));
        }

        Assert.That(payload.ToArray().AsSpan().SequenceEqual(packet.AsSpan(unfragmentable)), "The payloads together are the packet's.");
        FreePartners(mbufs);
    }

    /// <summary>Where the last extension header of the unfragmentable part starts, and with it what follows.</summary>
    private static int LastHeader(byte[] packet, int unfragmentable)
    {
        int place = IPv6Header.Size;
        while (place + ((packet[place + 1] + 1) * 8) < unfragmentable)
        {
            place += (packet[place + 1] + 1) * 8;
        }

        return place;
    }
}
