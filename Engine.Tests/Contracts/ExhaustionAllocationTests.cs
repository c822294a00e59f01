using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Being refused costs no managed memory either: an arena is exhausted when the program has the most to do.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ExhaustionAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly byte[] s_bytes = new byte[3000];

    private Hoard _hoard = null!;
    private Mbuf _packet;

    /// <summary>A packet whose storage is shared and full, and nothing else to be had.</summary>
    [SetUp]
    public void Exhaust_the_arena()
    {
        using MbufScope mbufs = Arena.Enter();
        _packet = Build(mbufs, Pattern(500), Segment.Shared(300), Segment.Shared(200)).Detach();
        _hoard = Hoard.OfEverything(mbufs);
    }

    /// <summary>Before the arena is audited: this class's TearDown runs first.</summary>
    [TearDown]
    public void Give_everything_back()
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.Free([_packet]);
        _hoard.Release(mbufs);
    }

    [Test]
    public void Allocations_that_are_denied_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        Span<Mbuf> burst = stackalloc Mbuf[32];
        Must.Hold(mbufs.AllocateMbuf().IsNull && mbufs.AllocatePacketWithoutCluster().IsNull && mbufs.AllocatePacket().IsNull);
        Must.Hold(mbufs.AllocatePacket(MbufClusterSize.Jumbo16).IsNull && mbufs.AllocateMbufWithCluster().IsNull);
        Must.Hold(mbufs.AllocateMbufWithCluster(MbufClusterSize.Page).IsNull && mbufs.AllocatePacket(10_000).IsNull);
        Must.Hold(!mbufs.TryAllocatePackets(burst));
    });

    [Test]
    public void Waiting_forms_whose_time_is_over_allocate_nothing()
    {
        using var stop = new CancellationTokenSource();
        CancellationToken token = stop.Token;
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            Must.Hold(mbufs.Waiting(TimeSpan.Zero, token).AllocateMbuf().IsNull && mbufs.Waiting(TimeSpan.Zero).AllocatePacketWithoutCluster().IsNull);
            Must.Hold(mbufs.Waiting(TimeSpan.Zero, token).AllocatePacket().IsNull && mbufs.Waiting(TimeSpan.Zero).AllocateMbufWithCluster().IsNull);
            Must.Hold(mbufs.Waiting(TimeSpan.Zero, token).AllocatePacket(MbufClusterSize.Jumbo9).IsNull);
            Must.Hold(mbufs.Waiting(TimeSpan.Zero, token).AllocateMbufWithCluster(MbufClusterSize.Page).IsNull);
            Must.Hold(mbufs.Waiting(TimeSpan.Zero, token).AllocatePacket(10_000).IsNull);
        });
    }

    [Test]
    public void A_wait_that_sleeps_and_ends_in_vain_allocates_nothing()
    {
        using var stop = new CancellationTokenSource();
        CancellationToken token = stop.Token;
        AllocationAssert.IsFree(Arena, mbufs => Must.Hold(mbufs.Waiting(TimeSpan.FromMilliseconds(1), token).AllocatePacket().IsNull));
    }

    [Test]
    public void Verbs_that_are_denied_allocate_nothing() => AllocationAssert.IsFree(Arena, mbufs =>
    {
        MbufChain packet = mbufs.Open(_packet);
        Must.Hold(!packet.TryAppend(s_bytes) && !packet.TryAppend(1000, out _));
        Must.Hold(!packet.TryPrepend(s_bytes) && !packet.TryPrepend(10, out _));
        Must.Hold(!packet.TryPullUp(400, out _) && !packet.TryCopyUp(100, 14, out _));
        Must.Hold(!packet.TryPullDown(250, 200, out ReadOnlySpan<byte> _) && !packet.TryPullDownToSegment(10, 20, out _));
        MbufWriter writer = packet.GetWriter();
        Must.Hold(!writer.TryWrite(s_bytes) && !writer.TryWriteUInt32BigEndian(1));
        Must.Hold(!packet.TryCopyFrom(10, s_bytes) && !packet.TryCopyFrom(10, s_bytes.AsSpan(0, 20)));
        Must.Hold(packet.Share().IsNull && !packet.TrySplit(100, out _) && packet.Length == 500);
        Must.Hold(packet.Duplicate().IsNull && packet.ShareBehindHead(14).IsNull && !packet.TryShare(0, 400, out _));
        Must.Hold(!packet.TryUnshare() && !packet.TryMakeWritable(0, 1) && !packet.TrySplitSegments(100));
        Must.Hold(!packet.TryDefragment() && !packet.TryCollapse(1));
        _packet = packet.Detach();
    });
}
