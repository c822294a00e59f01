using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Once warm, entering, allocating and freeing leave the garbage collector nothing to do.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ScopeAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    /// <summary>More than the magazines of a cache hold, so that the depot is visited.</summary>
    private const int Many = 200;

    [Test]
    [Measures(typeof(MbufArena), "Enter")]
    [Measures(typeof(MbufScope), nameof(MbufScope.Dispose), nameof(MbufScope.Arena))]
    public void Entering_and_leaving_allocate_nothing() => AllocationAssert.IsFree(() =>
    {
        using MbufScope outer = Arena.Enter();
        using MbufScope inner = Arena.Enter();
        Must.Hold(outer.Arena == inner.Arena);
    });

    [Test]
    [Measures(typeof(MbufCache), "Enter", nameof(MbufCache.Arena))]
    public void Entering_a_cache_of_ones_own_allocates_nothing()
    {
        using MbufCache cache = Arena.CreateCache();
        AllocationAssert.IsFree(() =>
        {
            using MbufScope mbufs = cache.Enter();
            using MbufChain packet = mbufs.AllocatePacket();
            Must.Hold(mbufs.Arena == cache.Arena);
        });
    }

    [Test]
    [Measures(typeof(MbufScope), nameof(MbufScope.AllocateMbuf), nameof(MbufScope.AllocatePacketWithoutCluster), nameof(MbufScope.AllocatePacket),
        nameof(MbufScope.AllocateMbufWithCluster))]
    public void Every_form_of_allocation_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain plain = mbufs.AllocateMbuf();
        using MbufChain header = mbufs.AllocatePacketWithoutCluster();
        using MbufChain packet = mbufs.AllocatePacket();
        using MbufChain jumboPacket = mbufs.AllocatePacket(MbufClusterSize.Jumbo9);
        using MbufChain cluster = mbufs.AllocateMbufWithCluster();
        using MbufChain jumbo = mbufs.AllocateMbufWithCluster(MbufClusterSize.Page);
        using MbufChain chain = mbufs.AllocatePacket(10_000);
        Must.Hold(!plain.IsNull && !header.IsNull && !packet.IsNull && !jumboPacket.IsNull);
        Must.Hold(!cluster.IsNull && !jumbo.IsNull && chain.SegmentCount > 1);
    });

    [Test]
    [Measures(typeof(MbufScope), nameof(MbufScope.Waiting))]
    [Measures(typeof(MbufWaitingScope), nameof(MbufWaitingScope.AllocateMbuf), nameof(MbufWaitingScope.AllocatePacketWithoutCluster), nameof(MbufWaitingScope.AllocatePacket),
        nameof(MbufWaitingScope.AllocateMbufWithCluster))]
    public void Every_waiting_form_that_finds_memory_at_once_allocates_nothing()
    {
        using var stop = new CancellationTokenSource();
        CancellationToken token = stop.Token;
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            using MbufChain plain = mbufs.Waiting(Timeout.InfiniteTimeSpan, token).AllocateMbuf();
            using MbufChain header = mbufs.Waiting(Timeout.InfiniteTimeSpan, token).AllocatePacketWithoutCluster();
            using MbufChain packet = mbufs.Waiting(Timeout.InfiniteTimeSpan, token).AllocatePacket();
            using MbufChain jumboPacket = mbufs.Waiting(Timeout.InfiniteTimeSpan, token).AllocatePacket(MbufClusterSize.Jumbo9);
            using MbufChain cluster = mbufs.Waiting(TimeSpan.Zero, token).AllocateMbufWithCluster();
            using MbufChain jumbo = mbufs.Waiting(TimeSpan.Zero, token).AllocateMbufWithCluster(MbufClusterSize.Page);
            using MbufChain chain = mbufs.Waiting(TimeSpan.Zero, token).AllocatePacket(10_000);
            Must.Hold(!plain.IsNull && !header.IsNull && !packet.IsNull && !jumboPacket.IsNull);
            Must.Hold(!cluster.IsNull && !jumbo.IsNull && chain.SegmentCount > 1);
        });
    }

    [Test]
    [Measures(typeof(MbufScope), nameof(MbufScope.Open), nameof(MbufScope.Free))]
    [Measures(typeof(MbufChain), nameof(MbufChain.Detach))]
    public void Taking_and_freeing_more_than_a_cache_holds_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        Span<Mbuf> handles = stackalloc Mbuf[Many];
        foreach (ref Mbuf handle in handles)
        {
            handle = mbufs.AllocateMbuf().Detach();
        }

        foreach (ref Mbuf handle in handles[..(Many / 2)])
        {
            mbufs.Open(handle).Free();
        }

        mbufs.Free(handles[(Many / 2)..]);
    });

    [Test]
    [Measures(typeof(MbufScope), nameof(MbufScope.TryAllocatePackets), nameof(MbufScope.Prefetch), nameof(MbufScope.Free))]
    public void Bulk_operations_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        Span<Mbuf> burst = stackalloc Mbuf[32];
        Must.Hold(mbufs.TryAllocatePackets(burst));
        Span<Mbuf> rest = stackalloc Mbuf[30];
        Must.Hold(mbufs.TryAllocatePackets(rest));
        mbufs.Prefetch(burst);
        mbufs.Free(burst);
        mbufs.Free(rest);
    });

    [Test]
    [Measures(typeof(Mbuf), nameof(Mbuf.IsNull), nameof(Mbuf.Equals), nameof(Mbuf.GetHashCode), "op_Equality", "op_Inequality")]
    [Measures(typeof(MbufArena), "StateOf", nameof(MbufArena.LiveMbufs), nameof(MbufArena.Name),
        nameof(MbufArena.IsChecked), nameof(MbufArena.IsDisposed))]
    public void Asking_a_handle_and_an_arena_allocates_nothing() => AllocationAssert.IsFree(Arena, mbufs =>
    {
        Mbuf first = mbufs.AllocatePacket().Detach();
        Must.Hold(!first.IsNull && first.Equals(first) && first.GetHashCode() != default(Mbuf).GetHashCode());
        Must.Hold(Arena.StateOf(first) == MbufState.Live && Arena.LiveMbufs == 1);
        Must.Hold(Arena.Name is null && Arena.IsChecked == Kind.Checked && !Arena.IsDisposed);
        Mbuf second = mbufs.Open(first).Detach();
        Must.Hold(first != second && !(first == second));
        mbufs.Free([second]);
    });
}
