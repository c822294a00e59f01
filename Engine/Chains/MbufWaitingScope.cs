using System.Diagnostics;

namespace Engine.Mbufs;

/// <summary>
/// The allocations of a scope, which wait until there is memory (mbuf(9): M_WAITOK). <see cref="MbufScope.Waiting"/> gives it; the members
/// are those of <see cref="MbufScope"/>, and give what those give.
/// </summary>
/// <remarks>
/// <para>Each returns a chain that the caller owns, or null (<see cref="MbufChain.IsNull"/>) when the time was over, which is counted as
/// denied. Each throws <see cref="OperationCanceledException"/> when the token was cancelled, and
/// <see cref="ObjectDisposedException"/> when the scope is closed or the arena was disposed meanwhile: nothing was allocated then.</para>
/// <para>Cost: that of the form without waiting where there is memory. Else the thread gives up what its cache holds back, blocks, and is counted
/// as delayed; it keeps its cache meanwhile, and its own packets are not freed by waiting. More than the arena's limits allow is
/// never there: the wait ends with its time.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref struct MbufWaitingScope
{
    private readonly MbufScope _mbufs;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellationToken;

    internal MbufWaitingScope(MbufScope mbufs, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _mbufs = mbufs;
        _timeout = timeout;
        _cancellationToken = cancellationToken;
    }

    /// <inheritdoc cref="MbufScope.AllocateMbuf()"/>
    public MbufChain AllocateMbuf() => Wait(new ZoneAllocation(ZoneId.Mbuf, MbufScope.Plain));

    /// <inheritdoc cref="MbufScope.AllocateZeroedMbuf()"/>
    public MbufChain AllocateZeroedMbuf()
    {
        MbufChain chain = AllocateMbuf();
        return chain.IsNull ? chain : MbufScope.Zeroed(chain);
    }

    /// <inheritdoc cref="MbufScope.AllocateMbufWithCluster()"/>
    public MbufChain AllocateMbufWithCluster() => Wait(new ZoneAllocation(ZoneId.Packet, MbufScope.Plain));

    /// <inheritdoc cref="MbufScope.AllocateMbufWithCluster(MbufClusterSize)"/>
    public MbufChain AllocateMbufWithCluster(MbufClusterSize size) => Wait(new ClusterAllocation(size, MbufScope.Plain));

    /// <inheritdoc cref="MbufScope.AllocateContiguousMbuf(int)"/>
    public MbufChain AllocateContiguousMbuf(int room)
    {
        MbufScope.CheckContiguous(room);
        return Wait(new ContiguousAllocation(room, MbufScope.Plain));
    }

    /// <inheritdoc cref="MbufScope.AllocateChain(int)"/>
    public MbufChain AllocateChain(int room) => Wait(new RoomAllocation(MbufScope.CheckRoom(room), MbufScope.Plain));

    /// <inheritdoc cref="MbufScope.AllocatePacket()"/>
    public MbufChain AllocatePacket() => Wait(new ZoneAllocation(ZoneId.Packet, MbufScope.Packet));

    /// <inheritdoc cref="MbufScope.AllocatePacket(MbufClusterSize)"/>
    public MbufChain AllocatePacket(MbufClusterSize size) => Wait(new ClusterAllocation(size, MbufScope.Packet));

    /// <inheritdoc cref="MbufScope.AllocatePacket(int)"/>
    public MbufChain AllocatePacket(int room) => Wait(new RoomAllocation(MbufScope.CheckRoom(room), MbufScope.Packet));

    /// <inheritdoc cref="MbufScope.AllocatePacketWithoutCluster()"/>
    public MbufChain AllocatePacketWithoutCluster() => Wait(new ZoneAllocation(ZoneId.Mbuf, MbufScope.Packet));

    /// <inheritdoc cref="MbufScope.AllocateContiguousPacket(int)"/>
    public MbufChain AllocateContiguousPacket(int room)
    {
        MbufScope.CheckContiguous(room);
        return Wait(new ContiguousAllocation(room, MbufScope.Packet));
    }

    /// <summary>For people. Allocates a string.</summary>
    public override string ToString() => $"{_mbufs.ToString()}, waiting {_timeout}";

    private MbufChain Wait<TAllocation>(TAllocation allocation)
        where TAllocation : struct, IAllocation
    {
        ThreadCache cache = _mbufs.Cache;
        return cache.Arena.TryWait(cache, allocation, _timeout, _cancellationToken, out uint head)
            ? MbufChain.Of(cache, head, cache.Hot.Memory.Header(head).Generation)
            : MbufChain.Null;
    }

    private readonly struct ZoneAllocation(ZoneId zone, uint flags) : IAllocation
    {
        public bool TryAttempt(ThreadCache cache, out uint head) => cache.TryStartMbuf(zone, flags, out head);
    }

    private readonly struct ClusterAllocation(MbufClusterSize size, uint flags) : IAllocation
    {
        public bool TryAttempt(ThreadCache cache, out uint head) => cache.TryStartCluster(size, flags, out head);
    }

    private readonly struct RoomAllocation(int room, uint flags) : IAllocation
    {
        public bool TryAttempt(ThreadCache cache, out uint head) => cache.TryStartRoom(room, flags, out head);
    }

    private readonly struct ContiguousAllocation(int room, uint flags) : IAllocation
    {
        public bool TryAttempt(ThreadCache cache, out uint head) => cache.TryStartContiguous(room, flags, out head);
    }
}
