using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SplitTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(10), Segment.EmptyCluster, Segment.Shared(15), Segment.Empty, Segment.Cluster(20),
        Segment.ReadOnly(5), Segment.Internal(19, lead: 30), Segment.Empty,
    ];

    [Test]
    public void Both_parts_hold_their_bytes_and_both_can_grow([Range(0, 69)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(69);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        MbufChain copy = packet;

        Assert.That(packet.TrySplit(offset, out MbufChain rest));
        using (rest)
        {
            ChainAssert.Holds(packet, bytes.AsSpan(0, offset));
            ChainAssert.Holds(copy, bytes.AsSpan(0, offset));
            ChainAssert.Holds(rest, bytes.AsSpan(offset));
            Assert.That(packet.HasPacketHeader && rest.HasPacketHeader);
            Assert.That(packet.TryAppend(Pattern(100, seed: 2)) && rest.TryAppend(Pattern(100, seed: 3)));
            Assert.That(packet.TryPrepend([1]) && rest.TryPrepend([2]));
            ChainAssert.Holds(packet, [1, .. bytes.AsSpan(0, offset), .. Pattern(100, seed: 2)]);
            ChainAssert.Holds(rest, [2, .. bytes.AsSpan(offset), .. Pattern(100, seed: 3)]);
        }
    }

    [TestCase(70)]
    [TestCase(int.MaxValue)]
    public void A_chain_that_is_shorter_is_left_as_it_was(int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(69), s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TrySplit(offset, out MbufChain rest), Is.False);
        Assert.That(rest.IsNull);
        before.AssertUnchanged(packet);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_offset_is_a_mistake(int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(69), s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TrySplit(offset, out _));
        before.AssertUnchanged(packet);
    }

    [Test]
    public void An_exhausted_arena_leaves_the_chain_as_it_was([Values(1, 15, 30, 47, 60, 69)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(69);
        Segment[] withoutEmptyEnd = s_layout[..^1];
        using MbufChain packet = Build(mbufs, bytes, withoutEmptyEnd);
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TrySplit(offset, out MbufChain rest), Is.False);
        Assert.That(rest.IsNull);
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        hoard.Release(mbufs);
        Assert.That(packet.TrySplit(offset, out rest), "With memory it is served.");
        rest.Free();
    }

    [TestCase(10)]
    [TestCase(25)]
    [TestCase(45)]
    [TestCase(50)]
    public void Between_two_mbufs_no_memory_is_needed(int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(69);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(packet.TrySplit(offset, out MbufChain rest));
        ChainAssert.Holds(packet, bytes.AsSpan(0, offset));
        ChainAssert.Holds(rest, bytes.AsSpan(offset));
        rest.Free();
        hoard.Release(mbufs);
    }

    [Test]
    public void A_cluster_that_is_cut_is_shared_until_one_part_is_freed()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(2000);
        using MbufChain packet = Packet(mbufs, bytes);

        Assert.That(packet.TrySplit(700, out MbufChain rest));
        using (rest)
        {
            Assert.That(packet.IsWritable || rest.IsWritable, Is.False);
            Assert.That(packet.TryAppend([1, 2, 3]), "It must not run into the rest.");
            ChainAssert.Holds(rest, bytes.AsSpan(700));
        }

        packet.TrimEnd(3);
        Assert.That(packet.IsWritable);
        Assert.That(packet.Tailroom, Is.EqualTo(1348));
    }

    [Test]
    public void A_cluster_of_which_nothing_stays_changes_hands_whole()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(2000));

        Assert.That(packet.TrySplit(0, out MbufChain rest));
        using (rest)
        {
            Assert.That(packet.IsWritable && rest.IsWritable);
            ChainAssert.Holds(packet, []);
            ChainAssert.Holds(rest, Pattern(2000));
        }
    }

    [Test]
    public void The_rest_of_a_packet_has_the_receive_interface_and_nothing_else_of_the_header()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(300), Segment.Cluster(200), Segment.Internal(100));
        packet.ReceiveInterface = 9;
        packet.Flags |= MbufFlags.Broadcast | MbufFlags.Protocol2;

        Assert.That(packet.TrySplit(250, out MbufChain rest));
        using (rest)
        {
            Assert.That(rest.ReceiveInterface, Is.EqualTo(9));
            Assert.That(rest.Flags, Is.EqualTo(MbufFlags.PacketHeader));
            Assert.That((packet.PacketLength, rest.PacketLength), Is.EqualTo((250, 50)));
            Assert.That(packet.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Broadcast | MbufFlags.Protocol2 | MbufFlags.External));
        }
    }

    [Test]
    public void A_packet_length_that_lies_is_divided_and_never_negative([Values(100, 1000)] int says)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(300));
        packet.PacketLength = says;

        Assert.That(packet.TrySplit(250, out MbufChain rest));
        using (rest)
        {
            Assert.That((packet.PacketLength, rest.PacketLength), Is.EqualTo((250, Math.Max(0, says - 250))));
            Assert.That((packet.Length, rest.Length), Is.EqualTo((250, 50)));
        }
    }

    [Test]
    public void A_chain_without_header_is_split_without_one()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(150), Segment.Internal(100), Segment.Internal(50));

        Assert.That(chain.TrySplit(100, out MbufChain rest));
        using (rest)
        {
            Assert.That((chain.HasPacketHeader, rest.HasPacketHeader, rest.PacketLength), Is.EqualTo((false, false, 0)));
            ChainAssert.Holds(rest, Pattern(150).AsSpan(100));
        }
    }

    [Test]
    public void A_chain_without_header_that_is_split_at_its_end_has_no_rest()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(150), Segment.Internal(100), Segment.Internal(50), Segment.Empty);
        using MbufChain empty = mbufs.AllocateMbuf();
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(chain);

        Assert.That(chain.TrySplit(150, out MbufChain rest), "Which needs no memory.");
        Assert.That(rest.IsNull);
        before.AssertUnchanged(chain);
        Assert.That(empty.TrySplit(0, out rest));
        Assert.That(rest.IsNull);
        Assert.That(chain.TrySplit(151, out rest), Is.False);
        Assert.That(rest.IsNull);
        hoard.Release(mbufs);
    }

    [Test]
    public void A_packet_that_is_split_at_its_end_has_an_empty_packet_for_rest([Values(0, 150)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(length));

        Assert.That(packet.TrySplit(length, out MbufChain rest));
        using (rest)
        {
            Assert.That((rest.HasPacketHeader, rest.Length), Is.EqualTo((true, 0)));
            ChainAssert.Holds(packet, Pattern(length));
        }
    }

    [Test]
    public void What_was_split_can_be_joined_again()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(69);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        for (int offset = 0; offset <= 69; offset += 3)
        {
            Assert.That(packet.TrySplit(offset, out MbufChain rest));
            packet.Append(rest);
            ChainAssert.Holds(packet, bytes);
        }
    }

    [Test]
    public void The_rest_and_a_shared_range_may_go_into_the_chains_own_variable()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Build(mbufs, Pattern(300), Segment.Internal(100), Segment.Cluster(200));
        Mbuf front = HandleOf(chain);
        Assert.That(chain.TrySplit(150, out chain));
        ChainAssert.Holds(chain, Pattern(300).AsSpan(150));
        Mbuf rest = HandleOf(chain);
        Assert.That(chain.TryShare(10, 20, out chain));
        ChainAssert.Holds(chain, Pattern(300).AsSpan(160, 20));
        Assert.That(chain.TryShare(100, 20, out MbufChain none), Is.False);
        Assert.That(none.IsNull);
        chain.Free();
        mbufs.Free([front, rest]);
    }
}
