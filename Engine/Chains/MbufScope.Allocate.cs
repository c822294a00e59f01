using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Allocation without waiting (mbuf(9): M_NOWAIT); <see cref="Waiting"/> has the same members.</content>
public readonly ref partial struct MbufScope
{
    /// <summary>
    /// One mbuf without packet header, with <see cref="MbufSizes.InternalSize"/> bytes of room and none in use (mbuf(9): m_get,
    /// MGET).
    /// </summary>
    /// <returns>
    /// A chain of one, owned by the caller; null (<see cref="MbufChain.IsNull"/>) if the arena is exhausted, which is counted.
    /// </returns>
    /// <remarks>O(1): a pop from the cache. The room is not zeroed.</remarks>
    [UnscopedRef]
    public MbufChain AllocateMbuf() => StartMbuf(Cache, ZoneId.Mbuf, Plain);

    /// <summary>
    /// One mbuf with a zeroed packet header, with <see cref="MbufSizes.InternalSize"/> bytes of room (mbuf(9): m_gethdr, MGETHDR).
    /// </summary>
    /// <inheritdoc cref="AllocateMbuf()"/>
    [UnscopedRef]
    public MbufChain AllocatePacketWithoutCluster() => StartMbuf(Cache, ZoneId.Mbuf, Packet);

    /// <summary>
    /// A packet header and a cluster of 2 KiB in one step, with the arena's headroom before the data (mbuf(9): m_getcl with
    /// M_PKTHDR).
    /// </summary>
    /// <inheritdoc cref="AllocateMbuf()"/>
    [UnscopedRef]
    public MbufChain AllocatePacket() => StartPacket(_cache, _opening);

    /// <summary>
    /// A packet header and a cluster of a given size, with the arena's headroom before the data (mbuf(9): m_getjcl with M_PKTHDR).
    /// </summary>
    /// <param name="size">One of the sizes that <see cref="MbufClusterSize"/> names.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such size.</exception>
    /// <inheritdoc cref="AllocateMbuf()"/>
    [UnscopedRef]
    public MbufChain AllocatePacket(MbufClusterSize size) => Started(Cache.TryStartCluster(size, Packet, out uint head), head);

    /// <summary>
    /// An mbuf without packet header and a cluster of 2 KiB in one step, with the arena's headroom before the data (mbuf(9):
    /// m_getcl).
    /// </summary>
    /// <inheritdoc cref="AllocateMbuf()"/>
    [UnscopedRef]
    public MbufChain AllocateMbufWithCluster() => StartMbuf(Cache, ZoneId.Packet, Plain);

    /// <summary>
    /// An mbuf without packet header and a cluster of a given size, with the arena's headroom before the data (mbuf(9): m_getjcl).
    /// </summary>
    /// <param name="size">One of the sizes that <see cref="MbufClusterSize"/> names.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such size.</exception>
    /// <inheritdoc cref="AllocateMbuf()"/>
    [UnscopedRef]
    public MbufChain AllocateMbufWithCluster(MbufClusterSize size) => Started(Cache.TryStartCluster(size, Plain, out uint head), head);

    /// <summary>
    /// A packet with room for a number of bytes, in as many 2 KiB clusters as that takes, the last of it in a plain mbuf if it fits
    /// there (mbuf(9): m_getm2 with M_PKTHDR). All or nothing. No byte is in use: <see
    /// cref="MbufChain.TryAppend(ReadOnlySpan{byte})"/> and socket receives fill the room in order.
    /// </summary>
    /// <param name="room">Bytes of room, 0 or more; 0 gives a single plain mbuf.</param>
    /// <returns>The packet, owned by the caller; null if the arena cannot give all of it, which is counted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="room"/> is negative.</exception>
    /// <remarks>O(segments). The room is not zeroed.</remarks>
    [UnscopedRef]
    public MbufChain AllocatePacket(int room)
        => Started(Cache.TryStartRoom(CheckRoom(room), Packet, out uint head), head);

    /// <summary>
    /// <see cref="AllocatePacket(int)"/> without packet header (mbuf(9): m_getm2 without M_PKTHDR). All or nothing; no byte is in
    /// use.
    /// </summary>
    /// <returns>The chain, owned by the caller; null if the arena cannot give all of it, which is counted.</returns>
    /// <inheritdoc cref="AllocatePacket(int)"/>
    [UnscopedRef]
    public MbufChain AllocateChain(int room)
        => Started(Cache.TryStartRoom(CheckRoom(room), Plain, out uint head), head);

    /// <summary>
    /// One mbuf without packet header, whose <see cref="MbufSizes.InternalSize"/> bytes of room are zero, none in use (mbuf(9):
    /// m_getclr).
    /// </summary>
    /// <remarks>O(1): a pop from the cache, and 192 bytes written.</remarks>
    /// <inheritdoc cref="AllocateMbuf()"/>
    [UnscopedRef]
    public MbufChain AllocateZeroedMbuf()
    {
        MbufChain chain = StartMbuf(Cache, ZoneId.Mbuf, Plain);
        return chain.IsNull ? chain : Zeroed(chain);
    }

    /// <summary>
    /// One mbuf with contiguous room for a number of bytes, none in use, in the smallest storage that has it: the mbuf's own
    /// buffer, a cluster of 2 KiB, or else the smallest free jumbo cluster that is large enough (mbuf(9): m_get2, m_get3 without
    /// M_PKTHDR).
    /// </summary>
    /// <param name="room">Bytes of contiguous room, 0 to <see cref="MbufSizes.MaximumContiguous"/> (m_get2 ends at 4,096).</param>
    /// <returns>
    /// A chain of one, owned by the caller; null (<see cref="MbufChain.IsNull"/>) if the arena is exhausted, which is counted.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="room"/> is negative or more than can be
    /// contiguous.</exception>
    /// <remarks>O(1). The room is not zeroed.</remarks>
    [UnscopedRef]
    public MbufChain AllocateContiguousMbuf(int room)
    {
        CheckContiguous(room);
        return Started(Cache.TryStartContiguous(room, Plain, out uint head), head);
    }

    /// <summary>
    /// <see cref="AllocateContiguousMbuf(int)"/> with a zeroed packet header (mbuf(9): m_get2, m_get3 with M_PKTHDR).
    /// </summary>
    /// <inheritdoc cref="AllocateContiguousMbuf(int)"/>
    [UnscopedRef]
    public MbufChain AllocateContiguousPacket(int room)
    {
        CheckContiguous(room);
        return Started(Cache.TryStartContiguous(room, Packet, out uint head), head);
    }

    /// <summary>A free mbuf, plain or with a 2 KiB cluster, as a chain; null when exhausted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static MbufChain StartMbuf(ThreadCache cache, ZoneId zone, uint flags)
        => cache.TryStartMbuf(zone, flags, out uint head) ? MbufChain.Of(cache, head, cache.Hot.Memory.Header(head).Generation) : MbufChain.Null;

    /// <summary>The chain of a head, if there is one; else null.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private MbufChain Started(bool done, uint head)
        => done ? MbufChain.Of(_cache, head, _cache.Hot.Memory.Header(head).Generation) : MbufChain.Null;

    /// <summary>A packet with a 2 KiB cluster; null when exhausted.</summary>
    /// <param name="cache">The scope's.</param>
    /// <param name="opening">The number of the opening that the scope knows, which may have ended.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static MbufChain StartPacket(ThreadCache cache, uint opening)
    {
        // A packet already: its header need not even be there yet. What is in the front slot has the number of the opening above it.
        uint slot = cache.Hot.Front.Slot;
        if (slot - opening < cache.Hot.PopLimit)
        {
            cache.Hot.Front.Empty();
            return new MbufChain(cache, slot, cache.Hot.Front.Generation);
        }

        if (opening == cache.Hot.Opening
            && cache.Hot.Magazines[(int)ZoneId.Packet].TryPopLoaded(cache.Hot.PopLimit, out uint pair, out uint generation))
        {
            Debug.Assert(cache.IsFreePair(pair, generation), "What a magazine holds is reset, and its generation true.");
            return new MbufChain(cache, pair + opening, generation);
        }

        ulong slow = StartPacketSlow(cache, opening);
        return new MbufChain(slow == 0 ? ThreadCache.OfNull : cache, (uint)slow, (uint)(slow >> 32));
    }

    /// <summary>
    /// Slot and generation in one word, or 0. Not a chain, which comes from a call in memory: that would take the fast path's chain
    /// out of its registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong StartPacketSlow(ThreadCache cache, uint opening)
    {
        if (opening != cache.Hot.Opening)
        {
            ThrowHelper.ScopeClosed();
        }

        if (!cache.TryTake(ZoneId.Packet, out uint index))
        {
            cache.ReportCorruption();
            return 0;
        }

        ref MbufHeader header = ref cache.Hot.Memory.Header(index);
        header.Flags = HeaderFlags.FreePair;
        return (index + cache.Hot.Opening) | ((ulong)header.Generation << 32);
    }

    internal static int CheckRoom(int room)
    {
        if (room < 0)
        {
            ThrowHelper.Negative(nameof(room), room);
        }

        return room;
    }

    internal static void CheckContiguous(int room)
    {
        if ((uint)room > MbufSizes.MaximumContiguous)
        {
            ThrowHelper.NotContiguousOrNegative(nameof(room), room);
        }
    }

    /// <summary>A fresh chain of one plain mbuf, after its room was zeroed.</summary>
    internal static MbufChain Zeroed(MbufChain chain)
    {
        ThreadCache cache = chain.Cache;
        cache.Hot.Memory.Bytes(cache.Hot.Memory.StartOf(ref chain.VerifiedHead()), MbufSizes.InternalSize).Clear();
        return chain;
    }
}
