using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>
/// Allocation that waits (mbuf(9): M_WAITOK). While it sleeps, the scope's claim is parked and its magazines are empty.
/// </content>
public readonly ref partial struct MbufScope
{
    /// <summary>m_get with M_WAITOK: <see cref="Allocate()"/>, waiting until there is an mbuf.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The chain, owned by the caller; null if the time was over, which is counted as denied.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was allocated.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed, or the arena was disposed meanwhile.</exception>
    /// <remarks>As the form without waiting if there is one; else it blocks the thread and is counted as delayed.</remarks>
    [UnscopedRef]
    public MbufChain Allocate(TimeSpan timeout, CancellationToken cancellationToken = default)
        => Started(Arena.TryWait(Cache, new ZoneAllocation(ZoneId.Mbuf, Plain), timeout, cancellationToken, out uint head), head);

    /// <summary>m_gethdr with M_WAITOK: <see cref="AllocateHeader()"/>, waiting until there is an mbuf.</summary>
    /// <inheritdoc cref="Allocate(TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocateHeader(TimeSpan timeout, CancellationToken cancellationToken = default)
        => Started(Arena.TryWait(Cache, new ZoneAllocation(ZoneId.Mbuf, Packet), timeout, cancellationToken, out uint head), head);

    /// <summary>
    /// m_getcl with M_PKTHDR and M_WAITOK: <see cref="AllocatePacket()"/>, waiting until there is an mbuf and a cluster.
    /// </summary>
    /// <inheritdoc cref="Allocate(TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocatePacket(TimeSpan timeout, CancellationToken cancellationToken = default)
        => Started(Arena.TryWait(Cache, new ZoneAllocation(ZoneId.Packet, Packet), timeout, cancellationToken, out uint head), head);

    /// <summary>
    /// m_getjcl with M_PKTHDR and M_WAITOK: <see cref="AllocatePacket(MbufClusterSize)"/>, waiting until there is memory.
    /// </summary>
    /// <param name="size">One of the sizes that <see cref="MbufClusterSize"/> names.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <inheritdoc cref="Allocate(TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocatePacket(MbufClusterSize size, TimeSpan timeout, CancellationToken cancellationToken = default)
        => Started(Arena.TryWait(Cache, new ClusterAllocation(size, Packet), timeout, cancellationToken, out uint head), head);

    /// <summary>m_getcl with M_WAITOK: <see cref="AllocateCluster()"/>, waiting until there is an mbuf and a cluster.</summary>
    /// <inheritdoc cref="Allocate(TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocateCluster(TimeSpan timeout, CancellationToken cancellationToken = default)
        => Started(Arena.TryWait(Cache, new ZoneAllocation(ZoneId.Packet, Plain), timeout, cancellationToken, out uint head), head);

    /// <summary>m_getjcl with M_WAITOK: <see cref="AllocateCluster(MbufClusterSize)"/>, waiting until there is memory.</summary>
    /// <param name="size">One of the sizes that <see cref="MbufClusterSize"/> names.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <inheritdoc cref="Allocate(TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocateCluster(MbufClusterSize size, TimeSpan timeout, CancellationToken cancellationToken = default)
        => Started(Arena.TryWait(Cache, new ClusterAllocation(size, Plain), timeout, cancellationToken, out uint head), head);

    /// <summary>
    /// m_getm2 with M_PKTHDR and M_WAITOK: <see cref="AllocateChain(int)"/>, waiting until all of it is there. More than the
    /// arena's limits allow is never there: then the wait ends with its time.
    /// </summary>
    /// <param name="length">Bytes of room, 0 or more.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <inheritdoc cref="Allocate(TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocateChain(int length, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        return Started(Arena.TryWait(Cache, new RoomAllocation(length, Packet), timeout, cancellationToken, out uint head), head);
    }

    /// <summary>
    /// m_getm2 without M_PKTHDR, with M_WAITOK: <see cref="AllocateChainWithoutHeader(int)"/>, waiting until all of it is there.
    /// </summary>
    /// <inheritdoc cref="AllocateChain(int, TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocateChainWithoutHeader(int length, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        return Started(Arena.TryWait(Cache, new RoomAllocation(length, Plain), timeout, cancellationToken, out uint head), head);
    }

    /// <summary>m_getclr with M_WAIT: <see cref="AllocateZeroed()"/>, waiting until there is an mbuf.</summary>
    /// <inheritdoc cref="Allocate(TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocateZeroed(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        MbufChain chain = Started(Arena.TryWait(Cache, new ZoneAllocation(ZoneId.Mbuf, Plain), timeout, cancellationToken, out uint head), head);
        return chain.IsNull ? chain : Zeroed(chain);
    }

    /// <summary>
    /// m_get2 without M_PKTHDR, with M_WAITOK: <see cref="AllocateContiguous(int)"/>, waiting until there is memory.
    /// </summary>
    /// <param name="length">Bytes of contiguous room, 0 to <see cref="MbufSizes.LargestContiguous"/>.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The chain, owned by the caller; null if the time was over, which is counted as denied.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is out of its range, or <paramref name="timeout"/>
    /// is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was allocated.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed, or the arena was disposed meanwhile.</exception>
    /// <remarks>As the form without waiting if there is memory; else it blocks the thread and is counted as delayed.</remarks>
    [UnscopedRef]
    public MbufChain AllocateContiguous(int length, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        CheckContiguous(length);
        return Started(Arena.TryWait(Cache, new ContiguousAllocation(length, Plain), timeout, cancellationToken, out uint head), head);
    }

    /// <summary>
    /// m_get2 with M_PKTHDR and M_WAITOK: <see cref="AllocateContiguousPacket(int)"/>, waiting until there is memory.
    /// </summary>
    /// <inheritdoc cref="AllocateContiguous(int, TimeSpan, CancellationToken)"/>
    [UnscopedRef]
    public MbufChain AllocateContiguousPacket(int length, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        CheckContiguous(length);
        return Started(Arena.TryWait(Cache, new ContiguousAllocation(length, Packet), timeout, cancellationToken, out uint head), head);
    }

    private readonly struct ZoneAllocation(ZoneId zone, uint flags) : IAllocation
    {
        public bool TryAttempt(ThreadCache cache, out uint head) => cache.TryStartMbuf(zone, flags, out head);
    }

    private readonly struct ClusterAllocation(MbufClusterSize size, uint flags) : IAllocation
    {
        public bool TryAttempt(ThreadCache cache, out uint head) => cache.TryStartCluster(size, flags, out head);
    }

    private readonly struct RoomAllocation(int length, uint flags) : IAllocation
    {
        public bool TryAttempt(ThreadCache cache, out uint head) => cache.TryStartRoom(length, flags, out head);
    }

    private readonly struct ContiguousAllocation(int length, uint flags) : IAllocation
    {
        public bool TryAttempt(ThreadCache cache, out uint head) => cache.TryStartContiguous(length, flags, out head);
    }
}
