using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class BulkTests(ArenaKind kind) : MbufFixture(kind)
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(32)]
    [TestCase(63)]
    [TestCase(64)]
    public void Many_packets_are_allocated_at_once_and_freed_at_once(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        var packets = new Mbuf[count];
        for (int round = 0; round < 3; round++)
        {
            Assert.That(mbufs.TryAllocatePackets(packets));
            Assert.That(packets.Distinct().Count(), Is.EqualTo(count));
            Assert.That(Arena.LiveMbufs, Is.EqualTo(count));
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.Open(packets[i]);
                Assert.That((packet.Headroom, packet.Tailroom, packet.HasPacketHeader), Is.EqualTo((Kind.Headroom, 2048, true)));
                Assert.That(packet.TryAppend(Pattern(i)));
                ChainAssert.Holds(packet, Pattern(i));
                packets[i] = packet.Detach();
            }

            mbufs.Free(packets);
            Assert.That(Arena.LiveMbufs, Is.Zero);
        }
    }

    [Test]
    public void All_or_nothing_is_allocated_and_the_span_is_untouched_on_failure()
    {
        using MbufScope mbufs = Arena.Enter();
        var packets = new Mbuf[65];

        Assert.That(mbufs.TryAllocatePackets(packets), Is.False, "There are 64 clusters.");
        Assert.That(packets, Is.All.EqualTo(default(Mbuf)));
        Assert.That(Arena.LiveMbufs, Is.Zero);
        Assert.That(mbufs.TryAllocatePackets(packets.AsSpan(1)), "What the attempt took came back.");
        Assert.That(packets[0].IsNull);
        mbufs.Free(packets);
    }

    [Test]
    public void A_prefetch_changes_nothing_and_skips_what_names_no_packet()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufArena another = NewArena(mbufs: 4, clusters: 4);
        using MbufScope others = another.Enter();
        Mbuf foreign = others.AllocatePacket().Detach();
        MbufChain stale = mbufs.AllocatePacket();
        Mbuf gone = stale.Detach();
        mbufs.Free([gone]);
        Mbuf live = Build(mbufs, Pattern(300), Segment.Internal(100), Segment.Shared(200)).Detach();

        mbufs.Prefetch([]);
        mbufs.Prefetch([live, default, gone, foreign, live]);

        MbufChain packet = mbufs.Open(live);
        ChainAssert.Holds(packet, Pattern(300));
        packet.Free();
        others.Free([foreign]);
    }

    [Test]
    public void Free_skips_null_and_takes_chains_of_any_shape()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf[] packets =
        [
            default,
            Build(mbufs, Pattern(300), Segment.Internal(100), Segment.Shared(200)).Detach(),
            mbufs.Allocate().Detach(),
            default,
            mbufs.AllocatePacket(MbufClusterSize.Jumbo9).Detach(),
        ];
        mbufs.Free(packets);
        mbufs.Free([default, default]);
        mbufs.Free([]);
        FreePartners(mbufs);
        Assert.That(Arena.LiveMbufs, Is.Zero);
    }

    [Test]
    public void A_handle_that_is_wrong_does_not_keep_the_others_from_being_freed([Values(0, 2, 4)] int wrong)
    {
        using MbufScope mbufs = Arena.Enter();
        var packets = new Mbuf[5];
        Assert.That(mbufs.TryAllocatePackets(packets));
        mbufs.Open(packets[wrong]).Free();

        Expect.Throws<MbufDoubleFreeException>(mbufs, scope => scope.Free(packets));
        Assert.That(Arena.LiveMbufs, Is.Zero);
        Expect.Throws<MbufDoubleFreeException>(mbufs, scope => scope.Free(packets));
    }

    [Test]
    public void The_same_handle_twice_is_freed_once_and_reported()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf packet = mbufs.AllocatePacket().Detach();

        Expect.Throws<MbufDoubleFreeException>(mbufs, scope => scope.Free([packet, packet]));
        Assert.That(Arena.LiveMbufs, Is.Zero);
    }

    [Test]
    public void A_foreign_handle_is_reported_and_stays_alive()
    {
        MbufArena other = NewArena(mbufs: 2);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = other.Enter();
        Mbuf foreign = others.Allocate().Detach();
        Mbuf own = mbufs.Allocate().Detach();

        Expect.Throws<MbufForeignException>(mbufs, scope => scope.Free([foreign, own]));
        Assert.That((Arena.LiveMbufs, other.LiveMbufs), Is.EqualTo((0, 1)));
        others.Free([foreign]);
    }
}
