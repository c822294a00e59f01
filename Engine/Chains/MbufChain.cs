using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// A packet, or a chain without packet header, and every operation on it (mbuf(9): <c>struct mbuf *</c> of a first mbuf).
/// </summary>
/// <remarks>
/// <para>Hold it in a <c>using</c>: <see cref="Dispose"/> frees the chain if it is still owned, and does nothing if it was
/// given away. Pass it by value.</para>
/// <para>16 bytes, immutable: the identity of a packet never changes, so every copy stays right whatever is prepended, pulled
/// up or trimmed. Exactly one claim is alive at a time: after <see cref="Free"/>, <see cref="Detach"/>,
/// <see cref="Append(MbufChain)"/> of it to another, or an enqueue, every copy throws <see cref="MbufStaleException"/>.</para>
/// <para>What holds for every member, and is not repeated: it throws <see cref="MbufStaleException"/> when the packet, or another chain that it
/// takes, was freed or given away, and <see cref="ObjectDisposedException"/> when the scope is closed; then nothing has happened.
/// <see cref="IsNull"/>, <see cref="IsOwned"/>, <see cref="Dispose"/> and <see cref="ToString"/> never throw.</para>
/// <para>Not thread-safe: a chain lives and ends in its scope. Not checked: a span of it that is used, in the same block, after
/// the packet was freed, given away or laid out anew. Checked mode
/// (<see cref="MbufArenaOptions.Checked"/>) exposes the use of freed ones.</para>
/// <para>Using the null chain, which allocations return when the arena is exhausted, throws an <see cref="MbufException"/> that
/// says so; test <see cref="IsNull"/>.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(MbufChainDebugView))]
public readonly ref partial struct MbufChain : IDisposable
{
    private readonly ThreadCache _cache;

    /// <summary>
    /// The index of the first mbuf, and above it the number of the cache's opening in which the chain was made: less the number of
    /// today's opening, it is an index again, or beyond every index. 0 for null.
    /// </summary>
    private readonly uint _slot;

    private readonly uint _generation;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static partial MbufChain Of(ThreadCache cache, uint index, uint generation) => new(cache, index + cache.Hot.Opening, generation);

    internal MbufChain(ThreadCache cache, uint slot, uint generation)
    {
        _cache = cache;
        _slot = slot;
        _generation = generation;
    }

    /// <summary>
    /// True for no packet, which is what allocations return when the arena is exhausted, and for the default value. O(1), never
    /// throws.
    /// </summary>
    public bool IsNull => _slot == 0;

    /// <summary>
    /// True while this chain owns its packet: false for null, and after the packet was freed or given away. O(1), never throws.
    /// </summary>
    public bool IsOwned
        => !IsNull && _slot - _cache.Hot.Opening <= _cache.Hot.LastIndex && _cache.Hot.Memory.Header(Index).Generation == _generation;

    /// <summary>No packet. Unlike the default value it has a cache, in which no index is valid, so that its use is told from others. O(1).</summary>
    public static MbufChain Null => new(ThreadCache.OfNull, 0, 0);

    internal partial ThreadCache Cache => _cache;

    internal partial uint Index => _slot & Mbuf.AnyIndex;

    /// <summary>
    /// Frees every mbuf of the chain and drops its references to storage (mbuf(9): m_freem). Strict: for a chain that may have been
    /// given away, use <see cref="Dispose"/>.
    /// </summary>
    /// <exception cref="MbufDoubleFreeException">The packet was freed or given away before.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(segments). The mbufs are ready for the next allocation of this scope.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Free()
    {
        ThreadCache cache = _cache;
        uint index = _slot - cache.Hot.Opening;
        if (index > cache.Hot.LastIndex)
        {
            ThreadCache.ThrowNotOfThisOpening(cache);
        }

        ref MbufHeader head = ref cache.Hot.Memory.Header(index);
        if (head.Generation != _generation)
        {
            ThrowHelper.DoubleFree();
        }

        if (!cache.TryFreePair(ref head, _slot))
        {
            cache.FreeChainAndCheck(ref head, index);
        }
    }

    /// <summary>
    /// Frees the chain if it is still owned; else does nothing (mbuf(9): m_freem). What <c>using</c> calls. O(segments). Never throws, but
    /// for what a free routine of external storage throws, after everything was freed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        ThreadCache? cache = _cache;
        if (cache is null)
        {
            return;
        }

        uint index = _slot - cache.Hot.Opening;
        if (index > cache.Hot.LastIndex)
        {
            return;
        }

        ref MbufHeader head = ref cache.Hot.Memory.Header(index);
        if (head.Generation == _generation)
        {
            cache.FreeChain(ref head, _slot);
        }
    }

    /// <summary>
    /// Turns the chain into the 8-byte handle that may be stored, queued and handed to another thread. This chain, and every
    /// copy, is stale afterwards.
    /// </summary>
    /// <returns>The handle: now the one claim on the packet, to be opened (<see cref="MbufScope.Open"/>) or freed once.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away before.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>
    /// O(1). Handing it to another thread needs what handing any value over needs: a queue, a lock, a volatile write.
    /// </remarks>
    public Mbuf Detach()
    {
        ref MbufHeader head = ref Head();
        uint generation = _generation + _cache.Hot.Memory.Step;
        head.Generation = generation;
        return new Mbuf(_cache.Hot.FirstSlot + Index, generation);
    }

    /// <summary>For people: length, segments, and whether the chain is owned. Allocates a string; never throws.</summary>
    public override string ToString()
    {
        if (IsNull)
        {
            return "chain null";
        }

        if (!IsOwned)
        {
            return "chain that was freed or given away";
        }

        ref MbufHeader head = ref Head();
        string kind = HasPacketHeader ? $"packet of {head.ChainLength} bytes (header says {head.PacketLength})" : $"chain of {head.ChainLength} bytes";
        return $"{kind} in {head.Segments} segment{(head.Segments == 1 ? "" : "s")}";
    }

    /// <summary>
    /// The header of the head, after the two checks that every operation makes: the scope is open (and with it the index in
    /// range), and this is the live claim.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref MbufHeader Head() => ref Head(out _);

    /// <summary>The same, and where it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref MbufHeader Head(out uint index)
    {
        ThreadCache cache = _cache;
        index = _slot - cache.Hot.Opening;
        if (index > cache.Hot.LastIndex)
        {
            ThreadCache.ThrowNotOfThisOpening(cache);
        }

        ref MbufHeader head = ref cache.Hot.Memory.Header(index);
        if (head.Generation != _generation)
        {
            ThrowHelper.Stale();
        }

        return ref head;
    }

    internal partial MbufChain Reclaim(ThreadCache cache)
    {
        ref MbufHeader head = ref Head();
        uint generation = head.Generation + cache.Hot.Memory.Step;
        head.Generation = generation;
        return Of(cache, Index, generation);
    }

    internal partial ref MbufHeader VerifiedHead() => ref Head();

    internal partial ref MbufHeader At(uint index) => ref _cache.Hot.Memory.Header(index);

    /// <summary>The length that the chain would have, if that can be expressed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sum(int length, int more)
    {
        int sum = unchecked(length + more);
        if (sum < length)
        {
            ThrowHelper.ChainTooLong((long)length + more);
        }

        return sum;
    }

    /// <summary>Adds to the packet header's length, where there is a header; it may lie, so it saturates at both ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddToPacketLength(ref MbufHeader head, int change)
    {
        if ((head.Flags & HeaderFlags.PacketHeader) != 0)
        {
            int sum = unchecked(head.PacketLength + change);
            head.PacketLength = sum < 0 ? Saturate((long)head.PacketLength + change) : sum;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Saturate(long length) => (int)Math.Clamp(length, 0, int.MaxValue);

    /// <summary>The bytes of data in the whole chain (mbuf(9): m_length). Known, not walked for: O(1).</summary>
    public int Length => Head().ChainLength;

    /// <summary>True if the chain holds no data. O(1).</summary>
    public bool IsEmpty => Head().ChainLength == 0;

    /// <summary>The number of mbufs in the chain, empty ones included; at least 1. O(1).</summary>
    public int SegmentCount => Head().Segments;

    /// <summary>True if the chain is a packet (mbuf(9): M_PKTHDR). O(1).</summary>
    public bool HasPacketHeader => (Head().Flags & HeaderFlags.PacketHeader) != 0;

    /// <summary>
    /// m_flags of the first mbuf. Setting replaces the flags that may be set; External and PacketHeader stay what they are, and
    /// ReadOnly can be set, but not cleared: that is <see cref="DangerousClearReadOnly"/>. O(1).
    /// </summary>
    public MbufFlags Flags
    {
        get
        {
            ref MbufHeader head = ref Head();
            MbufFlags external = head.IsInternal ? MbufFlags.None : MbufFlags.External;
            return (MbufFlags)(head.Flags & (HeaderFlags.Settable | HeaderFlags.PacketHeader)) | external;
        }

        set
        {
            ref MbufHeader head = ref Head();
            head.Flags = (head.Flags & ~HeaderFlags.Clearable) | ((uint)value & HeaderFlags.Settable);
        }
    }

    /// <summary>
    /// Takes the read-only mark (M_RDONLY) off the first mbuf's storage. Dangerous: somebody had a reason to set it, and the mark
    /// of other packets over the same storage stays. O(1).
    /// </summary>
    public void DangerousClearReadOnly() => Head().Flags &= ~HeaderFlags.ReadOnly;

    /// <summary>What the first mbuf holds (mbuf(9): m_type; setting it is MCHTYPE). O(1).</summary>
    public MbufType Type
    {
        get => Head().Type;
        set => Head().Type = value;
    }

    /// <summary>
    /// True if the first mbuf's data may be written: not read-only and not shared with another chain (mbuf(9): M_WRITABLE). O(1).
    /// </summary>
    public bool IsWritable => _cache.IsWritable(ref Head());

    /// <summary>
    /// Bytes that can be prepended without another mbuf; 0 if the first mbuf is not writable (mbuf(9): M_LEADINGSPACE). O(1).
    /// </summary>
    public int Headroom
    {
        get
        {
            ref MbufHeader head = ref Head();
            return _cache.IsWritable(ref head) ? _cache.Hot.Memory.RoomBefore(ref head) : 0;
        }
    }

    /// <summary>
    /// Bytes that can be appended without another mbuf; 0 if the last mbuf is not writable (mbuf(9): M_TRAILINGSPACE of the last
    /// mbuf). O(1); O(segments) while <see cref="MbufScope.AllocatePacket(int)"/>'s room is not filled, all of which counts.
    /// </summary>
    public int Tailroom
    {
        get
        {
            ref MbufHeader head = ref Head();
            uint point = FillPoint(ref head);
            return point == head.Tail ? RoomOf(ref At(point)) : (int)Math.Min(RoomFrom(point, int.MaxValue), int.MaxValue);
        }
    }

    /// <summary>
    /// The data of the first mbuf, for reading (mbuf(9): mtod). Bound to this chain's variable by the compiler. O(1).
    /// </summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> FirstSpan => _cache.Hot.Memory.BytesOf(ref Head());

    /// <summary>The data of the first mbuf, for writing (mbuf(9): mtod and M_WRITABLE in one). O(1).</summary>
    /// <param name="span">The bytes; empty on failure.</param>
    /// <returns>False if they may not be written: the storage is read-only or shared.</returns>
    [UnscopedRef]
    public bool TryGetWritable(out Span<byte> span)
    {
        ref MbufHeader head = ref Head();
        bool writable = _cache.IsWritable(ref head);
        span = writable ? _cache.Hot.Memory.BytesOf(ref head) : default;
        return writable;
    }

    /// <summary>
    /// Walks the chain and checks what must be true of it: links, data inside its storage, one head, the known length, tail and
    /// number of segments, and, unless the chain is empty, that the packet header's length is that of the data (mbuf(9): m_sanity).
    /// </summary>
    /// <param name="problem">What is wrong, in a sentence; null if nothing is.</param>
    /// <returns>True if everything is as it must be. A packet length that the user set otherwise is reported, too.</returns>
    /// <remarks>O(segments). Allocates only when it finds something.</remarks>
    public bool IsSane([NotNullWhen(false)] out string? problem)
    {
        ref MbufHeader head = ref Head();
        problem = ChainSanity.FindProblem(_cache.Arena, Index);
        bool hasHeader = (head.Flags & HeaderFlags.PacketHeader) != 0;
        if (problem is null && hasHeader && head.ChainLength != 0 && head.PacketLength != head.ChainLength)
        {
            problem = $"The packet header says {head.PacketLength} bytes; the chain holds {head.ChainLength}.";
        }

        return problem is null;
    }
}

/// <summary>What a debugger shows of a chain.</summary>
internal sealed class MbufChainDebugView
{
    public MbufChainDebugView(MbufChain chain)
    {
        Summary = chain.ToString();
        var segments = new List<byte[]>();
        if (chain.IsOwned)
        {
            foreach (ReadOnlySpan<byte> segment in chain.Segments)
            {
                segments.Add(segment.ToArray());
            }
        }

        Segments = [.. segments];
    }

    public string Summary { get; }

    public byte[][] Segments { get; }
}
