using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SegmentsTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Mbufs_without_data_are_skipped_wherever_they_are()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(2358);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Empty, Segment.EmptyCluster, Segment.Internal(10), Segment.Empty, Segment.Shared(2048), Segment.ReadOnly(300), Segment.Empty);
        var lengths = new List<int>();
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            lengths.Add(segment.Length);
        }

        Assert.That(lengths, Is.EqualTo(new[] { 10, 2048, 300 }));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void An_empty_chain_has_no_segments()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(10_000);
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            Assert.Fail($"There are {segment.Length} bytes in a chain without data.");
        }

        MbufChain.SegmentEnumerator walk = packet.Segments.GetEnumerator();
        Assert.That(walk.MoveNext(), Is.False);
        Assert.That(walk.MoveNext(), Is.False, "The end stays the end.");
        Assert.That(walk.Current.IsEmpty);
    }

    [Test]
    public void Every_walk_starts_at_the_beginning()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(30), Segment.Internal(10), Segment.Internal(20));
        MbufChain.SegmentEnumerable segments = packet.Segments;
        for (int i = 0; i < 2; i++)
        {
            MbufChain.SegmentEnumerator walk = segments.GetEnumerator();
            Assert.That(walk.MoveNext());
            Assert.That(walk.Current.Length, Is.EqualTo(10));
            Assert.That(walk.MoveNext());
            Assert.That(walk.Current.Length, Is.EqualTo(20));
            Assert.That(walk.MoveNext(), Is.False);
        }
    }

    [Test]
    public void A_walk_over_a_packet_that_is_freed_meanwhile_ends_with_an_exception()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(30), Segment.Internal(10), Segment.Internal(20));

        Expect.Throws<MbufStaleException>(packet, static chain =>
        {
            foreach (ReadOnlySpan<byte> segment in chain.Segments)
            {
                chain.Free();
            }
        });
    }

    [Test]
    public void A_walk_over_a_packet_that_is_given_away_meanwhile_ends_with_an_exception()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(30), Segment.Internal(10), Segment.Internal(20));
        using MbufChain first = mbufs.AllocatePacketWithoutCluster();

        Expect.Throws<MbufStaleException>(packet, first, static (chain, before) =>
        {
            foreach (ReadOnlySpan<byte> segment in chain.Segments)
            {
                before.Append(chain);
            }
        });
        ChainAssert.Holds(first, Pattern(30));
    }
}
