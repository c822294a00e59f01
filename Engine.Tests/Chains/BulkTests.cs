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

    /// <summary>What the loaded magazine has, the other one, one of the depot, and more than these.</summary>
    [Test]
    public void Bursts_across_magazines_name_each_packet_once([Values(65, 127, 128, 129, 192, 193, 256, 400)] int count)
    {
        MbufArena arena = NewArena(mbufs: 512, clusters: 512);
        using MbufScope mbufs = arena.Enter();
        var all = new Mbuf[512];
        var packets = new Mbuf[count];
        for (int round = 0; round < 5; round++)
        {
            Assert.That(mbufs.TryAllocatePackets(all));
            mbufs.Free(all);
            Assert.That(mbufs.TryAllocatePackets(packets.AsSpan(0, round)), "From now on the loaded magazine is not full.");
            Assert.That(mbufs.TryAllocatePackets(packets.AsSpan(round)));
            Assert.That(packets.Distinct().Count(), Is.EqualTo(count));
            Assert.That(packets.Select(arena.StateOf), Is.All.EqualTo(MbufState.Live));
            Assert.That(arena.LiveMbufs, Is.EqualTo(count));
            Assert.That(mbufs.TryAllocatePackets(all.AsSpan(count - 1)), Is.False, "One more than there are.");
            Assert.That(mbufs.TryAllocatePackets(all.AsSpan(count)));
            Assert.That(packets.Concat(all[count..]).Distinct().Count(), Is.EqualTo(512));
            mbufs.Free(all.AsSpan(count));
            mbufs.Free(packets);
        }
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
            mbufs.AllocateMbuf().Detach(),
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

    /// <summary>Where there are more headers than caches hold, they are asked for in advance, 64 at a time.</summary>
    [Test]
    public void In_a_large_arena_too_all_that_is_live_is_freed_and_the_first_wrong_handle_reported(
        [Values(0, 1, 62, 63, 64, 65, 127, 128, 199)] int wrong)
    {
        MbufArena arena = NewArena(mbufs: 300_000, clusters: 256);
        using MbufArena other = NewArena(mbufs: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufScope others = other.Enter();
        Assert.That(mbufs.Cache.Hot.IsFarReaching);
        var packets = new Mbuf[200];
        Assert.That(mbufs.TryAllocatePackets(packets));
        for (int i = 0; i < packets.Length; i += 1 + (i % 7))
        {
            mbufs.Free(packets.AsSpan(i, 1));
            packets[i] = i % 2 == 0 ? default : mbufs.AllocatePacket(3000).Detach();
        }

        Mbuf foreign = others.AllocateMbuf().Detach();
        mbufs.Free(packets.AsSpan(wrong, 1));
        packets[wrong] = foreign;
        Mbuf[] twice = [.. packets, .. packets];

        Expect.Throws<MbufForeignException>(mbufs, scope => scope.Free(twice));
        Assert.That((arena.LiveMbufs, other.LiveMbufs), Is.EqualTo((0, 1)));
        others.Free([foreign]);
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
        Mbuf foreign = others.AllocateMbuf().Detach();
        Mbuf own = mbufs.AllocateMbuf().Detach();

        Expect.Throws<MbufForeignException>(mbufs, scope => scope.Free([foreign, own]));
        Assert.That((Arena.LiveMbufs, other.LiveMbufs), Is.EqualTo((0, 1)));
        others.Free([foreign]);
    }
}
