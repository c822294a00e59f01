using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>The hole that the compiler leaves open, a span used in the same block after its packet is gone, and how checked mode shows it.</summary>
public sealed class StaleSpanTests() : MbufFixture(new ArenaKind(Headroom: 128, Checked: true))
{
    [Test]
    public void What_is_read_through_a_stale_span_is_poison([Values(SegmentKind.Internal, SegmentKind.Cluster, SegmentKind.Jumbo9)] SegmentKind kind)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(100), new Segment(kind, 100));
        ReadOnlySpan<byte> span = packet.FirstSpan;
        packet.Free();

        Assert.That(span.IndexOfAnyExcept(Quarantine.Poison), Is.EqualTo(-1));
    }

    [Test]
    public void What_is_written_through_a_stale_span_is_found_before_the_storage_is_used_again(
        [Values(SegmentKind.Internal, SegmentKind.Cluster, SegmentKind.Jumbo9)] SegmentKind kind)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(100), new Segment(kind, 100));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        packet.Free();
        span[50] = 1;

        var taken = new List<Mbuf>();
        Expect.Throws<MbufCorruptionException>(mbufs, scope => TakeAll(scope, taken));
        mbufs.Free(taken.ToArray());
    }

    [Test]
    public void A_span_of_storage_that_another_packet_still_refers_to_is_not_poisoned()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(500);
        MbufChain packet = Packet(mbufs, bytes);
        using MbufChain share = packet.Share();
        packet.Free();

        ChainAssert.Holds(share, bytes);
    }

    private static void TakeAll(in MbufScope mbufs, List<Mbuf> taken)
    {
        for (MbufChain chain = mbufs.AllocatePacket(MbufClusterSize.Jumbo9); !chain.IsNull; chain = mbufs.AllocatePacket(MbufClusterSize.Jumbo9))
        {
            taken.Add(chain.Detach());
        }

        for (MbufChain chain = mbufs.AllocateMbuf(); !chain.IsNull; chain = mbufs.AllocateMbuf())
        {
            taken.Add(chain.Detach());
        }
    }
}
