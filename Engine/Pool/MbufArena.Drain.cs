namespace Engine.Mbufs;

/// <content>How free items come out of caches and into the depot.</content>
public sealed partial class MbufArena
{
    /// <summary>
    /// Flushes the caches that nobody is in, and asks the others to do it themselves: those that have something of use, so that a
    /// request which nothing can grant does not slow every thread; all of them for one that waits, since they may yet get it.
    /// True if one of those had to be asked.
    /// </summary>
    private bool DrainOthers(MbufCache requester, ZoneId zone)
    {
        bool asked = false;
        for (int number = 0; number < _cacheCount; number++)
        {
            MbufCache other = _caches[number]!;
            if (other != requester && (requester.IsWaiting || other.HasUseFor(zone)))
            {
                asked |= !DrainOrAsk(other);
            }
        }

        return asked;
    }

    /// <summary>True if the cache was drained.</summary>
    private bool DrainOrAsk(MbufCache cache)
    {
        if (TryDrain(cache))
        {
            return true;
        }

        cache.Ask();
        return TryDrain(cache); // Its scope may have closed before it could see the request.
    }

    /// <summary>
    /// Flushes a cache that nobody is in, or that the calling thread is in itself: where a thread comes to have a second one open, the
    /// first is between two items, and its magazines are whole.
    /// </summary>
    private bool TryDrain(MbufCache cache)
    {
        if (cache.TryBeginDrain())
        {
            FlushAndEndDrain(cache);
            return true;
        }

        bool own = CacheOwner.CurrentOrNull is { } owner && cache.IsOpenFor(owner);
        if (own)
        {
            FlushUnderGate(cache);
        }

        return own;
    }

    private void FlushAndEndDrain(MbufCache cache)
    {
        try
        {
            FlushUnderGate(cache);
        }
        finally
        {
            cache.EndDrain();
        }
    }

    /// <summary>Moves everything in a cache's magazines to the depot, and tells those who wait. By the cache's owner.</summary>
    internal void Flush(MbufCache cache)
    {
        lock (Gate)
        {
            FlushAndSignal(cache);
        }
    }

    private void FlushAndSignal(MbufCache cache)
    {
        if (FlushUnderGate(cache))
        {
            SignalUnderGate();
        }
    }

    /// <summary>True if there was anything to move.</summary>
    private bool FlushUnderGate(MbufCache cache)
    {
        bool moved = false;
        for (int zone = 0; zone < ArenaLayout.ZoneCount; zone++)
        {
            while (cache.TryTakeAny((ZoneId)zone, out uint item))
            {
                PutLoose(cache, (ZoneId)zone, item);
                moved = true;
            }
        }

        if (!HasWaiters)
        {
            cache.ClearAsk();
        }

        return moved;
    }

    /// <summary>Under the gate: puts a free item into the depot.</summary>
    /// <param name="cache">Any cache: by it the memory is reached; its magazines are not touched.</param>
    /// <param name="zone">What the item is.</param>
    /// <param name="item">The item, reset.</param>
    internal void PutLoose(MbufCache cache, ZoneId zone, uint item)
    {
        if (cache.IsTired(zone, item))
        {
            RestUnderGate(cache, zone, item);
        }
        else if (zone == ZoneId.Packet && Zones[(int)zone].InDepot >= Layout.PacketShare)
        {
            PutParts(cache, item);
        }
        else
        {
            Zones[(int)zone].AddLoose(cache.RoundOf(zone, item), EmptyMagazines);
        }
    }

    /// <summary>
    /// Lets a free mbuf rest behind all others, because its generation has come to where it is looked at: so that a thread which takes
    /// and frees one packet goes through all mbufs that are free before it meets one again. A pair is split, since its cluster need
    /// not rest.
    /// </summary>
    internal void Rest(MbufCache cache, ZoneId zone, uint item)
    {
        lock (Gate)
        {
            RestUnderGate(cache, zone, item);
            SignalUnderGate();
        }
    }

    private void RestUnderGate(MbufCache cache, ZoneId zone, uint item)
    {
        if (zone == ZoneId.Packet)
        {
            cache.SplitPair(item, out uint cluster);
            Zones[(int)ZoneId.Cluster].AddLoose(cache.RoundOf(ZoneId.Cluster, cluster), EmptyMagazines);
        }

        Zones[(int)ZoneId.Mbuf].AddResting(item);
    }

    private void PutParts(MbufCache cache, uint pair)
    {
        cache.SplitPair(pair, out uint cluster);
        Zones[(int)ZoneId.Mbuf].AddLoose(cache.RoundOf(ZoneId.Mbuf, pair), EmptyMagazines);
        Zones[(int)ZoneId.Cluster].AddLoose(cache.RoundOf(ZoneId.Cluster, cluster), EmptyMagazines);
    }
}
