using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>TryShare: a range of one packet's bytes in another chain.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ShareRangeTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(60, lead: 30), Segment.EmptyCluster, Segment.Cluster(500), Segment.Shared(1), Segment.Empty,
        Segment.ReadOnly(100), Segment.External(200), Segment.Jumbo(MbufClusterSize.Jumbo9, 9000), Segment.Empty,
    ];

    [Test]
    public void Any_range_can_be_shared(
        [Values(0, 1, 59, 60, 61, 559, 560, 561, 860, 861, 9860)] int offset, [Values(1, 2, 59, 60, 501, 700, 1300)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(9861);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        bool inside = offset + length <= bytes.Length;

        Assert.That(packet.TryShare(offset, length, out MbufChain copy), Is.EqualTo(inside));
        Assert.That(copy.IsNull, Is.EqualTo(!inside));
        ChainAssert.Holds(packet, bytes);
        using (copy)
        {
            if (inside)
            {
                ChainAssert.Holds(copy, bytes.AsSpan(offset, length));
                Assert.That(copy.HasPacketHeader, Is.EqualTo(offset == 0));
                Assert.That(ChainAssert.Lengths(copy), Has.None.Zero, "No mbuf without bytes.");
            }
        }
    }

    [Test]
    public void Everything_from_an_offset_can_be_shared([Values(0, 1, 60, 560, 9860)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(9861);
        using MbufChain packet = Build(mbufs, bytes, s_layout);

        Assert.That(packet.TryShare(offset, MbufSizes.CopyAll, out MbufChain copy));
        using (copy)
        {
            ChainAssert.Holds(copy, bytes.AsSpan(offset));
        }
    }

    [TestCase(101, 0)]
    [TestCase(0, 101)]
    [TestCase(100, 1)]
    [TestCase(101, MbufSizes.CopyAll)]
    [TestCase(1, int.MaxValue - 1)]
    [TestCase(int.MaxValue, int.MaxValue - 1)]
    [TestCase(int.MaxValue, MbufSizes.CopyAll)]
    public void What_is_not_there_cannot_be_shared(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), Segment.Cluster(50), Segment.Internal(50));
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryShare(offset, length, out MbufChain copy), Is.False);
        Assert.That(copy.IsNull);
        before.AssertUnchanged(packet);
        Assert.That(packet.IsWritable, "Nothing is shared.");
    }

    [TestCase(0, 0)]
    [TestCase(50, 0)]
    [TestCase(100, 0)]
    [TestCase(100, MbufSizes.CopyAll)]
    public void A_copy_of_no_bytes_is_an_empty_chain(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), Segment.Cluster(50), Segment.Internal(50));
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryShare(offset, length, out MbufChain copy));
        using (copy)
        {
            Assert.That((copy.IsEmpty, copy.HasPacketHeader, copy.SegmentCount), Is.EqualTo((true, offset == 0, 1)));
        }

        before.AssertUnchanged(packet);
        Assert.That(packet.IsWritable, "Nothing is shared.");
    }

    [TestCase(-1, 1)]
    [TestCase(0, -1)]
    [TestCase(int.MinValue, int.MinValue)]
    [TestCase(int.MinValue, MbufSizes.CopyAll)]
    [TestCase(200, -1)]
    public void A_negative_offset_or_length_is_a_mistake(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryShare(offset, length, out _));
    }

    [Test]
    public void All_of_an_empty_packet_is_an_empty_packet([Values] bool header)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = header ? Build(mbufs, [], Segment.EmptyCluster, Segment.Empty) : BuildPlain(mbufs, [], Segment.EmptyCluster);

        Assert.That(packet.TryShare(0, MbufSizes.CopyAll, out MbufChain copy));
        using (copy)
        {
            Assert.That(copy.HasPacketHeader, Is.EqualTo(header));
            ChainAssert.Holds(copy, []);
        }

        Assert.That(packet.TryShare(1, MbufSizes.CopyAll, out _), Is.False);
    }

    [Test]
    public void From_the_start_it_has_the_header_and_its_own_length([Values(1, 99, 100, MbufSizes.CopyAll)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 5, 6);
        Assert.That(packet.TryAppend(Pattern(100)));
        PacketHeaderTests.Fill(packet, 3);
        packet.Flags |= MbufFlags.Broadcast | MbufFlags.Protocol1;
        packet.Type = MbufType.Control;

        Assert.That(packet.TryShare(0, length, out MbufChain copy));
        using (copy)
        {
            Assert.That(copy.PacketLength, Is.EqualTo(length == MbufSizes.CopyAll ? 3 : length), "For all of it, what the header says.");
            Assert.That((copy.Flags, copy.Type), Is.EqualTo((packet.Flags, MbufType.Control)));
            Assert.That(TagTests.Types(copy), Is.EqualTo(new[] { 6, 5 }));
            copy.PacketLength = 3;
            Assert.That(PacketHeaderTests.Fields(copy), Is.EqualTo(PacketHeaderTests.Filled(3)));
        }

        Assert.That(packet.TryShare(1, 10, out MbufChain part));
        using (part)
        {
            Assert.That(part.Flags, Is.EqualTo(MbufFlags.External));
            Assert.That(part.HasPacketHeader, Is.False);
        }
    }

    [Test]
    public void Clusters_are_shared_and_internal_buffers_copied()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1100);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Cluster(1000));

        Assert.That(packet.TryShare(50, 500, out MbufChain copy));
        using (copy)
        {
            Assert.That(ChainAssert.Kinds(copy), Is.EqualTo(new[] { ZoneId.Mbuf, ZoneId.Cluster }));
            Assert.That(copy.IsWritable, "A copied buffer is the copy's own.");
            Assert.That(copy.Tailroom, Is.Zero);
            Assert.That(packet.Tailroom, Is.Zero);
            packet.Free();
            Assert.That(ChainAssert.IsWritableThroughout(copy), "Nobody else is left.");
            Assert.That(copy.Tailroom, Is.EqualTo(1048 + 550), "The cluster is the copy's alone, what was not copied included.");
            ChainAssert.Holds(copy, bytes.AsSpan(50, 500));
        }
    }

    [Test]
    public void Read_only_stays_read_only()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(200), Segment.ReadOnly(200));

        Assert.That(packet.TryShare(100, 50, out MbufChain copy));
        using (copy)
        {
            packet.Free();
            Assert.That(copy.IsWritable, Is.False);
            Assert.That(copy.Flags & MbufFlags.ReadOnly, Is.EqualTo(MbufFlags.ReadOnly));
        }
    }

    [Test]
    public void Each_allocation_can_fail_and_nothing_is_left_behind()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 1, 2);
        Assert.That(packet.TryAppend(Pattern(5000)));

        int failed = EachAllocation.Fails(packet, static chain =>
        {
            bool done = chain.TryShare(0, 4999, out MbufChain copy);
            Assert.That(copy.IsNull, Is.EqualTo(!done));
            copy.Dispose();
            return done;
        });
        Assert.That(failed, Is.EqualTo(5), "Three segments and two tags.");
        Assert.That(packet.IsWritable);
    }

    [Test]
    public void An_exhausted_arena_leaves_the_packet_as_it_was([Range(0, 2)] int plain, [Values] bool all)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(700);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(300), Segment.Internal(100), Segment.Empty, Segment.Cluster(300));
        Hoard hoard = Hoard.OfEverythingBut(mbufs, plain);
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryShare(0, all ? MbufSizes.CopyAll : 699, out MbufChain copy), Is.False);
        Assert.That(copy.IsNull);
        before.AssertUnchanged(packet);
        Assert.That(ChainAssert.IsWritableThroughout(packet));
        hoard.ReleasePlain(mbufs, 3 - plain);
        Assert.That(packet.TryShare(1, 699, out copy), "What the attempt took came back.");
        copy.Free();
        hoard.Release(mbufs);
    }
}
