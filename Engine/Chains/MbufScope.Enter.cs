namespace Engine.Mbufs;

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
