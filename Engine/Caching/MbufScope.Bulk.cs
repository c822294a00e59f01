namespace Engine.Mbufs;

/// <content>Many packets at once, as handles: a span cannot hold chains.</content>
public readonly ref partial struct MbufScope
{
    /// <summary>
    /// m_getcl with M_PKTHDR, many at once, all or nothing: a packet with a 2 KiB cluster for each element.
    /// </summary>
    /// <param name="packets">Receives the handles; each is a claim owned by the caller, to be opened or freed. Untouched on
    /// failure.</param>
    /// <returns>True if all were allocated; false if the arena has fewer, which is counted.</returns>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(n): one pop for all of them while the magazine lasts.</remarks>
    public bool TryAllocatePackets(Span<Mbuf> packets)
    {
        MbufCache cache = _cache;
        if (!cache.Hot.Magazines[(int)ZoneId.Packet].TryPopMany(cache.Hot.Floor, packets.Length, out ReadOnlySpan<Round> rounds))
        {
            return cache.TryTakeManySlow(packets);
        }

        MbufCache.HandOut(rounds, packets, cache.Hot.FirstSlot);
        return true;
    }

    /// <summary>
    /// m_freem, many at once: frees the packets of all handles. Null handles are skipped. A handle that is stale or foreign
    /// does not keep the others from being freed; the first one found is reported at the end.
    /// </summary>
    /// <param name="packets">Handles of this arena; all are used up.</param>
    /// <exception cref="MbufDoubleFreeException">A handle was used before: its packet was opened, freed or given
    /// away.</exception>
    /// <exception cref="MbufForeignException">A handle belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed; nothing was freed.</exception>
    /// <remarks>O(n) for packets of one segment.</remarks>
    public void Free(ReadOnlySpan<Mbuf> packets)
    {
        int wrong = _cache.FreeMany(packets);
        if (wrong >= 0)
        {
            _cache.ThrowNotFreed(packets[wrong]);
        }
    }
}
