using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>MCLGET, m_cljget and M_ALIGN.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AttachClusterTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly MbufClusterSize[] s_sizes = Enum.GetValues<MbufClusterSize>();

    [Test]
    public void An_empty_mbuf_gets_a_cluster_behind_the_headroom(
        [ValueSource(nameof(s_sizes))] MbufClusterSize size, [Values] bool header)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = header ? mbufs.AllocatePacketWithoutCluster() : mbufs.AllocateMbuf();
        byte[] bytes = Pattern((int)size);

        Assert.That(size == MbufClusterSize.Standard ? chain.TryAttachCluster() : chain.TryAttachCluster(size));
        Assert.That(chain.Flags.HasFlag(MbufFlags.External));
        Assert.That((chain.Headroom, chain.Tailroom), Is.EqualTo((Kind.Headroom, (int)size)));
        Assert.That(chain.TryAppend(bytes) && chain.SegmentCount == 1 && chain.HasPacketHeader == header);
        ChainAssert.Holds(chain, bytes);
    }

    [Test]
    public void What_gets_a_cluster_is_shared_and_freed_like_any_other()
    {
        for (int i = 0; i < 200; i++)
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Assert.That(packet.TryAttachCluster(s_sizes[i % 4]) && packet.TryAppend(Pattern(2000)));
            using MbufChain copy = i % 3 == 0 ? packet.Share() : default;
            Assert.That(packet.IsWritable, Is.EqualTo(copy.IsNull));
        }
    }

    [Test]
    public void The_first_of_many_gets_a_cluster_too()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(300), Segment.Empty, Segment.Shared(100), Segment.Cluster(200));

        Assert.That(packet.TryAttachCluster());
        ChainAssert.Holds(packet, Pattern(300));
        Assert.That(packet.TryPrepend(Kind.Headroom, out _) && packet.SegmentCount == 3);
    }

    [Test]
    public void The_read_only_mark_goes_with_the_storage_that_is_left()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.Flags |= MbufFlags.ReadOnly;

        Assert.That(packet.TryAttachCluster() && packet.IsWritable);
    }

    [Test]
    public void An_mbuf_with_data_or_a_cluster_is_a_mistake()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain full = Build(mbufs, [1], Segment.Internal(1));
        using MbufChain packet = mbufs.AllocatePacket();
        using MbufChain jumbo = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);

        Expect.Throws<InvalidOperationException>(full, static chain => chain.TryAttachCluster());
        Expect.Throws<InvalidOperationException>(packet, static chain => chain.TryAttachCluster());
        Expect.Throws<InvalidOperationException>(jumbo, static chain => chain.TryAttachCluster(MbufClusterSize.Page));
        ChainAssert.Holds(full, [1]);
    }

    [TestCase(0)]
    [TestCase(2047)]
    [TestCase(-2048)]
    public void There_is_no_cluster_of_another_size(int size)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryAttachCluster((MbufClusterSize)size));
    }

    [Test]
    public void Being_denied_leaves_the_mbuf_as_it_was([ValueSource(nameof(s_sizes))] MbufClusterSize size)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Hoard hoard = Hoard.OfClusters(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryAttachCluster(size), Is.False);
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
        Assert.That(packet.TryAttachCluster(size));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(7)]
    [TestCase(8)]
    [TestCase(100)]
    [TestCase(185)]
    [TestCase(192)]
    public void Aligned_data_ends_with_the_storage(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain plain = mbufs.AllocateMbuf();
        using MbufChain header = mbufs.AllocatePacketWithoutCluster();
        using MbufChain cluster = mbufs.AllocatePacket();
        using MbufChain jumbo = mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo9);

        AssertAligns(plain, length, 192);
        AssertAligns(header, length, 192);
        AssertAligns(cluster, length, 2048 + Kind.Headroom);
        AssertAligns(jumbo, length, 9216 + Kind.Headroom);
    }

    [Test]
    public void Everything_a_storage_holds_can_be_aligned_and_no_more()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain plain = mbufs.AllocateMbuf();
        using MbufChain packet = mbufs.AllocatePacket();

        AssertAligns(packet, 2048 + Kind.Headroom, 2048 + Kind.Headroom);
        foreach (int length in new[] { -1, int.MinValue, 193, int.MaxValue })
        {
            Expect.Throws<ArgumentOutOfRangeException>(plain, chain => chain.AlignToEnd(length));
        }

        plain.AlignToEnd(100);
        plain.AlignToEnd(10);
        AssertAligns(plain, 20, 192);
    }

    [Test]
    public void Data_that_is_there_or_storage_that_is_not_writable_cannot_be_aligned()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain full = Build(mbufs, [1], Segment.Internal(1));
        using MbufChain shared = Build(mbufs, [1], Segment.Shared(1));
        shared.TrimEnd(1);
        using MbufChain readOnly = Build(mbufs, [], Segment.ReadOnly(0));

        Expect.Throws<InvalidOperationException>(full, static chain => chain.AlignToEnd(1));
        Expect.Throws<InvalidOperationException>(shared, static chain => chain.AlignToEnd(1));
        Expect.Throws<InvalidOperationException>(readOnly, static chain => chain.AlignToEnd(1));
    }

    [Test]
    public void Attached_storage_is_aligned_inside_its_bounds([Range(0, 9)] int offset, [Values(0, 1, 30, 31)] int spare)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        byte[] memory = new byte[64];
        Assert.That(packet.TryAttachExternal(memory.AsMemory(offset, 31), 0));

        packet.AlignToEnd(31 - spare);
        int room = packet.Tailroom;
        Assert.That(room, Is.GreaterThanOrEqualTo(31 - spare).And.LessThanOrEqualTo(31 - spare + 7));
        Assert.That(packet.Headroom + room, Is.EqualTo(31));
        Assert.That(packet.TryAppend(Pattern(31 - spare)) && packet.SegmentCount == 1);
        ChainAssert.Holds(packet, Pattern(31 - spare));
    }

    private static void AssertAligns(MbufChain chain, int length, int capacity)
    {
        chain.AlignToEnd(length);
        Assert.That(chain.Headroom, Is.EqualTo((capacity - length) & ~7));
        Assert.That(chain.Headroom + chain.Tailroom, Is.EqualTo(capacity));
        ref MbufHeader head = ref chain.VerifiedHead();
        Assert.That(chain.Cache.Hot.Memory.Raw.Pointer(head.Data) & 7, Is.EqualTo((nint)0));
        Assert.That(chain.IsSane(out string? problem), problem);
    }
}
