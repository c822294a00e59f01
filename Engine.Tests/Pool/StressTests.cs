using NUnit.Framework;

namespace Engine.Mbufs.Tests.Pool;

/// <summary>Failures made on purpose: which allocations fail, how they are counted, and that nothing else is different.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class StressTests(ArenaKind kind) : MbufFixture(kind)
{
    /// <summary>What an operation takes: an mbuf, a cluster or a pair is one allocation each.</summary>
    private static readonly (string Name, int Taken, Thrown.ScopeUse Use)[] s_operations =
    [
        ("m_get", 1, static (in mbufs) => mbufs.AllocateMbuf().Free()),
        ("m_gethdr", 1, static (in mbufs) => mbufs.AllocatePacketWithoutCluster().Free()),
        ("m_getcl", 1, static (in mbufs) => mbufs.AllocatePacket().Free()),
        ("m_getjcl", 2, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo9).Free()),
        ("m_getm2", 3, static (in mbufs) => mbufs.AllocatePacket(5000).Free()),
        ("bulk", 7, static (in mbufs) => Bulk(mbufs, 7)),
        ("wait", 1, static (in mbufs) => mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket().Free()),
        ("m_get2", 2, static (in mbufs) => mbufs.AllocateContiguousMbuf(5000).Free()),
        ("m_tag_alloc", 1, static (in mbufs) => mbufs.AllocateTag(1, 8).Free()),
        ("MEXTADD", 2, static (in mbufs) => Attach(mbufs)),
    ];

    private MbufStress Stress => Arena.Stress;

    [Test]
    public void It_is_off_until_it_is_set()
    {
        Assert.That((Stress.Seed, Stress.AllocationFailureRate, Stress.FailAllocationNumber), Is.EqualTo((0L, 0.0, 0L)));
        Assert.That((Stress.DefragmentFailureRate, Stress.InjectsDefragmentFailure()), Is.EqualTo((0.0, false)));
        using (MbufScope mbufs = Arena.Enter())
        {
            UseAll(mbufs);
        }

        Assert.That((Stress.Allocations, Stress.AllocationFailures, Stress.DefragmentFailures), Is.EqualTo((0L, 0L, 0L)));
    }

    [Test]
    public void Every_item_that_an_operation_takes_is_one_allocation([Range(0, 9)] int number)
    {
        (string name, int taken, Thrown.ScopeUse use) = s_operations[number];
        using MbufScope mbufs = Arena.Enter();
        Stress.FailAllocationNumber = long.MaxValue;
        use(mbufs);

        Assert.That((Stress.Allocations, long.MaxValue - Stress.FailAllocationNumber), Is.EqualTo(((long)taken, (long)taken)), name);
        Assert.That(Stress.AllocationFailures, Is.Zero);
    }

    [Test]
    public void The_allocation_with_the_number_fails_and_no_other([Values(1, 2, 3, 70, 200)] int number)
    {
        using MbufScope mbufs = Arena.Enter();
        Stress.FailAllocationNumber = number;
        for (int left = number - 1; left > 0; left--)
        {
            mbufs.AllocateMbuf().Free();
            Assert.That(Stress.FailAllocationNumber, Is.EqualTo(left));
        }

        Assert.That(mbufs.AllocateMbuf().IsNull);
        Assert.That((Stress.FailAllocationNumber, Stress.AllocationFailures), Is.EqualTo((0L, 1L)));
        mbufs.AllocateMbuf().Free();
        Assert.That(Stress.Allocations, Is.EqualTo(number), "Off, it does not count.");
        Assert.That(Arena.GetStatistics().Mbufs.Denied, Is.EqualTo(1));
    }

    [Test]
    public void At_a_rate_of_one_every_allocation_fails_and_is_denied_once()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));
        var snapshot = ChainSnapshot.Of(packet);
        Stress.AllocationFailureRate = 1;

        Assert.That(mbufs.AllocateMbuf().IsNull && mbufs.AllocatePacketWithoutCluster().IsNull && packet.Share().IsNull);
        Assert.That(mbufs.AllocatePacket().IsNull && mbufs.AllocateMbufWithCluster().IsNull && mbufs.AllocatePacket(5000).IsNull);
        Assert.That(mbufs.AllocatePacket(MbufClusterSize.Page).IsNull && mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo16).IsNull);
        Mbuf[] burst = new Mbuf[3];
        Assert.That(mbufs.TryAllocatePackets(burst), Is.False);
        Assert.That(burst, Is.All.EqualTo(default(Mbuf)));
        Assert.That(packet.TryAppend(Pattern(5000)) || packet.TryPrepend(1000, out _) || packet.TryPullUp(3000, out _), Is.False);

        snapshot.AssertUnchanged(packet);
        MbufStatistics now = Arena.GetStatistics();
        Assert.That((now.Mbufs.Denied, now.Packets.Denied), Is.EqualTo((3, 5)));
        Assert.That((now.PageClusters.Denied, now.Jumbo16Clusters.Denied), Is.EqualTo((1, 1)));
        Assert.That(now.Clusters.Denied, Is.EqualTo(1), "1,000 in front are a cluster, of whatever size.");
        Assert.That((Stress.Allocations, Stress.AllocationFailures), Is.EqualTo((11L, 11L)));
    }

    /// <summary>A cluster of whatever size is one allocation: if it fails, a larger one is not taken in its place.</summary>
    [Test]
    public void A_cluster_of_any_size_is_one_allocation()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(600), Segment.Internal(100), Segment.Cluster(500));
        var snapshot = ChainSnapshot.Of(packet);
        Stress.FailAllocationNumber = 1;
        Assert.That(packet.TryPullUp(500, out _), Is.False);
        snapshot.AssertUnchanged(packet);

        Stress.FailAllocationNumber = 2;
        Assert.That(packet.TryPullUp(500, out _));
        Assert.That(Stress.FailAllocationNumber, Is.EqualTo(1));
        ChainAssert.Holds(packet, Pattern(600));
        Stress.FailAllocationNumber = 0;
    }

    [Test]
    public void The_same_seed_gives_the_same_failures_and_another_gives_others()
    {
        Stress.AllocationFailureRate = 0.5;
        bool[] unset = Outcomes(200);
        bool[][] seeds = [.. new long[] { 0, 1, 2, -1, long.MinValue, 1 }.Select(seed =>
        {
            Stress.Seed = seed;
            Assert.That(Stress.Seed, Is.EqualTo(seed));
            return Outcomes(200);
        })];

        Assert.That(seeds[0], Is.EqualTo(unset), "0 is the seed until another is set.");
        Assert.That(seeds[5], Is.EqualTo(seeds[1]));
        Assert.That(seeds.Select(static outcomes => string.Concat(outcomes)).Distinct().Count(), Is.EqualTo(5));
    }

    [Test]
    public void A_rate_is_the_share_that_fails([Values(0.01, 0.25, 0.9)] double rate)
    {
        const int Count = 10_000;
        Stress.AllocationFailureRate = rate;
        Stress.DefragmentFailureRate = rate;
        int failed = Outcomes(Count).Count(static succeeded => !succeeded);
        int notDefragmented = Enumerable.Range(0, Count).Count(_ => Stress.InjectsDefragmentFailure());

        double sigma = Math.Sqrt(Count * rate * (1 - rate));
        Assert.That(failed, Is.EqualTo(Count * rate).Within(5 * sigma));
        Assert.That(notDefragmented, Is.EqualTo(Count * rate).Within(5 * sigma));
        Assert.That((Stress.Allocations, Stress.AllocationFailures), Is.EqualTo(((long)Count, (long)failed)));
        Assert.That(Stress.DefragmentFailures, Is.EqualTo(notDefragmented));
    }

    [Test]
    public void What_is_freed_and_rolled_back_is_all_there_when_it_is_off_again()
    {
        using MbufScope mbufs = Arena.Enter();
        List<Mbuf> packets = Arenas.Take(mbufs, 64, static (in mbufs) => mbufs.AllocatePacket());
        Stress.AllocationFailureRate = 1;
        Arenas.FreeAll(mbufs, packets);
        Assert.That(mbufs.AllocatePacket(64 * 2048).IsNull);
        Stress.AllocationFailureRate = 0;
        Stress.FailAllocationNumber = 64;
        Assert.That(mbufs.AllocatePacket(64 * 2048).IsNull, "The last of 64: 63 go back.");
        using MbufChain all = mbufs.AllocatePacket(64 * 2048);
        Assert.That(all.SegmentCount, Is.EqualTo(64));
    }

    [TestCase(-0.001)]
    [TestCase(1.001)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_rate_that_is_no_probability_is_refused(double rate)
    {
        Assert.That(() => Stress.AllocationFailureRate = rate, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Stress.DefragmentFailureRate = rate, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That((Stress.AllocationFailureRate, Stress.DefragmentFailureRate), Is.EqualTo((0.0, 0.0)));
    }

    [Test]
    public void A_negative_number_is_refused()
        => Assert.That(() => Stress.FailAllocationNumber = -1, Throws.TypeOf<ArgumentOutOfRangeException>());

    private static void UseAll(in MbufScope mbufs)
    {
        foreach ((_, _, Thrown.ScopeUse use) in s_operations)
        {
            use(mbufs);
        }
    }

    private static void Bulk(in MbufScope mbufs, int count)
    {
        Mbuf[] packets = new Mbuf[count];
        Assert.That(mbufs.TryAllocatePackets(packets));
        mbufs.Free(packets);
    }

    private static void Attach(in MbufScope mbufs)
    {
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(new byte[10], 10));
    }

    private bool[] Outcomes(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        bool[] outcomes = new bool[count];
        for (int number = 0; number < count; number++)
        {
            using MbufChain chain = mbufs.AllocatePacket();
            outcomes[number] = !chain.IsNull;
        }

        return outcomes;
    }
}
