using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>The fields of the packet header, and what carries them from one packet to another.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PacketHeaderTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Every_field_of_a_fresh_header_is_zero_also_after_a_life_in_which_it_was_not()
    {
        using MbufScope mbufs = Arena.Enter();
        for (int life = 0; life < 3; life++)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            Assert.That(Fields(packet), Is.All.Zero);
            Assert.That(packet.Flags & ~MbufFlags.External, Is.EqualTo(MbufFlags.PacketHeader));
            Fill(packet, 1);
            Assert.That(Fields(packet), Is.EqualTo(Filled(1)));
        }
    }

    [Test]
    public void A_chain_without_header_reads_zero_and_refuses_to_write()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain plain = mbufs.AllocateMbuf();
        Assert.That(Fields(plain), Is.All.Zero);
        Action<MbufChain>[] setters =
        [
            static chain => chain.PacketLength = 1, static chain => chain.ReceiveInterface = 1,
            static chain => chain.ChecksumFlags = MbufChecksumFlags.Tcp, static chain => chain.ChecksumData = 1,
            static chain => chain.FlowId = 1, static chain => chain.HashType = MbufHashType.Opaque, static chain => chain.VlanTag = 1,
            static chain => chain.RoutingTable = 1, static chain => chain.SegmentSize = 1, static chain => chain.Layer2HeaderLength = 1,
            static chain => chain.Layer3HeaderLength = 1, static chain => chain.Layer4HeaderLength = 1,
            static chain => chain.Layer5HeaderLength = 1, static chain => chain.ReceiveTimestamp = 1,
        ];
        foreach (Action<MbufChain> setter in setters)
        {
            Expect.Throws<InvalidOperationException>(plain, setter);
        }

        Assert.That(Fields(plain), Is.All.Zero);
    }

    [Test]
    public void The_fields_stay_with_the_packet_whatever_is_done_with_its_data()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(600), Segment.Cluster(300), Segment.Internal(100), Segment.Shared(200));
        Fill(packet, 3);
        Assert.That(packet.TryPrepend(new byte[1000]) && packet.TryPullUp(1500, out _) && packet.TryAppend(Pattern(4000)));
        packet.TrimStart(1400);
        Assert.That(packet.TryCopyFrom(0, new byte[10]));
        packet.PacketLength = 3;
        Assert.That(Fields(packet), Is.EqualTo(Filled(3)));
    }

    [Test]
    public void A_shared_packet_has_them_too_and_a_split_rest_does_not()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(600), Segment.Cluster(600));
        Fill(packet, 3);
        packet.Flags |= MbufFlags.VlanTag | MbufFlags.Multicast;
        using MbufChain copy = packet.Share();
        Assert.That(Fields(copy), Is.EqualTo(Filled(3)));
        Assert.That(copy.Flags, Is.EqualTo(packet.Flags));
        copy.PacketLength = 600;
        Assert.That(copy.TrySplit(100, out MbufChain rest));
        using (rest)
        {
            rest.PacketLength = 0;
            rest.ReceiveInterface = 0;
            Assert.That(Fields(rest), Is.All.Zero);
        }
    }

    [Test]
    public void A_header_can_be_moved_to_a_chain_that_has_none([Values] bool hadOne)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain from = TagTests.Tagged(mbufs, 1, 2);
        using MbufChain to = hadOne ? TagTests.Tagged(mbufs, 3) : mbufs.AllocateMbuf();
        Assert.That(to.TryAppend(Pattern(50)) && from.TryAppend(Pattern(80)));
        Fill(from, 4);
        from.Flags |= MbufFlags.Broadcast;

        to.MovePacketHeaderFrom(from);

        Assert.That(Fields(to), Is.EqualTo(Filled(4)));
        Assert.That(to.Flags & (MbufFlags.PacketHeader | MbufFlags.Broadcast), Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Broadcast));
        Assert.That(TagTests.Types(to), Is.EqualTo(new[] { 2, 1 }));
        Assert.That(from.HasPacketHeader, Is.False);
        Assert.That(Fields(from), Is.All.Zero);
        ChainAssert.Holds(from, Pattern(80));
        ChainAssert.HoldsWhateverTheHeaderSays(to, Pattern(50));
    }

    [Test]
    public void A_header_can_be_copied_with_tags_and_without([Values] bool tags)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain from = TagTests.Tagged(mbufs, 1, 2);
        using MbufChain to = TagTests.Tagged(mbufs, 3);
        Fill(from, 5);
        from.Flags |= MbufFlags.ReadOnly;
        if (tags)
        {
            Assert.That(to.TryCopyPacketHeaderFrom(from));
        }
        else
        {
            to.CopyPacketFieldsFrom(from);
        }

        Assert.That(Fields(to), Is.EqualTo(Filled(5)));
        Assert.That(Fields(from), Is.EqualTo(Filled(5)));
        Assert.That(TagTests.Types(to), Is.EqualTo(tags ? new[] { 2, 1 } : []));
        Assert.That(TagTests.Types(from), Is.EqualTo(new[] { 2, 1 }));
        Assert.That(to.IsWritable, "A read-only mark belongs to the storage.");
    }

    [Test]
    public void A_read_only_mark_of_its_own_is_not_taken_off_by_another_header()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain from = mbufs.AllocatePacketWithoutCluster();
        using MbufChain to = mbufs.AllocatePacket();
        to.Flags |= MbufFlags.ReadOnly;
        to.MovePacketHeaderFrom(from);
        Assert.That(to.IsWritable, Is.False);
    }

    [Test]
    public void Headers_go_to_another_packet_of_the_same_arena_that_exists()
    {
        MbufArena foreign = NewArena(mbufs: 8);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = foreign.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        using MbufChain plain = mbufs.AllocateMbuf();
        using MbufChain alien = others.AllocatePacketWithoutCluster();
        Action<MbufChain, MbufChain>[] verbs =
        [
            static (to, from) => to.MovePacketHeaderFrom(from),
            static (to, from) => to.TryCopyPacketHeaderFrom(from),
            static (to, from) => to.CopyPacketFieldsFrom(from),
        ];
        foreach (Action<MbufChain, MbufChain> verb in verbs)
        {
            Expect.Throws<ArgumentException>(packet, packet, verb);
            Expect.Throws<InvalidOperationException>(packet, plain, verb);
            Expect.Throws<MbufForeignException>(packet, alien, verb);
        }

        Assert.That(packet.HasPacketHeader);
    }

    internal static void Fill(MbufChain packet, byte value)
    {
        packet.PacketLength = value;
        packet.ReceiveInterface = value;
        packet.ChecksumFlags = (MbufChecksumFlags)value;
        packet.ChecksumData = value;
        packet.FlowId = value;
        packet.HashType = (MbufHashType)value;
        packet.VlanTag = value;
        packet.RoutingTable = value;
        packet.SegmentSize = value;
        packet.Layer2HeaderLength = value;
        packet.Layer3HeaderLength = (byte)(value + 1);
        packet.Layer4HeaderLength = (byte)(value + 2);
        packet.Layer5HeaderLength = (byte)(value + 3);
        packet.ReceiveTimestamp = ulong.MaxValue - value;
    }

    internal static ulong[] Filled(byte value) =>
        [value, value, value, value, value, value, value, value, value, value, value + 1ul, value + 2ul, value + 3ul, ulong.MaxValue - value];

    internal static ulong[] Fields(MbufChain packet) =>
    [
        (ulong)packet.PacketLength, packet.ReceiveInterface, (ulong)packet.ChecksumFlags, packet.ChecksumData, packet.FlowId,
        (ulong)packet.HashType, packet.VlanTag, packet.RoutingTable, packet.SegmentSize, packet.Layer2HeaderLength,
        packet.Layer3HeaderLength, packet.Layer4HeaderLength, packet.Layer5HeaderLength, packet.ReceiveTimestamp,
    ];
}
