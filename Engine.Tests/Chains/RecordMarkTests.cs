using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>The mark that a record ends, and the label of an mbuf, go where the bytes go.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class RecordMarkTests(ArenaKind kind) : MbufFixture(kind)
{
    public enum Way
    {
        Append,
        Extend,
        CopyBack,
        Write,
        AppendBitByBit,
    }

    /// <summary>One append, whatever room there is, whether it was reserved before or after the mark, and who else has the storage.</summary>
    [Test]
    public void A_record_grows_with_what_is_appended_and_ends_behind_it(
        [Values] Way way, [Values(5, 300, 3000, 7000)] int count, [Values] bool reservedBefore, [Values] bool reservedAfter, [Values] bool shared)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(6));
        Assert.That(!reservedBefore || packet.TryAddRoom(count));
        packet.Flags |= MbufFlags.EndOfRecord;
        Assert.That(!reservedAfter || packet.TryAddRoom(count));
        using MbufChain share = shared ? packet.Share() : mbufs.AllocateMbuf();
        Grow(packet, Pattern(count, seed: 2), way);

        ChainAssert.Holds(packet, [.. Pattern(6), .. Pattern(count, seed: 2)]);
        Assert.That(Marks(packet), Is.EqualTo(new[] { 6 + count }));
    }

    [Test]
    public void Joined_chains_keep_their_records([Values] bool isMarked)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(6));
        packet.Flags |= MbufFlags.EndOfRecord;
        MbufChain other = Packet(mbufs, Pattern(10, seed: 2));
        other.Flags |= isMarked ? MbufFlags.EndOfRecord : MbufFlags.None;
        packet.Append(other);

        Assert.That(Marks(packet), Is.EqualTo(isMarked ? new[] { 6, 16 } : [6]));
    }

    [Test]
    public void A_chain_that_is_empty_may_still_say_that_a_record_ends()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(6));
        MbufChain other = mbufs.AllocateMbuf();
        other.Flags |= MbufFlags.EndOfRecord;
        packet.Append(other);

        Assert.That((packet.SegmentCount, other.IsOwned), Is.EqualTo((1, false)));
        Assert.That(Marks(packet), Is.EqualTo(new[] { 6 }));
    }

    [Test]
    public void Records_and_labels_survive_every_other_layout([Values("pull up", "pull down", "collapse", "defragment", "fragment")] string what)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Records(mbufs);
        int[] marks = [100, 300, 600];
        switch (what)
        {
            case "pull up":
                Assert.That(packet.TryPullUp(100, out _));
                break;
            case "pull down":
                Assert.That(packet.TryPullDown(310, 20, out ReadOnlySpan<byte> _));
                break;
            case "collapse":
                Assert.That(packet.TryCollapse(3));
                break;
            case "defragment":
                Assert.That(packet.TryDefragment());
                marks = [600];
                break;
            default:
                Assert.That(packet.TrySplitSegments(100));
                break;
        }

        Assert.That(Marks(packet), Is.EqualTo(marks));
    }

    /// <summary>Room behind the last byte has the mark for it, and goes its own way.</summary>
    [Test]
    public void A_mark_on_room_is_that_of_the_last_byte()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        packet.Flags |= MbufFlags.EndOfRecord;
        Assert.That(packet.TryAddRoom(100));
        Assert.That(packet.TryShare(0, MbufSizes.CopyAll, out MbufChain share));
        Assert.That(packet.TryMakeWritable(0, 1));
        Assert.That(Marks(packet), Is.EqualTo(new[] { 10 }));
        Assert.That(packet.TrySplit(10, out MbufChain rest));
        Assert.That((Marks(packet), Marks(share), Marks(rest)), Is.EqualTo((new[] { 10 }, new[] { 10 }, Array.Empty<int>())));
        packet.Append(Packet(mbufs, Pattern(5)));
        packet.TrimEnd(5);
        Assert.That(Marks(packet), Is.EqualTo(new[] { 10 }));
        share.Free();
        rest.Free();
    }

    [Test]
    public void A_share_has_the_records_and_labels()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Records(mbufs);
        using MbufChain share = packet.Share();

        Assert.That(Marks(share), Is.EqualTo(Marks(packet)));
        Assert.That(Labels(share), Is.EqualTo(Labels(packet)));
    }

    [Test]
    public void What_a_trim_leaves_has_its_label_and_its_records()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Records(mbufs);
        Assert.That(packet.TrimStart(100), Is.EqualTo(100));
        Assert.That(packet.Type, Is.EqualTo(MbufType.Control));
        MbufChain more = mbufs.AllocateMbufWithCluster();
        more.Type = MbufType.Control;
        Assert.That(more.TryAppend([1]));
        packet.AppendKeepingPacketLength(more);

        Assert.That(Marks(packet), Is.EqualTo(new[] { 200, 500 }));
    }

    private static MbufChain Records(in MbufScope mbufs)
    {
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.Type = MbufType.Header;
        Assert.That(packet.TryAppend(Pattern(100)));
        packet.Flags |= MbufFlags.EndOfRecord;
        for (int i = 0; i < 2; i++)
        {
            MbufChain next = mbufs.AllocateMbufWithCluster();
            Assert.That(next.TryAppend(Pattern(200 + (100 * i))));
            next.Type = MbufType.Control;
            next.Flags |= MbufFlags.EndOfRecord;
            packet.Append(next);
        }

        return packet;
    }

    private static void Grow(MbufChain packet, byte[] bytes, Way way)
    {
        switch (way)
        {
            case Way.Append:
                Assert.That(packet.TryAppend(bytes));
                break;
            case Way.Extend:
                Assert.That(packet.TryAppend(bytes.Length, out Span<byte> room));
                bytes.CopyTo(room);
                break;
            case Way.CopyBack:
                Assert.That(packet.TryCopyFrom(6, bytes));
                break;
            case Way.Write:
                MbufWriter writer = packet.GetWriter();
                Assert.That(writer.TrySeek(6) && writer.TryWrite(bytes));
                break;
            default:
                for (int start = 0; start < bytes.Length; start += 97)
                {
                    Assert.That(packet.TryAppend(bytes.AsSpan(start, Math.Min(97, bytes.Length - start))));
                }

                break;
        }
    }

    /// <summary>Behind how many bytes records end; an empty mbuf says it of the bytes before it.</summary>
    private static int[] Marks(MbufChain packet)
    {
        var marks = new List<int>();
        int end = 0;
        MbufPosition position = packet.Start;
        do
        {
            end += position.Segment.Length;
            if ((position.Flags & MbufFlags.EndOfRecord) != 0)
            {
                marks.Add(end);
            }
        }
        while (position.TryGetNext(out position));
        return [.. marks];
    }

    private static MbufType[] Labels(MbufChain packet)
    {
        var labels = new List<MbufType>();
        MbufPosition position = packet.Start;
        do
        {
            labels.Add(position.Type);
        }
        while (position.TryGetNext(out position));
        return [.. labels];
    }
}
