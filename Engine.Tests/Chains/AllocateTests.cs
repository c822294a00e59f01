using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AllocateTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly MbufClusterSize[] s_sizes = Enum.GetValues<MbufClusterSize>();

    [Test]
    public void A_plain_mbuf_has_192_bytes_of_room_and_none_in_use()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocateMbuf();

        Assert.That(chain.IsNull, Is.False);
        Assert.That(chain.IsOwned);
        Assert.That(chain.HasPacketHeader, Is.False);
        Assert.That(chain.Flags, Is.EqualTo(MbufFlags.None));
        Assert.That(chain.Type, Is.EqualTo(MbufType.Data));
        Assert.That(chain.SegmentCount, Is.EqualTo(1));
        Assert.That(chain.Headroom, Is.Zero);
        Assert.That(chain.Tailroom, Is.EqualTo(MbufSizes.InternalSize));
        ChainAssert.Holds(chain, []);
    }

    [Test]
    public void A_header_mbuf_is_a_plain_mbuf_with_a_zeroed_packet_header()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacketWithoutCluster();

        Assert.That(chain.Flags, Is.EqualTo(MbufFlags.PacketHeader));
        Assert.That(chain.PacketLength, Is.Zero);
        Assert.That(chain.ReceiveInterface, Is.Zero);
        Assert.That(chain.Tailroom, Is.EqualTo(MbufSizes.InternalSize));
        ChainAssert.Holds(chain, []);
    }

    [Test]
    public void A_packet_has_its_cluster_behind_the_headroom()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();

        Assert.That(packet.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.External));
        Assert.That(packet.Headroom, Is.EqualTo(Kind.Headroom));
        Assert.That(packet.Tailroom, Is.EqualTo(2048));
        Assert.That(packet.IsWritable);
        ChainAssert.Holds(packet, []);
    }

    [Test]
    public void A_cluster_of_any_size_holds_its_size_behind_the_headroom([ValueSource(nameof(s_sizes))] MbufClusterSize size)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(size);
        using MbufChain chain = mbufs.AllocateMbufWithCluster(size);
        byte[] bytes = Pattern((int)size);

        Assert.That(packet.HasPacketHeader);
        Assert.That(chain.Flags, Is.EqualTo(MbufFlags.External));
        Assert.That((packet.Headroom, packet.Tailroom), Is.EqualTo((Kind.Headroom, (int)size)));
        Assert.That((chain.Headroom, chain.Tailroom), Is.EqualTo((Kind.Headroom, (int)size)));
        Assert.That(packet.TryAppend(bytes) && chain.TryAppend(bytes));
        Assert.That((packet.SegmentCount, chain.SegmentCount, packet.Tailroom), Is.EqualTo((1, 1, 0)));
        ChainAssert.Holds(packet, bytes);
        ChainAssert.Holds(chain, bytes);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2047)]
    [TestCase(2049)]
    [TestCase(-2048)]
    [TestCase(32768)]
    public void There_is_no_cluster_of_another_size(int size)
    {
        using MbufScope mbufs = Arena.Enter();

        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.AllocatePacket((MbufClusterSize)size));
        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.AllocateMbufWithCluster((MbufClusterSize)size));
    }

    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(191, 1)]
    [TestCase(192, 1)]
    [TestCase(193, 1)]
    [TestCase(2047, 1)]
    [TestCase(2048, 1)]
    [TestCase(2049, 2)]
    [TestCase(2048 + 192, 2)]
    [TestCase(2048 + 193, 2)]
    [TestCase(4096, 2)]
    [TestCase(4097, 3)]
    [TestCase(64 * 2048, 64)]
    public void A_chain_for_a_length_has_as_many_mbufs_as_it_takes_and_no_data(int length, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(length);

        Assert.That(packet.HasPacketHeader);
        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
        ChainAssert.Holds(packet, []);
        int inClusters = segments * 2048 - length >= 2048 - 192 ? segments - 1 : segments;
        Assert.That(ChainAssert.Kinds(packet).Count(static kind => kind == ZoneId.Cluster), Is.EqualTo(inClusters));
    }

    [Test]
    public void A_negative_length_is_a_mistake()
    {
        using MbufScope mbufs = Arena.Enter();

        Expect.Throws<ArgumentOutOfRangeException>(mbufs, static scope => scope.AllocatePacket(-1));
        Expect.Throws<ArgumentOutOfRangeException>(mbufs, static scope => scope.AllocatePacket(int.MinValue));
    }

    [TestCase(64 * 2048 + 193)]
    [TestCase(1_000_000)]
    [TestCase(int.MaxValue)]
    public void A_chain_that_the_arena_cannot_give_is_null_and_keeps_nothing(int length)
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            Assert.That(mbufs.AllocatePacket(length).IsNull);
        }

        Assert.That(Arena.LiveMbufs, Is.Zero);
        using MbufScope again = Arena.Enter();
        using MbufChain most = again.AllocatePacket(64 * 2048);
        Assert.That(most.IsNull, Is.False, "What the attempt took came back.");
    }

    [Test]
    public void Every_allocation_of_an_exhausted_arena_is_null_until_something_is_freed()
    {
        using MbufScope mbufs = Arena.Enter();
        Hoard hoard = Hoard.OfEverything(mbufs);

        Assert.That(hoard.Count, Is.EqualTo(256));
        AssertNothingIsLeft(mbufs);
        hoard.ReleasePlain(mbufs, 1);
        using (MbufChain chain = mbufs.AllocateMbuf())
        {
            Assert.That(chain.IsNull, Is.False);
            AssertNothingIsLeft(mbufs);
        }

        hoard.ReleaseClusters(mbufs, 1);
        using (MbufChain packet = mbufs.AllocatePacket())
        {
            Assert.That(packet.IsNull, Is.False);
        }

        hoard.Release(mbufs);
    }

    [Test]
    public void Clusters_can_be_exhausted_while_mbufs_are_left()
    {
        using MbufScope mbufs = Arena.Enter();
        Hoard hoard = Hoard.OfClusters(mbufs);

        Assert.That(hoard.Count, Is.EqualTo(64 + 8 + 4 + 8));
        foreach (MbufClusterSize size in s_sizes)
        {
            Assert.That(mbufs.AllocatePacket(size).IsNull);
            Assert.That(mbufs.AllocateMbufWithCluster(size).IsNull);
        }

        using (MbufChain chain = mbufs.AllocatePacket(192))
        {
            Assert.That(chain.IsNull, Is.False);
        }

        hoard.Release(mbufs);
    }

    [Test]
    public void A_fresh_mbuf_shows_nothing_of_its_life_before()
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < 600; i++)
        {
            using MbufChain packet = i % 2 == 0 ? mbufs.AllocatePacket() : mbufs.AllocatePacketWithoutCluster();
            Assert.That(packet.Flags & ~MbufFlags.External, Is.EqualTo(MbufFlags.PacketHeader));
            Assert.That((packet.Type, packet.PacketLength, packet.ReceiveInterface), Is.EqualTo((MbufType.Data, 0, (ushort)0)));
            Assert.That((packet.Length, packet.SegmentCount), Is.EqualTo((0, 1)));
            Assert.That(packet.TryAppend(Pattern(i)) && packet.TryPrepend(20, out _));
            packet.Flags |= MbufFlags.Broadcast | MbufFlags.ReadOnly | MbufFlags.Protocol3;
            packet.Type = MbufType.Control;
            packet.ReceiveInterface = 7;
            packet.TrimStart(11);
        }
    }

    private static void AssertNothingIsLeft(in MbufScope mbufs)
    {
        Assert.That(mbufs.AllocateMbuf().IsNull);
        Assert.That(mbufs.AllocatePacketWithoutCluster().IsNull);
        Assert.That(mbufs.AllocatePacket().IsNull);
        Assert.That(mbufs.AllocateMbufWithCluster().IsNull);
        Assert.That(mbufs.AllocatePacket(0).IsNull);
        Assert.That(mbufs.AllocatePacket(MbufClusterSize.Jumbo16).IsNull);
        Assert.That(mbufs.TryAllocatePackets(new Mbuf[1]), Is.False);
    }
}
