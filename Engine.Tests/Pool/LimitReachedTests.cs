using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>The warning that a limit is too low: which limit, how often, and not for what is no shortage.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class LimitReachedTests(ArenaKind kind) : ExhaustionFixture(kind)
{
    private readonly List<(MbufZone Zone, int Limit)> _told = [];

    [SetUp]
    public void Listen()
    {
        _told.Clear();
        Arena.LimitReached += (sender, reached) =>
        {
            Assert.That(sender, Is.SameAs(Arena));
            Assert.That(Monitor.IsEntered(Arena.Gate), Is.False);
            _told.Add((reached.Zone, reached.Limit));
        };
    }

    [Test]
    public void Every_zone_is_told_of_once_in_an_interval()
    {
        using MbufScope mbufs = Arena.Enter();
        TakeHoard(mbufs);
        (MbufZone, int)[] all =
        [
            (MbufZone.Mbufs, 256), (MbufZone.Clusters, 64),
            (MbufZone.PageClusters, 8), (MbufZone.Jumbo9Clusters, 4), (MbufZone.Jumbo16Clusters, 8),
        ];
        Assert.That(_told, Is.EquivalentTo(all));
        DenyAll(mbufs, 100);
        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        DenyAll(mbufs, 1);
        Assert.That(_told, Has.Count.EqualTo(5));
        Time.Advance(TimeSpan.FromTicks(1));
        DenyAll(mbufs, 100);
        Assert.That(_told.Skip(5), Is.EquivalentTo(all));
        ReleaseHoard();
    }

    [Test]
    public void Of_a_pair_the_part_is_named_that_is_missing()
    {
        using MbufScope mbufs = Arena.Enter();
        var hoard = Hoard.OfMbufs(mbufs);
        Time.Advance(TimeSpan.FromMinutes(5));
        _told.Clear();
        Assert.That(mbufs.AllocatePacket().IsNull);
        Assert.That(_told, Is.EqualTo(new[] { (MbufZone.Mbufs, 256) }));
        hoard.Release(mbufs);

        Arena.SetLimit(MbufZone.Clusters, 0);
        _told.Clear();
        Assert.That(mbufs.AllocatePacket().IsNull);
        Assert.That(_told, Is.EqualTo(new[] { (MbufZone.Clusters, 0) }));
    }

    [Test]
    public void A_verb_that_needs_a_cluster_of_any_size_names_the_smallest()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(600), Segment.Internal(100), Segment.Cluster(500));
        TakeHoard(mbufs);
        Time.Advance(TimeSpan.FromMinutes(5));
        _told.Clear();
        long denied = Arena.GetStatistics().Clusters.Denied;
        Assert.That(packet.TryPullUp(500, out _), Is.False);
        Assert.That(_told, Is.EqualTo(new[] { (MbufZone.Clusters, 64) }));
        Assert.That(Arena.GetStatistics().Clusters.Denied, Is.EqualTo(denied + 1));
        ReleaseHoard();
    }

    [Test]
    public void A_wait_is_told_of_too()
    {
        using MbufScope mbufs = Arena.Enter();
        TakeHoard(mbufs);
        Time.Advance(TimeSpan.FromMinutes(5));
        _told.Clear();
        Assert.That(mbufs.Waiting(TimeSpan.FromMilliseconds(1)).AllocateMbuf().IsNull);
        Assert.That(_told, Is.EqualTo(new[] { (MbufZone.Mbufs, 256) }));
        ReleaseHoard();
    }

    [Test]
    public void Attached_storage_that_finds_no_record_is_told_of()
    {
        Arena.SetLimit(MbufZone.ExternalStorages, 0);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(new byte[10], 10), Is.False);
        Assert.That(_told, Is.EqualTo(new[] { (MbufZone.ExternalStorages, 0) }));
        Assert.That(Arena.GetStatistics().ExternalStorages.Denied, Is.EqualTo(1));
    }

    [Test]
    public void What_could_never_be_granted_is_told_of_too()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(2000));
        var snapshot = ChainSnapshot.Of(packet);
        Assert.That(packet.TrySplitSegments(1), Is.False);
        snapshot.AssertUnchanged(packet);
        Assert.That(_told, Is.EqualTo(new[] { (MbufZone.Mbufs, 256) }));
        Assert.That(Arena.GetStatistics().Mbufs.Denied, Is.EqualTo(1));
        Assert.That(mbufs.AllocatePacketFrom(new byte[1_000_000], 0, 0).IsNull);
        Assert.That(_told.Skip(1), Is.EqualTo(new[] { (MbufZone.Clusters, 64) }));
    }

    [Test]
    public void A_clock_that_throws_does_not_disturb_the_operation()
    {
        var failures = new List<Exception>();
        Arena.CallbackFailed += (_, failed) => failures.Add(failed.GetException());
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(2000));
        TakeHoard(mbufs);
        var snapshot = ChainSnapshot.Of(packet);
        Time.Failure = new TimeoutException();
        _told.Clear();
        Assert.That(packet.TryAppend(Pattern(1000)), Is.False);
        snapshot.AssertUnchanged(packet);
        Assert.That(failures, Is.Not.Empty.And.All.SameAs(Time.Failure));
        Assert.That(_told, Is.Empty);
        ReleaseHoard();
    }

    [Test]
    public void Callbacks_that_help_leave_nothing_to_tell()
    {
        using IDisposable registration = Arena.RegisterReclaim(ReleaseHoard);
        using MbufScope mbufs = Arena.Enter();
        TakeHoard(mbufs);
        Time.Advance(TimeSpan.FromMinutes(5));
        _told.Clear();
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That((packet.IsNull, _told.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public void What_stress_refuses_reached_no_limit()
    {
        using MbufScope mbufs = Arena.Enter();
        Arena.Stress.AllocationFailureRate = 1;
        Assert.That(mbufs.AllocatePacket().IsNull && mbufs.Waiting(TimeSpan.Zero).AllocateMbuf().IsNull);
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public void A_handler_that_throws_does_not_disturb_the_operation()
    {
        var failures = new List<Exception>();
        Arena.CallbackFailed += (_, failed) => failures.Add(failed.GetException());
        Arena.LimitReached += static (_, _) => throw new TimeoutException();
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(2000));
        TakeHoard(mbufs);
        var snapshot = ChainSnapshot.Of(packet);
        Time.Advance(TimeSpan.FromMinutes(5));
        failures.Clear();
        Assert.That(packet.TryAppend(Pattern(1000)), Is.False);
        snapshot.AssertUnchanged(packet);
        Assert.That(failures, Has.Count.EqualTo(1).And.All.TypeOf<TimeoutException>());
        ReleaseHoard();
    }

    [Test]
    public void The_interval_can_be_none_or_endless()
    {
        Assert.That(Warnings(TimeSpan.Zero), Is.EqualTo(10));
        Assert.That(Warnings(Timeout.InfiniteTimeSpan), Is.EqualTo(1));
        Assert.That(Warnings(TimeSpan.FromHours(3)), Is.EqualTo(4));
    }

    [Test]
    public void Options_that_cannot_be_are_refused()
    {
        Assert.That(() => new MbufArena(new MbufArenaOptions { TimeProvider = null! }), Throws.ArgumentNullException);
        Assert.That(
            () => new MbufArena(new MbufArenaOptions { WarningInterval = TimeSpan.FromTicks(-1) }),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("WarningInterval"));
        Assert.That(
            () => new MbufArena(new MbufArenaOptions { ReclaimInterval = TimeSpan.FromDays(-1) }),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("ReclaimInterval"));
    }

    /// <summary>Ten denials, an hour apart.</summary>
    private static int Warnings(TimeSpan interval)
    {
        var time = new ManualTime();
        using var arena = new MbufArena(new MbufArenaOptions
        {
            Mbufs = 1,
            Clusters = 0,
            HugePages = false,
            WarningInterval = interval,
            TimeProvider = time,
        });
        int warnings = 0;
        arena.LimitReached += (_, _) => warnings++;
        using MbufScope mbufs = arena.Enter();
        for (int number = 0; number < 10; number++)
        {
            Assert.That(mbufs.AllocatePacket().IsNull);
            time.Advance(TimeSpan.FromHours(1));
        }

        return warnings;
    }

    private static void DenyAll(in MbufScope mbufs, int times)
    {
        for (int number = 0; number < times; number++)
        {
            Assert.That(mbufs.AllocatePacket().IsNull && mbufs.AllocateMbuf().IsNull && mbufs.AllocatePacket(MbufClusterSize.Page).IsNull);
            Assert.That(mbufs.AllocatePacket(MbufClusterSize.Jumbo9).IsNull && mbufs.AllocatePacket(MbufClusterSize.Jumbo16).IsNull);
        }
    }
}
