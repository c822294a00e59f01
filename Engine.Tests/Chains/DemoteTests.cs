using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class DemoteTests(ArenaKind kind) : MbufFixture(kind)
{
    private const MbufFlags Some =
        MbufFlags.EndOfRecord | MbufFlags.Broadcast | MbufFlags.Protocol1 | MbufFlags.Protocol6 | MbufFlags.VlanTag;

    private const MbufFlags Header = MbufFlags.PacketHeader;
    private const MbufFlags External = MbufFlags.External;
    private const MbufFlags ExternalReadOnly = MbufFlags.External | MbufFlags.ReadOnly;

    private static readonly byte[] s_bytes = Pattern(600);

    [Test]
    public void A_packet_becomes_a_chain_without_header_tags_and_flags()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Flagged(mbufs);

        packet.Demote();
        AssertNoHeader(packet);
        Assert.That(FlagsOfAll(packet), Is.EqualTo(new[] { External, External, ExternalReadOnly, MbufFlags.None }));
    }

    [Test]
    public void Flags_to_keep_stay_where_they_are_set()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Flagged(mbufs);

        const MbufFlags Kept = MbufFlags.EndOfRecord | MbufFlags.Protocol6;
        packet.Demote(Kept | MbufFlags.Multicast | MbufFlags.PacketHeader | MbufFlags.External);
        AssertNoHeader(packet);
        Assert.That(FlagsOfAll(packet), Is.EqualTo(new[] { Kept | External, Kept | External, Kept | ExternalReadOnly, Kept }));
    }

    [Test]
    public void The_head_keeps_header_and_flags_if_only_the_others_are_demoted(
        [Values(MbufFlags.None, MbufFlags.Broadcast)] MbufFlags keep)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Flagged(mbufs);

        packet.DemoteInterior(keep);
        Assert.That((packet.HasPacketHeader, packet.PacketLength, packet.FlowId, packet.VlanTag), Is.EqualTo((true, 600, 9u, (ushort)5)));
        Assert.That(packet.TryFindTag(7, 8, out MbufTag tag) && tag.Length == 300);
        ChainAssert.Holds(packet, s_bytes);
        Assert.That(FlagsOfAll(packet), Is.EqualTo(new[] { Some | Header | External, keep | External, keep | ExternalReadOnly, keep }));
    }

    [Test]
    public void The_mark_of_a_header_that_got_inside_a_chain_goes([Values] bool all)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Flagged(mbufs);
        uint second = packet.VerifiedHead().Next;
        packet.Cache.Hot.Memory.Header(second).Flags |= HeaderFlags.PacketHeader;
        Assert.That(packet.IsSane(out _), Is.False);

        if (all)
        {
            packet.Demote();
        }
        else
        {
            packet.DemoteInterior();
        }

        Assert.That(packet.IsSane(out string? problem), problem);
        Assert.That(packet.HasPacketHeader, Is.Not.EqualTo(all));
    }

    [Test]
    public void Only_the_header_is_removed()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Flagged(mbufs);

        packet.RemovePacketHeader();
        AssertNoHeader(packet);
        Assert.That(FlagsOfAll(packet), Is.EqualTo(new[] { Some | External, Some | External, Some | ExternalReadOnly, Some }));
    }

    [Test]
    public void A_pair_whose_header_was_removed_is_freed_as_a_pair_again()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        packet.VlanTag = 5;
        packet.RemovePacketHeader();

        Assert.That(packet.VerifiedHead().Flags & HeaderFlags.SlowFree, Is.Zero, "The mark that sends free the long way.");
        packet.Free();
    }

    [Test]
    public void Flags_of_protocols_are_cleared_on_every_mbuf_and_no_others()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Flagged(mbufs);

        packet.ClearProtocolFlags();
        const MbufFlags Left = MbufFlags.EndOfRecord | MbufFlags.Broadcast | MbufFlags.VlanTag;
        Assert.That(FlagsOfAll(packet), Is.EqualTo(new[] { Left | Header | External, Left | External, Left | ExternalReadOnly, Left }));
        Assert.That((packet.FlowId, packet.VlanTag), Is.EqualTo((9u, (ushort)5)));
        ChainAssert.Holds(packet, s_bytes);
    }

    [Test]
    public void A_chain_without_header_has_flags_to_lose_and_no_header()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(20), Segment.Internal(10), Segment.Cluster(10));
        chain.Flags |= MbufFlags.EndOfRecord;
        ChainSnapshot before = ChainSnapshot.Of(chain);

        Expect.Throws<InvalidOperationException>(chain, static one => one.RemovePacketHeader());
        Expect.Throws<InvalidOperationException>(chain, static one => one.FixPacketLength());
        before.AssertUnchanged(chain);
        chain.DemoteInterior();
        before.AssertUnchanged(chain);
        chain.Demote();
        Assert.That(chain.Flags, Is.EqualTo(MbufFlags.None));
        ChainAssert.Holds(chain, Pattern(20));
    }

    [Test]
    public void Nothing_of_it_needs_memory_and_shared_storage_stays_shared()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(20), Segment.Shared(10), Segment.Internal(10));
        Hoard hoard = Hoard.OfEverything(mbufs);

        packet.Flags |= Some;
        packet.ClearProtocolFlags();
        packet.DemoteInterior();
        packet.Demote();
        Assert.That((packet.IsWritable, packet.ReferenceCount), Is.EqualTo((false, 2)));
        ChainAssert.Holds(packet, Pattern(20));
        hoard.Release(mbufs);
    }

    [Test]
    public void A_lost_header_leaves_nothing_to_the_next()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Flagged(mbufs);
        packet.ReceiveInterface = 3;
        packet.Demote();
        using MbufChain head = mbufs.AllocatePacketWithoutCluster();
        head.Append(packet);

        Assert.That(head.TrySplit(0, out MbufChain rest));
        using (rest)
        {
            Assert.That(rest.FlowId + rest.VlanTag + rest.ReceiveInterface + (uint)rest.HashType, Is.Zero);
            ChainAssert.Holds(rest, s_bytes);
        }
    }

    /// <summary>A packet of four mbufs, with flags on each of them, fields and a tag.</summary>
    private MbufChain Flagged(in MbufScope mbufs)
    {
        MbufChain packet = Build(
            mbufs, s_bytes, Segment.Cluster(100), Segment.Shared(200), Segment.ReadOnly(250), Segment.Internal(50));
        packet.Flags |= Some;
        for (uint index = packet.VerifiedHead().Next; index != 0; index = packet.Cache.Hot.Memory.Header(index).Next)
        {
            packet.Cache.Hot.Memory.Header(index).Flags |= (uint)Some;
        }

        packet.FlowId = 9;
        packet.VlanTag = 5;
        packet.PrependTag(mbufs.AllocateTag(7, 8, 300));
        return packet;
    }

    private void AssertNoHeader(MbufChain packet)
    {
        Assert.That((packet.HasPacketHeader, packet.PacketLength, packet.FlowId, packet.VlanTag), Is.EqualTo((false, 0, 0u, (ushort)0)));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(4 + 1), "The tag is freed; the share of one segment is not.");
        ChainAssert.Holds(packet, s_bytes);
    }

    private static MbufFlags[] FlagsOfAll(MbufChain packet)
    {
        var flags = new List<MbufFlags>();
        for (uint index = packet.Index; index != 0; index = packet.Cache.Hot.Memory.Header(index).Next)
        {
            ref MbufHeader header = ref packet.Cache.Hot.Memory.Header(index);
            flags.Add((MbufFlags)(header.Flags & 0x00FF_FFFF) | (header.IsInternal ? MbufFlags.None : External));
        }

        return [.. flags];
    }
}
