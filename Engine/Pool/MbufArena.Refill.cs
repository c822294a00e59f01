namespace Engine.Mbufs;

/// <content>
/// What happens when a cache and the lock-free depot have nothing: under the gate, everything the arena has is looked through,
/// so that an arena of N mbufs can really hand out N.
/// </content>
public sealed partial class MbufArena
{
    /// <summary>Items that are carved, or pairs that are made, at a time: one magazine.</summary>
    private const int Batch = Magazine.Capacity;

    /// <summary>
    /// How many single items are taken after a request that was refused though an open scope's cache could have granted it. Enough for
    /// who asked to come back, few enough that a thread which needs many does not visit the gate for each of them for long.
    /// </summary>
    private const int SingleTakes = 16 * Magazine.Capacity;

    private readonly uint _firstGeneration;

    /// <summary>
    /// Finds an item of a zone for a cache that has none. In order: the depot, fresh memory, pairs split or made, quarantine,
    /// the caches that nobody is in. Caches whose scope is open elsewhere are asked to flush; what they give is there for the
    /// next try, since everybody takes single items then: <see cref="IsLow"/>.
    /// </summary>
    internal bool TryRefill(ThreadCache cache, ZoneId zone, out uint item)
    {
        item = 0;
        if (Zones[(int)zone].Limit == 0)
        {
            return false;
        }

        lock (Gate)
        {
            if (TryProduce(cache, zone, out item))
            {
                return true;
            }

            Quarantine?.ReleaseAll(cache);
            bool asked = DrainOthers(cache, zone);
            bool produced = TryProduce(cache, zone, out item);
            if (asked && !produced)
            {
                NoteLow(zone);
            }

            return produced;
        }
    }

    /// <summary>
    /// True while items of a zone are taken one by one: somebody waits for memory, or was refused what others have been asked for. Else
    /// the thread that flushes on request would take back at once, with the next magazine, what it gave.
    /// </summary>
    internal bool IsLow(ZoneId zone) => HasWaiters || Zones[(int)zone].IsLow;

    /// <summary>Under the gate. Pairs are made of mbufs and clusters, and come apart into them.</summary>
    private void NoteLow(ZoneId zone)
    {
        if (zone is ZoneId.Mbuf or ZoneId.Cluster or ZoneId.Packet)
        {
            Zones[(int)ZoneId.Mbuf].NoteLow(SingleTakes);
            Zones[(int)ZoneId.Cluster].NoteLow(SingleTakes);
            Zones[(int)ZoneId.Packet].NoteLow(SingleTakes);
        }
        else
        {
            Zones[(int)zone].NoteLow(SingleTakes);
        }
    }

    private bool TryProduce(ThreadCache cache, ZoneId zone, out uint item) => zone switch
    {
        ZoneId.Packet => TryTakeExisting(cache, zone, out item) || (TryMakePairs(cache) && cache.TryTakeFromDepot(zone, out item)),
        ZoneId.Mbuf or ZoneId.Cluster => TryTakeExisting(cache, zone, out item)
            || (TrySplitPairs(cache) && cache.TryTakeFromDepot(zone, out item))
            || TryTakeResting(zone, out item),
        _ => TryTakeExisting(cache, zone, out item),
    };

    /// <summary>An item that is in the cache, in the depot or not yet carved: no conversion.</summary>
    private bool TryTakeExisting(ThreadCache cache, ZoneId zone, out uint item)
        => cache.TryTakeFromDepot(zone, out item)
            || TryTakeSingle(zone, out item)
            || (TryCarve(cache, zone) && cache.TryTakeFromDepot(zone, out item));

    /// <summary>An item of the depot, from a full magazine only if those are not to be had whole.</summary>
    private bool TryTakeSingle(ZoneId zone, out uint item)
    {
        if (!Zones[(int)zone].TryTakeAny(out item, EmptyMagazines))
        {
            return false;
        }

        Zones[(int)zone].CountSingleTake();
        NoteHighWater(zone);
        return true;
    }

    /// <summary>An mbuf that rests, when there is no other.</summary>
    private bool TryTakeResting(ZoneId zone, out uint item)
    {
        if (!Zones[(int)zone].TryTakeResting(out item))
        {
            return false;
        }

        NoteHighWater(zone);
        return true;
    }

    /// <summary>How many items are carved, made or split at a time.</summary>
    private int BatchOf(ZoneId zone) => IsLow(zone) ? 1 : Batch;

    /// <summary>
    /// Hands items that were never used to the cache, lowest index on top. Their memory is zero; a header's reset state is not.
    /// </summary>
    private bool TryCarve(ThreadCache cache, ZoneId zone)
    {
        Zone carved = Zones[(int)zone];
        int count = zone == ZoneId.Packet ? 0 : Math.Min(BatchOf(zone), carved.Limit - carved.Admitted);
        if (count <= 0)
        {
            return false;
        }

        uint first = (uint)carved.Carved + (zone == ZoneId.Mbuf ? 1u : 0); // Header 0 is null.
        carved.Carved += count;
        Prepare(cache, zone, first, count);
        for (int number = count - 1; number >= 0; number--)
        {
            cache.Push(zone, first + (uint)number);
        }

        NoteHighWater(zone);
        return true;
    }

    /// <summary>
    /// Makes what was never used ready for use, before others can come to have any of it: a magazine that fills goes to the depot.
    /// </summary>
    private void Prepare(ThreadCache cache, ZoneId zone, uint first, int count)
    {
        for (uint item = first; item < first + (uint)count; item++)
        {
            if (zone == ZoneId.Mbuf)
            {
                ref MbufHeader header = ref Memory.Header(item);
                Memory.ResetPlain(ref header, item, _firstGeneration + Memory.Step);
            }
        }

        if (zone == ZoneId.Mbuf)
        {
            PublishCarved();
        }
    }

    /// <summary>Lets every cache know the last mbuf that was carved; their owners only read it.</summary>
    private void PublishCarved()
    {
        uint last = (uint)Zones[(int)ZoneId.Mbuf].Carved;
        for (int number = 0; number < _cacheCount; number++)
        {
            Volatile.Write(ref _caches[number]!.Hot.LastIndex, last);
        }
    }

    /// <summary>Attaches free clusters to free mbufs, a batch at most. False if it made none.</summary>
    private bool TryMakePairs(ThreadCache cache)
    {
        int made = 0;
        int most = BatchOf(ZoneId.Packet);
        while (made < most && (TryTakeExisting(cache, ZoneId.Mbuf, out uint mbuf) || TryTakeResting(ZoneId.Mbuf, out mbuf)))
        {
            if (!TryTakeExisting(cache, ZoneId.Cluster, out uint cluster))
            {
                cache.Push(ZoneId.Mbuf, mbuf);
                break;
            }

            Memory.MakePair(mbuf, cluster);
            cache.Push(ZoneId.Packet, mbuf);
            made++;
        }

        return made > 0;
    }

    /// <summary>Splits free pairs into their parts, a batch at most. False if there were none.</summary>
    private bool TrySplitPairs(ThreadCache cache)
    {
        int split = 0;
        int most = BatchOf(ZoneId.Packet);
        while (split < most && TryTakeExisting(cache, ZoneId.Packet, out uint pair))
        {
            Memory.SplitPair(pair, out uint cluster);
            cache.Push(ZoneId.Mbuf, pair);
            cache.Push(ZoneId.Cluster, cluster);
            split++;
        }

        return split > 0;
    }

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
