namespace Engine.Mbufs;

/// <content>Many packets at once, as handles: a span cannot hold chains.</content>
public readonly ref partial struct MbufScope
{
    /// <summary>
    /// A packet with a 2 KiB cluster for each element (mbuf(9): m_getcl with M_PKTHDR, many at once, all or nothing).
    /// </summary>
    /// <param name="packets">Receives the handles; each is a claim owned by the caller, to be opened or freed. Untouched on
    /// failure.</param>
    /// <returns>True if all were allocated; false if the arena has fewer, which is counted.</returns>
    /// <remarks>O(n): one pop for all of them while the magazine lasts.</remarks>
    public bool TryAllocatePackets(Span<Mbuf> packets)
    {
        ThreadCache cache = _cache;
        if (cache.Hot.Opening != _opening
            || !cache.Hot.Magazines[(int)ZoneId.Packet].TryPopMany(cache.Hot.PopLimit, packets.Length, out ReadOnlySpan<Round> rounds))
        {
            return Cache.TryTakeManySlow(packets);
        }

        Magazine.CopyTo(rounds, packets, cache.Hot.FirstSlot);
        return true;
    }

    /// <summary>
    /// Begins to load the first line of each packet's header and data into the processor's cache, for packets that are about to be
    /// opened one after the other: of many in flight, each would be waited for. mbuf(9) has no such function; drivers call
    /// prefetch(mtod(m)) of their own.
    /// </summary>
    /// <param name="packets">
    /// Handles of this arena, as many as are worked on next: tens, not thousands. They stay what they are; those that are null,
    /// stale or foreign are skipped.
    /// </param>
    /// <remarks>
    /// O(n), never throws, and changes nothing but the time that what follows takes. On processors without such a hint it does
    /// nothing.
    /// </remarks>
    public void Prefetch(ReadOnlySpan<Mbuf> packets)
    {
        if (_cache.Hot.Opening == _opening)
        {
            _cache.Prefetch(packets);
        }
    }

    /// <summary>
    /// Frees the packets of all handles (mbuf(9): m_freem, many at once). Null handles are skipped. A handle that is stale or
    /// foreign does not keep the others from being freed; the first one found is reported at the end.
    /// </summary>
    /// <param name="packets">Handles of this arena; all are used up.</param>
    /// <exception cref="MbufDoubleFreeException">A handle was used before: its packet was opened, freed or given
    /// away.</exception>
    /// <exception cref="MbufForeignException">A handle belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed; nothing was freed.</exception>
    /// <remarks>O(n) for packets of one segment.</remarks>
    public void Free(ReadOnlySpan<Mbuf> packets)
    {
        int wrong = Cache.FreeMany(packets);
        if (wrong >= 0)
        {
            _cache.ThrowNotFreed(packets[wrong]);
        }
    }
}
