using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>
/// A few bytes written into a long mbuf that may not be written: it is cut, they are copied, and the rest of it stays where it is.
/// </summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed partial class CutOnWriteTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Dictionary<string, int> s_storages = new()
    {
        ["cluster"] = 2048,
        ["page"] = 4096,
        ["jumbo9"] = 9216,
        ["jumbo16"] = 16_384,
        ["managed"] = 20_000,
        ["managed, read-only"] = 5000,
        ["native"] = 40_000,
        ["native, read-only"] = 3000,
        ["counted by the caller"] = 6000,
    };

    private static readonly string[] s_verbs = ["TryCopyFrom", "writer", "TryMakeWritable", "TryTransform"];

    [Test]
    public void Only_the_range_is_copied_and_nobody_else_sees_it(
        [ValueSource(nameof(s_verbs))] string verb, [Values(0, 1, 2, 3, 4, 5, 6, 7, 8)] int storage)
    {
        (string name, int length) = s_storages.ElementAt(storage);
        int[] starts = [0, 1, 127, 128, 129, 189, 192, 193, length / 2, length - 2049, length - 193, length - 4, length - 1];
        int[] lengths = [1, 4, 192, 193, 2047, 2048, 2049, length];
        foreach (int offset in starts.Where(static start => start >= 0))
        {
            foreach (int count in lengths.Select(count => Math.Min(count, length - offset)).Distinct())
            {
                AssertWritten(verb, name, length, offset, count);
            }
        }
    }

    [Test]
    public void Across_the_borders_of_several_each_is_cut_where_the_range_ends([ValueSource(nameof(s_verbs))] string verb)
    {
        foreach ((int offset, int count) in new[] { (0, 41_100), (4000, 9500), (4096, 9216), (4000, 100), (9000, 30_000), (41_000, 50) })
        {
            using MbufScope mbufs = Arena.Enter();
            byte[] bytes = Pattern(41_100);
            using MbufChain packet = Build(
                mbufs, bytes, Segment.Jumbo(MbufClusterSize.Page, 4096), Segment.Empty, Segment.Jumbo(MbufClusterSize.Jumbo9, 9216),
                Segment.Jumbo(MbufClusterSize.Jumbo16, 16_384), Segment.EmptyCluster, Segment.Cluster(2000),
                Segment.Jumbo(MbufClusterSize.Jumbo9, 9216), Segment.Internal(188));
            using MbufChain share = packet.Share();
            var oracle = new ByteOracle(hasHeader: true, bytes);
            byte[] written = Pattern(count, seed: 2);
            oracle.CopyBack(offset, written);

            Assert.That(Write(verb, packet, offset, written), $"{count} at {offset}");
            ChainAssert.Holds(packet, oracle.ToArray());
            ChainAssert.Holds(share, bytes);
        }
    }

    [Test]
    public void Four_bytes_take_one_plain_mbuf_for_them_and_no_cluster([ValueSource(nameof(s_verbs))] string verb)
    {
        foreach ((int offset, int[] lengths) in new[]
        {
            (0, new[] { Front, 16_384 - Front }),
            (5000, new[] { 5000, 192, 11_192 }),
            (16_380, new[] { 16_380, 4 }),
            (16_300, new[] { 16_300, 84 }),
        })
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = Build(mbufs, Pattern(16_384), Segment.Jumbo(MbufClusterSize.Jumbo16, 16_384));
            using MbufChain share = packet.Share();
            MbufStatistics before = Arena.GetStatistics();

            Assert.That(Write(verb, packet, offset, [1, 2, 3, 4]));
            MbufStatistics after = Arena.GetStatistics();
            Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(lengths));
            Assert.That(after.Mbufs.Current - before.Mbufs.Current, Is.EqualTo(lengths.Length - 1));
            Assert.That(after.Clusters.Current + after.PageClusters.Current + after.Jumbo9Clusters.Current, Is.Zero);
            Assert.That(after.Jumbo16Clusters.Current, Is.EqualTo(1));
            Assert.That(share.ReferenceCount, Is.EqualTo(offset == 5000 ? 3 : 2));
        }
    }

    /// <summary>As much of the internal buffer as leaves the usual headroom.</summary>
    private int Front => Kind.Headroom is 0 or >= MbufSizes.InternalSize ? 192 : 192 - Kind.Headroom;

    [Test]
    public void Bit_by_bit_a_long_share_becomes_the_packets_own_in_whole_buffers()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(16_384), Segment.Jumbo(MbufClusterSize.Jumbo16, 16_384));
        using MbufChain share = packet.Share();
        byte[] other = Pattern(16_384, seed: 2);
        MbufWriter writer = packet.GetWriter();
        for (int offset = 0; offset < other.Length; offset += 4)
        {
            Assert.That(writer.TryWrite(other.AsSpan(offset, 4)));
        }

        Assert.That(packet.SegmentCount, Is.LessThanOrEqualTo((16_384 / 192) + 2));
        ChainAssert.Holds(packet, other);
        ChainAssert.Holds(share, Pattern(16_384));
    }

    [Test]
    public void The_mark_of_a_record_goes_with_its_last_byte_and_labels_with_all([Values(0, 5000, 16_380)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(16_384), Segment.Jumbo(MbufClusterSize.Jumbo16, 16_384));
        packet.Type = MbufType.Control;
        packet.Flags |= MbufFlags.EndOfRecord;
        packet.FlowId = 7;
        using MbufChain share = packet.Share();

        Assert.That(packet.TryCopyFrom(offset, [1, 2, 3, 4]));
        MbufPosition position = packet.Start;
        int marks = 0;
        do
        {
            Assert.That(position.Type, Is.EqualTo(MbufType.Control));
            marks += (position.Flags & MbufFlags.EndOfRecord) != 0 ? 1 : 0;
        }
        while (position.TryGetNext(out position));
        Assert.That((marks, packet.LastSegment.Flags & MbufFlags.EndOfRecord), Is.EqualTo((1, MbufFlags.EndOfRecord)));
        Assert.That((packet.FlowId, packet.HasPacketHeader, packet.PacketLength), Is.EqualTo((7u, true, 16_384)));
    }

    [Test]
    public void The_mark_is_at_the_end_of_what_was_appended()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(16_384), Segment.Jumbo(MbufClusterSize.Jumbo16, 16_384));
        packet.Flags |= MbufFlags.EndOfRecord;
        using MbufChain share = packet.Share();
        var oracle = new ByteOracle(hasHeader: true, Pattern(16_384));
        oracle.CopyBack(16_300, Pattern(500, seed: 2));

        Assert.That(packet.TryCopyFrom(16_300, Pattern(500, seed: 2)));
        Assert.That(packet.TryGetPosition(16_799, out MbufPosition last));
        Assert.That((last.Flags & MbufFlags.EndOfRecord, last.Span.Length), Is.EqualTo((MbufFlags.EndOfRecord, 1)));
        Assert.That(packet.Flags & MbufFlags.EndOfRecord, Is.EqualTo(MbufFlags.None));
        ChainAssert.Holds(packet, oracle.ToArray());
        ChainAssert.Holds(share, Pattern(16_384));
    }

    [Test]
    public void A_position_before_the_range_stays_right_and_a_reader_goes_on()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(16_384);
        using MbufChain packet = Build(mbufs, bytes, Segment.Jumbo(MbufClusterSize.Jumbo16, 16_384));
        using MbufChain share = packet.Share();
        Assert.That(packet.TryGetPosition(4999, out MbufPosition position));
        MbufReader reader = packet.GetReader();
        Assert.That(reader.TryAdvance(4000));

        Assert.That(packet.TryCopyFrom(5000, [1, 2, 3, 4]));
        Assert.That((position.Offset, position.Span.ToArray()), Is.EqualTo((4999, new[] { bytes[4999] })));
        byte[] read = new byte[12_384];
        Assert.That(reader.TryRead(read));
        byte[] now = ChainAssert.Bytes(packet);
        Assert.That(read, Is.EqualTo(now[4000..]));
    }

    [Test]
    public void Each_allocation_can_fail_and_nothing_is_left_behind([ValueSource(nameof(s_verbs))] string verb)
    {
        foreach ((int offset, int count, int taken) in new[] { (0, 4, 2), (5000, 4, 2), (16_380, 4, 1), (5000, 300, 2) })
        {
            using MbufScope mbufs = Arena.Enter();
            byte[] bytes = Pattern(16_384);
            using MbufChain packet = Build(mbufs, bytes, Segment.Jumbo(MbufClusterSize.Jumbo16, 16_384));
            using MbufChain share = packet.Share();
            Assert.That(EachAllocation.Fails(packet, chain => Write(verb, chain, offset, new byte[count])), Is.EqualTo(taken));
            ChainAssert.Holds(share, bytes);
        }
    }

    [Test]
    public void The_references_of_all_parts_end_with_them([Values] bool callerCounts)
    {
        using var attachment = new Attachment(10_000);
        attachment.Counter = 1;
        Pattern(10_000).CopyTo(attachment.Bytes);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.DangerousTryAttachExternal(
            attachment.Describe(callerCounts ? MbufExternalType.CallerCounted : MbufExternalType.Module, MbufFlags.ReadOnly), 10_000));
        Assert.That(packet.TryCopyFrom(2000, [1]));
        Assert.That(packet.TryCopyFrom(7000, [2]));
        Assert.That((packet.SegmentCount, packet.ReferenceCount), Is.EqualTo((5, 3)));
        Assert.That(packet.IsWritable, Is.False, "What is read-only stays so.");
        Assert.That(attachment.Bytes.SequenceEqual(Pattern(10_000)));
        Assert.That(packet.TrimStart(5000), Is.EqualTo(5000));
        Assert.That((packet.ReferenceCount, attachment.Calls), Is.EqualTo((2, 0)));
        Assert.That(packet.TryUnshare());
        Assert.That(packet.IsWritable);
        packet.Free();
        Assert.That((attachment.Calls, attachment.Wrong, attachment.Counter), Is.EqualTo((1, 0, callerCounts ? 0 : 1)));
    }
}
