namespace Engine.Mbufs;

/// <content>Limits that are changed while the arena is in use.</content>
public sealed partial class MbufArena
{
    /// <summary>kern.ipc.nmb*: the limit of a zone. From the options, unless it was set since.</summary>
    /// <param name="zone">One of the zones that <see cref="MbufZone"/> names.</param>
    /// <returns>Most items that can be in use at a time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such zone.</exception>
    /// <remarks>O(1).</remarks>
    public int GetLimit(MbufZone zone) => Zones[(int)IdOf(zone)].Limit;

    /// <summary>
    /// kern.ipc.nmb*: changes the limit of a zone: downwards to what is in use, upwards to what the options reserved. Allocations
    /// on other threads meet it at once; those that wait for memory are woken.
    /// </summary>
    /// <param name="zone">One of the zones that <see cref="MbufZone"/> names.</param>
    /// <param name="limit">Most items from now on: from 0, of mbufs from 1, to the zone's limit in the options.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such zone, or more than was reserved for it, or fewer than 0 (of
    /// mbufs: 1), was asked for; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">More than that is in use, or lies in the cache of a scope that another thread
    /// has open: such scopes have been asked, and give back what they do not use with their next operation. No limit was
    /// changed.</exception>
    /// <exception cref="ObjectDisposedException">The arena is disposed.</exception>
    /// <remarks>
    /// Free items beyond a lower limit are retired: no allocation finds them until the limit is raised again. Their memory stays
    /// reserved. Call it outside of scopes. O(items retired or taken back).
    /// </remarks>
    public void SetLimit(MbufZone zone, int limit)
    {
        ZoneId id = IdOf(zone);
        int least = id == ZoneId.Mbuf ? 1 : 0;
        int reserved = Layout.Limits[(int)id];
        if (limit < least || limit > reserved)
        {
            throw new ArgumentOutOfRangeException(
                nameof(limit), limit, $"The limit of {zone} can be from {least} to {reserved}: what MbufArenaOptions reserved.");
        }

        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            bool done = TryRetireDownTo(id, limit);
            if (done)
            {
                Zone changed = Zones[(int)id];
                changed.Restore(limit - changed.Admitted, EmptyMagazines);
                changed.Limit = limit;
                Zones[(int)ZoneId.Packet].Limit = Math.Min(Zones[(int)ZoneId.Mbuf].Limit, Zones[(int)ZoneId.Cluster].Limit);
            }

            SignalUnderGate(); // Whatever came to the depot, or may be carved now.
            if (!done)
            {
                throw new InvalidOperationException(
                    $"More {zone} than the new limit of {limit} are in use, or free in the cache of a scope that is open. Such scopes were "
                    + "asked to give back what they do not use, which they do with their next operation: free some, or try again.");
            }
        }
    }

    private static ZoneId IdOf(MbufZone zone) => zone is >= MbufZone.Mbufs and <= MbufZone.ExternalStorages
        ? (ZoneId)zone
        : throw new ArgumentOutOfRangeException(nameof(zone), zone, "A zone is one of those that MbufZone names.");

    /// <summary>
    /// Takes free items out of service until no more than a number are in it. All or nothing: false if too many are in use.
    /// </summary>
    private bool TryRetireDownTo(ZoneId id, int limit)
    {
        Zone zone = Zones[(int)id];
        int before = zone.Admitted;
        RetireFromDepot(id, limit);
        if (zone.Admitted > limit)
        {
            FlushEveryone();
            RetireFromDepot(id, limit);
        }

        bool enough = zone.Admitted <= limit;
        if (!enough)
        {
            NoteLow(id); // What those who were asked give back is there for the next try.
            zone.Restore(before - zone.Admitted, EmptyMagazines);
        }

        return enough;
    }

    private void RetireFromDepot(ZoneId id, int limit)
    {
        Zone zone = Zones[(int)id];
        while (zone.Admitted > limit && (zone.TryRetire(EmptyMagazines) || TrySplitDepotPair(id)))
        {
        }
    }

    /// <summary>Puts the parts of a pair into the depot, if a zone is one of those that pairs consist of.</summary>
    private bool TrySplitDepotPair(ZoneId part)
    {
        if (part > ZoneId.Cluster || !Zones[(int)ZoneId.Packet].TryTakeAny(out uint pair, EmptyMagazines))
        {
            return false;
        }

        PushParts(_caches[0]!, pair);
        return true;
    }

    /// <summary>Brings to the depot what is free and not in a cache whose scope is open, and asks those caches.</summary>
    private void FlushEveryone()
    {
        Quarantine?.ReleaseToDepot(_caches[0]!);
        for (int number = 0; number < _cacheCount; number++)
        {
            DrainOrRequestFlush(_caches[number]!);
        }
    }

    /// <summary>
    /// Raises the high-water marks that a zone's traffic can raise. Called when a magazine changes hands, so that nothing is
    /// counted for each packet; what lies in magazines counts as out.
    /// </summary>
    internal void NoteHighWater(ZoneId zone)
    {
        if (zone is ZoneId.Mbuf or ZoneId.Cluster or ZoneId.Packet)
        {
            int pairs = Zones[(int)ZoneId.Packet].InDepot;
            Zones[(int)ZoneId.Mbuf].NoteOutside(pairs);
            Zones[(int)ZoneId.Cluster].NoteOutside(pairs);
        }
        else
        {
            Zones[(int)zone].NoteOutside(0);
        }
    }

    private int CurrentMbufs()
        => Math.Max(0, Zones[(int)ZoneId.Mbuf].Admitted - CountFree(ZoneId.Mbuf) - CountFree(ZoneId.Packet));

    /// <summary>Free items of a zone that were carved: in the depot, in quarantine and in the caches' magazines.</summary>
    internal int CountFree(ZoneId zone)
    {
        int free = Zones[(int)zone].InDepot + (Quarantine?.Count(zone) ?? 0);
        for (int number = 0; number < _cacheCount; number++)
        {
            free += _caches[number]!.FreeCount(zone);
        }

        return free;
    }
}
