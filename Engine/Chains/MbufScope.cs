using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// A thread's access to an arena, for one turn of its work: every allocation, and the way from a handle back to a chain. Hold
/// it in a <c>using</c> and close it before the thread blocks.
/// </summary>
/// <remarks>
/// A ref struct, so that the compiler confines it, and with it the cache's magazines, to one thread: it cannot be stored in a
/// field, captured, or held across an <c>await</c>, and no chain made from it can leave its block. Every member but
/// <see cref="Arena"/>, <see cref="Dispose"/> and <see cref="ToString"/> throws <see cref="ObjectDisposedException"/> once the scope is
/// closed; that is not repeated.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref partial struct MbufScope : IDisposable
{
    internal const uint Plain = HeaderFlags.Head;

    internal const uint Packet = HeaderFlags.Head | HeaderFlags.PacketHeader;

    private readonly ThreadCache _cache;

    /// <summary><see cref="CacheHot.Opening"/> as it was when the scope was opened; another one means that it was closed.</summary>
    private readonly uint _opening;

    /// <summary>
    /// The number of the opening that <see cref="Dispose"/> ends, in all its 32 bits; of an inner scope the number before, which is past.
    /// </summary>
    private readonly uint _ends;

    /// <summary>The scope of a cache that the thread has just opened.</summary>
    internal MbufScope(ThreadCache cache)
    {
        _cache = cache;
        _opening = cache.Hot.Opening;
        _ends = cache.Serial;
    }

    private MbufScope(ThreadCache cache, uint ends)
    {
        _cache = cache;
        _opening = cache.Hot.Opening;
        _ends = ends;
    }

    /// <summary>The arena that the scope was opened on. O(1).</summary>
    public MbufArena Arena => _cache.Arena;

    /// <summary>The cache, while the scope is open.</summary>
    internal ThreadCache Cache
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_cache.Hot.Opening != _opening)
            {
                ThrowHelper.ScopeClosed();
            }

            return _cache;
        }
    }

    /// <summary>A scope inside another one of the same thread: it shares that one's opening, and its end ends nothing.</summary>
    internal static MbufScope Inside(ThreadCache cache) => new(cache, ends: cache.Serial - 1);

    /// <summary>
    /// The same allocations, which wait for memory where there is none: <c>mbufs.Waiting(timeout).AllocatePacket()</c> (mbuf(9): M_WAITOK).
    /// </summary>
    /// <param name="timeout">How long each allocation waits at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Ends a wait early.</param>
    /// <returns>The allocations; valid as long as this scope is open.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <remarks>O(1); nothing is waited for before something is allocated. It blocks the thread: <see cref="MbufWaitingScope"/>.</remarks>
    [UnscopedRef]
    public MbufWaitingScope Waiting(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        MbufArena.ThrowIfNoTimeout(timeout);
        _ = Cache;
        return new MbufWaitingScope(this, timeout, cancellationToken);
    }

    /// <summary>
    /// Turns a handle back into a chain, on any thread. The handle is used up: every copy of it is stale from now on.
    /// </summary>
    /// <param name="packet">A handle from <see cref="MbufChain.Detach"/> or a bulk allocation of the same arena.</param>
    /// <returns>The chain, owned by the caller; never null.</returns>
    /// <exception cref="MbufStaleException">The handle was used before: its packet was opened, freed or given away.</exception>
    /// <exception cref="MbufForeignException">The handle belongs to another arena.</exception>
    /// <exception cref="MbufException">The handle is null.</exception>
    /// <remarks>
    /// O(1). Two threads that open one handle at the same moment are a bug that only checked mode is sure to see.
    /// </remarks>
    [UnscopedRef]
    public MbufChain Open(Mbuf packet)
    {
        ThreadCache cache = _cache;
        uint index = packet.Slot - cache.Hot.FirstSlot;
        if (cache.Hot.Opening != _opening || index - 1 >= cache.Hot.LastIndex || cache.Hot.PopLimit == 0)
        {
            return OpenSlow(packet);
        }

        ref MbufHeader header = ref cache.Hot.Memory.Header(index);
        if (header.Generation != packet.Generation || !header.IsLiveHead)
        {
            ThrowHelper.Stale();
        }

        uint generation = packet.Generation + cache.Hot.Memory.Step;
        header.Generation = generation;
        return new MbufChain(cache, index + _opening, generation);
    }

    /// <summary>Refuses, or takes the claim such that of two threads that open one handle exactly one succeeds: in checked mode, which keeps every fast path off.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MbufChain OpenSlow(Mbuf packet)
    {
        ThreadCache cache = Cache;
        uint index = packet.Slot - cache.Hot.FirstSlot;
        if (index - 1 >= cache.Hot.LastIndex)
        {
            cache.ThrowNotInRange(packet);
        }

        ref MbufHeader header = ref cache.Hot.Memory.Header(index);
        if (header.Generation != packet.Generation || !header.IsLiveHead || !cache.TryExchangeClaim(ref header, packet.Generation))
        {
            ThrowHelper.Stale();
        }

        return MbufChain.Of(cache, index, packet.Generation + cache.Hot.Memory.Step);
    }

    /// <summary>
    /// Closes the scope and gives its cache back. Chains that were not detached or freed stay live, without an owner; that is a
    /// leak. Closing twice, or a copy, does nothing. O(1), unless somebody waits for memory: then the magazines are flushed.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// An operation of the scope has called a free routine, a callback, a handler or a source, and that closes it: the scope stays open. No
    /// other use of the scope makes this throw.
    /// </exception>
    /// <remarks>
    /// A scope that was entered inside another one of the same thread and arena shares its cache: its chains, and the claim on the
    /// cache, last until the outer one is closed, which ends both.
    /// </remarks>
    public void Dispose() => _cache?.Close(_ends);

    /// <summary>For people. Allocates a string.</summary>
    public override string ToString() => _cache is null ? "no scope" : $"scope of {_cache.Arena}";

    /// <summary>A new tag, on no packet (mbuf(9): m_tag_alloc).</summary>
    /// <param name="cookie">Who defined the type: a number that others are not likely to have chosen.</param>
    /// <param name="type">What the tag is; with <see cref="MbufTag.Persistent"/> it survives
    /// <see cref="MbufChain.DeleteNonPersistentTags"/>.</param>
    /// <param name="length">Bytes of data, 0 to <see cref="MbufSizes.MaximumContiguous"/>.</param>
    /// <returns>The tag, owned by the caller, its bytes undefined; null if the arena is exhausted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is out of its range.</exception>
    /// <remarks>O(1): one mbuf, with a cluster for more than <see cref="MbufSizes.InternalSize"/> bytes.</remarks>
    [UnscopedRef]
    public MbufTag AllocateTag(uint cookie, ushort type, int length)
    {
        if ((uint)length > MbufSizes.MaximumContiguous)
        {
            ThrowHelper.NotContiguousOrNegative(nameof(length), length);
        }

        ThreadCache cache = Cache;
        uint index = cache.TakeTag(cookie, type, length);
        if (index == 0)
        {
            cache.ReportCorruption();
            return MbufTag.Null;
        }

        return MbufTag.Of(cache, index);
    }

    /// <summary>
    /// A new tag with the common cookie (<see cref="MbufTag.CommonCookie"/>), on no packet (mbuf(9): m_tag_get).
    /// </summary>
    /// <inheritdoc cref="AllocateTag(uint, ushort, int)"/>
    [UnscopedRef]
    public MbufTag AllocateTag(ushort type, int length) => AllocateTag(MbufTag.CommonCookie, type, length);

    /// <summary>
    /// Turns a handle back into a tag, on any thread. The handle is used up: every copy of it is stale from now on.
    /// </summary>
    /// <param name="tag">A handle from <see cref="MbufTag.Detach"/> of the same arena.</param>
    /// <returns>The tag, owned by the caller; never null.</returns>
    /// <exception cref="MbufStaleException">The handle was used before.</exception>
    /// <exception cref="MbufForeignException">The handle belongs to another arena.</exception>
    /// <exception cref="MbufException">The handle is null.</exception>
    /// <remarks>O(1).</remarks>
    [UnscopedRef]
    public MbufTag OpenTag(MbufTagHandle tag)
    {
        ThreadCache cache = Cache;
        uint index = tag.Mbuf.Slot - cache.Hot.FirstSlot;
        if (index - 1 >= cache.Hot.LastIndex)
        {
            cache.ThrowNotInRange(tag.Mbuf);
        }

        const uint Marks = HeaderFlags.Tag | HeaderFlags.Attached;
        ref MbufHeader header = ref cache.Hot.Memory.Header(index);
        if (header.Generation != tag.Mbuf.Generation || (header.Flags & Marks) != HeaderFlags.Tag
            || !cache.TryExchangeClaim(ref header, tag.Mbuf.Generation))
        {
            ThrowHelper.Stale();
        }

        return MbufTag.Of(cache, index);
    }
}

/// <summary>How a thread comes to a scope: of an arena, which chooses a cache for it, or of a cache of its own.</summary>
public static class MbufScopes
{
    /// <summary>What an arena is asked.</summary>
    /// <param name="arena">The arena.</param>
    extension(MbufArena arena)
    {
        /// <summary>
        /// Opens a scope for the calling thread: claims a cache for it until the scope is disposed. Once per turn of an event loop
        /// or unit of work, not per packet; do not block in a scope.
        /// </summary>
        /// <returns>The scope, to be held in a <c>using</c>.</returns>
        /// <exception cref="MbufCorruptionException">In checked mode: freed storage was found written, and nobody was told
        /// yet.</exception>
        /// <exception cref="ObjectDisposedException">The arena is disposed, perhaps while this waited.</exception>
        /// <exception cref="InvalidOperationException">Every cache that the arena may have has an owner
        /// (<see cref="MbufArena.CreateCache"/>).</exception>
        /// <remarks>
        /// <para>Where <see cref="MbufArenaOptions.Caches"/> threads are inside scopes, it waits until one of them leaves, without end:
        /// the other form ends a wait.</para>
        /// <para>A thread that is inside a scope of the arena never waits: it is given that scope's cache, and what it allocates lives
        /// until the outer scope is closed. So a free routine, a callback or a handler may enter whatever thread it runs on.</para>
        /// <para>Cost: one compare-exchange and one memory barrier; the first entries on a new arena also create the cache.</para>
        /// </remarks>
        public MbufScope Enter()
        {
            arena.Quarantine?.ThrowIfSpoiled();
            if (CacheOwner.CurrentOrNull is { Recent: { } recent } owner && recent.Arena == arena && recent.TryOpen(owner))
            {
                return new MbufScope(recent);
            }

            return EnterSlow(arena, Timeout.InfiniteTimeSpan, CancellationToken.None);
        }

        /// <summary>The same, which waits no longer than this if all caches are in use.</summary>
        /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
        /// <param name="cancellationToken">Ends the wait early.</param>
        /// <returns>The scope, to be held in a <c>using</c>.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
        /// <exception cref="MbufCorruptionException">In checked mode: freed storage was found written, and nobody was told
        /// yet.</exception>
        /// <exception cref="TimeoutException">All caches were in use for as long as that.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The arena is disposed, perhaps while this waited.</exception>
        /// <exception cref="InvalidOperationException">Every cache that the arena may have has an owner
        /// (<see cref="MbufArena.CreateCache"/>).</exception>
        /// <remarks>The same where it need not wait.</remarks>
        public MbufScope Enter(TimeSpan timeout, CancellationToken cancellationToken = default)
        {
            MbufArena.ThrowIfNoTimeout(timeout);
            cancellationToken.ThrowIfCancellationRequested();
            arena.Quarantine?.ThrowIfSpoiled();
            return EnterSlow(arena, timeout, cancellationToken);
        }
    }

    /// <summary>What a cache is asked by its owner.</summary>
    /// <param name="cache">The cache.</param>
    extension(MbufCache cache)
    {
        /// <summary>
        /// Opens a scope on this cache for the calling thread: once per turn of an event loop, not per packet. Close it
        /// (<c>using</c>) before the thread blocks.
        /// </summary>
        /// <returns>The scope. It cannot leave the thread.</returns>
        /// <exception cref="InvalidOperationException">A scope of this cache is open already, here or on another thread.</exception>
        /// <exception cref="ObjectDisposedException">The cache or its arena is disposed.</exception>
        /// <remarks>Cost: one compare-exchange, one memory barrier.</remarks>
        public MbufScope Enter()
        {
            ThreadCache claimed = cache.Cache;
            claimed.OpenExplicit();
            return new MbufScope(claimed);
        }
    }

    private static MbufScope EnterSlow(MbufArena arena, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ThreadCache cache = arena.ClaimCache(timeout, cancellationToken, out bool isInside);
        return isInside ? MbufScope.Inside(cache) : new MbufScope(cache);
    }
}
