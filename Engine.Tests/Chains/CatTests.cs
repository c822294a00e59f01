using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>AppendKeepingPacketLength: as Append, with what m_cat does otherwise.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CatTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void The_bytes_are_joined_and_the_packet_length_stays()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1200);
        using MbufChain packet = Build(mbufs, bytes[..400], Segment.Internal(100), Segment.Cluster(300), Segment.Empty);
        MbufChain other = BuildPlain(mbufs, bytes[400..], Segment.Empty, Segment.Shared(700), Segment.Internal(100));
        Hoard hoard = Hoard.OfEverything(mbufs);

        packet.AppendKeepingPacketLength(other);
        Assert.That((packet.PacketLength, packet.Length, other.IsOwned), Is.EqualTo((400, 1200, false)));
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 100, 300, 0, 0, 700, 100 }));
        ChainAssert.HoldsWhateverTheHeaderSays(packet, bytes);
        Assert.That(packet.FixPacketLength(), Is.EqualTo(1200));
        ChainAssert.Holds(packet, bytes);
        hoard.Release(mbufs);
    }

    [Test]
    public void Chains_without_header_are_joined()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocateMbuf();
        chain.AppendKeepingPacketLength(mbufs.AllocateMbuf());
        chain.AppendKeepingPacketLength(BuildPlain(mbufs, Pattern(10), Segment.ReadOnly(10)));
        chain.AppendKeepingPacketLength(mbufs.AllocateMbuf());

        Assert.That((chain.SegmentCount, chain.PacketLength), Is.EqualTo((2, 0)), "Empty chains are not joined.");
        ChainAssert.Holds(chain, Pattern(10));
        Assert.That(chain.TryAppend([1, 2, 3]));
        ChainAssert.Holds(chain, [.. Pattern(10), 1, 2, 3]);
    }

    [Test]
    public void A_header_behind_is_dropped_with_its_tags_and_other_flags_stay()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain other = Packet(mbufs, Pattern(20));
        other.Flags |= MbufFlags.EndOfRecord | MbufFlags.ReadOnly;
        other.PrependTag(mbufs.AllocateTag(7, 8, 9));

        packet.AppendKeepingPacketLength(other);
        Assert.That((Arena.LiveMbufs, packet.PacketLength), Is.EqualTo((2, 10)));
        packet.FreeFirstSegment(out MbufChain rest);
        using (rest)
        {
            Assert.That(rest.Flags, Is.EqualTo(MbufFlags.EndOfRecord | MbufFlags.ReadOnly | MbufFlags.External));
            ChainAssert.Holds(rest, Pattern(20));
        }
    }

    [Test]
    public void Room_that_was_asked_for_is_not_filled_any_more_when_bytes_come_behind_it()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(5000);
        packet.AppendKeepingPacketLength(Packet(mbufs, Pattern(10)));
        Assert.That(packet.TryAppend(Pattern(10, seed: 2)));

        packet.FixPacketLength();
        ChainAssert.Holds(packet, [.. Pattern(10), .. Pattern(10, seed: 2)]);
    }

    [Test]
    public void Types_must_be_the_same()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        using MbufChain other = Packet(mbufs, Pattern(20));
        other.Type = MbufType.Control;
        ChainSnapshot before = ChainSnapshot.Of(packet);
        ChainSnapshot beforeOther = ChainSnapshot.Of(other);

        Expect.Throws<ArgumentException>(packet, other, static (chain, behind) => chain.AppendKeepingPacketLength(behind));
        before.AssertUnchanged(packet);
        beforeOther.AssertUnchanged(other);
        packet.Type = MbufType.Control;
        packet.AppendKeepingPacketLength(other);
        Assert.That((packet.Length, packet.Type), Is.EqualTo((30, MbufType.Control)));
    }

    [Test]
    public void Itself_null_stale_and_foreign_chains_are_mistakes()
    {
        MbufArena arena = NewArena(mbufs: 4, clusters: 4);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        using MbufChain foreign = Packet(others, Pattern(10));
        MbufChain stale = Packet(mbufs, Pattern(10));
        stale.Free();
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Expect.Throws<ArgumentException>(packet, static chain => chain.AppendKeepingPacketLength(chain));
        Expect.Throws<NullReferenceException>(packet, static chain => chain.AppendKeepingPacketLength(default));
        Expect.Throws<MbufForeignException>(packet, foreign, static (chain, behind) => chain.AppendKeepingPacketLength(behind));
        Expect.Throws<MbufStaleException>(packet, stale, static (chain, behind) => chain.AppendKeepingPacketLength(behind));
        Expect.Throws<MbufStaleException>(stale, packet, static (chain, behind) => chain.AppendKeepingPacketLength(behind));
        before.AssertUnchanged(packet);
    }
}
