using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ConcatenateTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void One_chain_is_joined_behind_another_without_copying()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1200);
        using MbufChain packet = Build(mbufs, bytes[..400], Segment.Internal(100), Segment.Cluster(300), Segment.Empty);
        MbufChain other = Build(mbufs, bytes[400..], Segment.Empty, Segment.Shared(700), Segment.Internal(100));
        int live = Arena.LiveMbufs;

        packet.Append(other);
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 100, 300, 0, 0, 700, 100 }));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(live));
        Assert.That(other.IsOwned, Is.False);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Empty_chains_can_be_joined_on_either_side()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        packet.Append(mbufs.AllocatePacketWithoutCluster());
        packet.Append(Packet(mbufs, Pattern(10)));
        packet.Append(mbufs.AllocatePacket(5000));

        Assert.That(packet.SegmentCount, Is.EqualTo(2), "Where nothing is, nothing is joined.");
        ChainAssert.Holds(packet, Pattern(10));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(2));
        Assert.That(packet.TryAppend(Pattern(1500, seed: 2)) && packet.SegmentCount == 2, "The room behind the data is still there.");
    }

    [Test]
    public void A_chain_without_header_counts_with_its_length()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        packet.Append(BuildPlain(mbufs, Pattern(20, seed: 2), Segment.Internal(20)));

        Assert.That(packet.PacketLength, Is.EqualTo(30));
        ChainAssert.Holds(packet, [.. Pattern(10), .. Pattern(20, seed: 2)]);
    }

    [Test]
    public void A_packet_behind_a_chain_without_header_loses_its_header()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(10), Segment.Internal(10));
        chain.Append(Packet(mbufs, Pattern(20, seed: 2)));

        Assert.That((chain.HasPacketHeader, chain.PacketLength), Is.EqualTo((false, 0)));
        ChainAssert.Holds(chain, [.. Pattern(10), .. Pattern(20, seed: 2)]);
    }

    [Test]
    public void The_packet_lengths_are_added_even_if_they_lie()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain other = Packet(mbufs, Pattern(20));
        packet.PacketLength = 100;
        other.PacketLength = 50;

        packet.Append(other);
        Assert.That((packet.PacketLength, packet.Length), Is.EqualTo((150, 30)));
    }

    [Test]
    public void The_head_stays_the_head_with_its_header()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        packet.ReceiveInterface = 3;
        packet.Flags |= MbufFlags.Protocol1;
        MbufChain other = Packet(mbufs, Pattern(20));
        other.ReceiveInterface = 4;
        other.Flags |= MbufFlags.Protocol2;

        packet.Append(other);
        Assert.That((packet.ReceiveInterface, packet.Flags & ~MbufFlags.External), Is.EqualTo(((ushort)3, MbufFlags.PacketHeader | MbufFlags.Protocol1)));
    }

    /// <summary>Nothing of the other's header comes to light when its mbuf is the first of a chain again.</summary>
    [Test]
    public void The_others_flags_are_dropped_but_for_the_storages_and_a_records_end()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain other = Packet(mbufs, Pattern(20));
        other.Flags |= MbufFlags.EndOfRecord | MbufFlags.Protocol2 | MbufFlags.VlanTag | MbufFlags.ReadOnly;
        other.VlanTag = 5;

        packet.Append(other);
        packet.FreeFirstSegment(out MbufChain rest);
        using (rest)
        {
            Assert.That(rest.Flags, Is.EqualTo(MbufFlags.ReadOnly | MbufFlags.External | MbufFlags.EndOfRecord));
            Assert.That((rest.IsWritable, rest.VlanTag), Is.EqualTo((false, (ushort)0)));
        }
    }

    [Test]
    public void A_chain_cannot_be_appended_to_itself()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain copy = packet;

        Expect.Throws<ArgumentException>(packet, copy, static (chain, same) => chain.Append(same));
        ChainAssert.Holds(packet, Pattern(10));
    }

    [Test]
    public void A_packet_and_its_share_can_be_joined()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(500);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Cluster(400));
        packet.Append(packet.Share());

        ChainAssert.Holds(packet, [.. bytes, .. bytes]);
        Assert.That(packet.TryCopyFrom(100, [1, 2, 3]), "The two halves are separate when they are written.");
        ChainAssert.Holds(packet, [.. bytes.AsSpan(0, 100), 1, 2, 3, .. bytes.AsSpan(103), .. bytes]);
        packet.TrimEnd(400);
        packet.TrimStart(100);
        ChainAssert.Holds(packet, [1, 2, 3, .. bytes.AsSpan(103), .. bytes.AsSpan(0, 100)]);
    }

    [Test]
    public void Two_scopes_of_one_arena_make_one_chain()
    {
        MbufArena arena = NewArena(mbufs: 512, clusters: 256); // Enough for the magazines of both.
        using MbufScope mbufs = arena.Enter();
        using MbufScope others = arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        packet.Append(Packet(others, Pattern(20, seed: 2)));

        ChainAssert.Holds(packet, [.. Pattern(10), .. Pattern(20, seed: 2)]);
    }

    [Test]
    public void Null_is_not_appended()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Expect.Throws<NullReferenceException>(packet, static chain => chain.Append(default));
        before.AssertUnchanged(packet);
    }
}
