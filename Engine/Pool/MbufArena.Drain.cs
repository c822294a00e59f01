namespace Engine.Mbufs;

/// <content>How free items come out of caches and into the depot.</content>
public sealed partial class MbufArena
{
    /// <summary>
    /// Flushes the caches that nobody is in, and asks the others to do it themselves: those that have something of use, so that a
    /// request which nothing can grant does not slow every thread; all of them for one that waits, since they may yet get it.
    /// True if one of those had to be asked.
    /// </summary>
    private bool DrainOthers(ThreadCache requester, ZoneId zone)
    {
        bool asked = false;
        for (int number = 0; number < _cacheCount; number++)
        {
            ThreadCache other = _caches[number]!;
            if (other != requester && (requester.IsWaiting || other.HasUseFor(zone)))
            {
                asked |= !DrainOrRequestFlush(other);
            }
        }

        return asked;
    }

    /// <summary>True if the cache was drained.</summary>
    private bool DrainOrRequestFlush(ThreadCache cache)
    {
        if (TryDrain(cache))
        {
            return true;
        }

        cache.RequestFlush();
        return TryDrain(cache); // Its scope may have closed before it could see the request.
    }

    /// <summary>
    /// Flushes a cache that nobody is in, or that the calling thread is in itself: where a thread comes to have a second one open, the
    /// first is between two items, and its magazines are whole.
    /// </summary>
    private bool TryDrain(ThreadCache cache)
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

    private void FlushAndEndDrain(ThreadCache cache)
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
    internal void Flush(ThreadCache cache)
    {
        lock (Gate)
        {
            FlushAndSignal(cache);
        }
    }

    private void FlushAndSignal(ThreadCache cache)
    {
        if (FlushUnderGate(cache))
        {
            SignalUnderGate();
        }
    }

    /// <summary>True if there was anything to move.</summary>
    private bool FlushUnderGate(ThreadCache cache)
    {
        bool moved = false;
        for (ZoneId zone = ZoneId.Mbuf; zone <= ZoneId.Packet; zone++)
        {
            while (cache.TryTakeAny(zone, out uint item))
            {
                PushLoose(cache, zone, item);
                moved = true;
            }
        }

        if (!HasWaiters)
        {
            cache.ClearFlushRequest();
        }

        return moved;
    }

    /// <summary>Under the gate: puts a free item into the depot.</summary>
    /// <param name="cache">Any cache: by it the memory is reached; its magazines are not touched.</param>
    /// <param name="zone">What the item is.</param>
    /// <param name="item">The item, reset.</param>
    internal void PushLoose(ThreadCache cache, ZoneId zone, uint item)
    {
        if (cache.IsTired(zone, item))
        {
            RestUnderGate(cache, zone, item);
        }
        else if (zone == ZoneId.Packet && Zones[(int)zone].InDepot >= Layout.PacketShare)
        {
            PushParts(cache, item);
        }
        else
        {
            Zones[(int)zone].AddLoose(RoundOf(zone, item), EmptyMagazines);
        }
    }

    /// <summary>
    /// Lets a free mbuf rest behind all others, because its generation has come to where it is looked at: so that a thread which takes
    /// and frees one packet goes through all mbufs that are free before it meets one again. A pair is split, since its cluster need
    /// not rest.
    /// </summary>
    internal void Rest(ThreadCache cache, ZoneId zone, uint item)
    {
        lock (Gate)
        {
            RestUnderGate(cache, zone, item);
            SignalUnderGate();
        }
    }

    private void RestUnderGate(ThreadCache cache, ZoneId zone, uint item)
    {
        if (zone == ZoneId.Packet)
        {
            Memory.SplitPair(item, out uint cluster);
            Zones[(int)ZoneId.Cluster].AddLoose(RoundOf(ZoneId.Cluster, cluster), EmptyMagazines);
        }

        Zones[(int)ZoneId.Mbuf].AddResting(item);
    }

    /// <summary>What a magazine holds of an item that is free.</summary>
    internal Round RoundOf(ZoneId zone, uint item) => new(item, Memory.GenerationOf(zone, item));

    private void PushParts(ThreadCache cache, uint pair)
    {
        Memory.SplitPair(pair, out uint cluster);
        Zones[(int)ZoneId.Mbuf].AddLoose(RoundOf(ZoneId.Mbuf, pair), EmptyMagazines);
        Zones[(int)ZoneId.Cluster].AddLoose(RoundOf(ZoneId.Cluster, cluster), EmptyMagazines);
    }
}
