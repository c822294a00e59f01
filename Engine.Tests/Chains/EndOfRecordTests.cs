using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>The mark that a chain's last mbuf ends a record stays with the last mbuf, whichever that becomes.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class EndOfRecordTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Trimmed_at_the_start([Values(0, 5, 10, 15, 30, 45, 60)] int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Record(mbufs, Segment.Internal(10), Segment.Cluster(20), Segment.Cluster(30));
        packet.TrimStart(count);
        EndsRecord(packet);
    }

    [Test]
    public void Trimmed_at_the_end([Values(0, 5, 30, 35, 50, 60)] int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Record(mbufs, Segment.Internal(10), Segment.Cluster(20), Segment.Cluster(30));
        packet.TrimEnd(count);
        EndsRecord(packet);
    }

    [Test]
    public void Made_contiguous([Values(10, 25, 30, 45, 60)] int length, [Values] bool copied)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Record(mbufs, Segment.Internal(10), Segment.Shared(20), Segment.Cluster(30));
        Assert.That(copied ? packet.TryCopyUp(length, 0, out _) : packet.TryPullUp(length, out _));
        EndsRecord(packet);
    }

    [Test]
    public void Pulled_down_into_the_last_mbuf([Values(0, 5)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Record(mbufs, Segment.Shared(10), Segment.Cluster(30, lead: 100));
        Assert.That(packet.TryPullDown(offset, 40 - offset, out ReadOnlySpan<byte> _));
        Assert.That(packet.SegmentCount, Is.EqualTo(offset == 0 ? 1 : 2));
        EndsRecord(packet);
    }

    [Test]
    public void Pulled_down_out_of_the_last_mbuf()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Record(mbufs, Segment.Internal(10), Segment.Internal(20), Segment.Shared(30));
        Assert.That(packet.TryPullDown(15, 45, out ReadOnlySpan<byte> _));
        Assert.That(packet.SegmentCount, Is.EqualTo(2));
        EndsRecord(packet);
    }

    [Test]
    public void Laid_out_anew_with_fresh_storage([Range(0, 4)] int verb)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Record(mbufs, Segment.Shared(100), Segment.Shared(200), Segment.Shared(300));
        Assert.That(verb switch
        {
            0 => packet.TryDefragment(),
            1 => packet.TrySplitSegments(7),
            2 => packet.TryCollapse(1),
            3 => packet.TryUnshare(),
            _ => packet.TryMakeWritable(0, 600),
        });
        EndsRecord(packet);
    }

    [Test]
    public void Collapsed_into_room_that_is_there([Values(1, 2)] int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Record(mbufs, Segment.Cluster(100), Segment.Cluster(200), Segment.Cluster(300));
        Assert.That(packet.TryCollapse(segments));
        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
        EndsRecord(packet);
    }

    [Test]
    public void Laid_out_anew_from_one_mbuf_to_several()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(500));
        packet.Flags |= MbufFlags.EndOfRecord;
        Assert.That(packet.TrySplitSegments(100));
        EndsRecord(packet);
        Assert.That(packet.TryPullUp(500, out _));
        EndsRecord(packet);
    }

    [Test]
    public void Split_off()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Record(mbufs, Segment.Internal(10), Segment.Cluster(30));
        Assert.That(packet.TrySplit(10, out MbufChain rest));
        using MbufChain owned = rest;
        EndsRecord(owned);
        Assert.That(packet.Flags.HasFlag(MbufFlags.EndOfRecord), Is.False);
    }

    /// <summary>A packet whose last mbuf was joined behind the others, with its mark.</summary>
    private MbufChain Record(in MbufScope mbufs, params Segment[] layout)
    {
        MbufChain packet = Build(mbufs, Pattern(layout[..^1].Sum(static segment => segment.Length)), layout[..^1]);
        MbufChain last = BuildPlain(mbufs, Pattern(layout[^1].Length), layout[^1]);
        last.Flags |= MbufFlags.EndOfRecord;
        packet.AppendKeepingPacketLength(last);
        packet.FixPacketLength();
        EndsRecord(packet);
        return packet;
    }

    private static void EndsRecord(in MbufChain packet)
    {
        MbufPosition position = packet.Start;
        bool isLast;
        do
        {
            bool isMarked = position.Flags.HasFlag(MbufFlags.EndOfRecord);
            isLast = !position.TryGetNext(out MbufPosition next);
            Assert.That(isMarked, Is.EqualTo(isLast), "The last mbuf is marked, and no other.");
            position = next;
        }
        while (!isLast);
    }
}
