namespace Engine.Mbufs;

/// <content>
/// What happens when a cache and the lock-free depot have nothing: under the gate, everything the arena has is looked through,
/// so that an arena of N mbufs can really hand out N.
/// </content>
public sealed partial class MbufArena
{
    /// <summary>Items that are carved, or pairs that are made, at a time: one magazine.</summary>
    private const int Batch = Magazine.Capacity;

    private readonly uint _firstGeneration;

    /// <summary>
    /// Finds an item of a zone for a cache that has none. In order: the depot, fresh memory, pairs split or made, quarantine,
    /// the caches that nobody is in. Caches whose scope is open elsewhere are asked to flush; what they give is there for the
    /// next try.
    /// </summary>
    internal bool TryRefill(MbufCache cache, ZoneId zone, out uint item)
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
            DrainOthers(cache, zone);
            return TryProduce(cache, zone, out item);
        }
    }

    private bool TryProduce(MbufCache cache, ZoneId zone, out uint item) => zone switch
    {
        ZoneId.Packet => TryTakeExisting(cache, zone, out item) || (TryMakePairs(cache) && cache.TryTakeFromDepot(zone, out item)),
        ZoneId.Mbuf or ZoneId.Cluster => TryTakeExisting(cache, zone, out item)
            || (TrySplitPairs(cache) && cache.TryTakeFromDepot(zone, out item))
            || Zones[(int)zone].TryTakeResting(out item),
        _ => TryTakeExisting(cache, zone, out item),
    };

    /// <summary>An item that is in the cache, in the depot or not yet carved: no conversion.</summary>
    private bool TryTakeExisting(MbufCache cache, ZoneId zone, out uint item)
        => cache.TryTakeFromDepot(zone, out item)
            || Zones[(int)zone].TryTakeLoose(out item)
            || (TryCarve(cache, zone) && cache.TryTakeFromDepot(zone, out item));

    /// <summary>
    /// Hands items that were never used to the cache, lowest index on top. Their memory is zero; a header's reset state is not.
    /// </summary>
    private bool TryCarve(MbufCache cache, ZoneId zone)
    {
        Zone carved = Zones[(int)zone];
        int count = zone == ZoneId.Packet ? 0 : Math.Min(Batch, carved.Limit - carved.Admitted);
        if (count <= 0)
        {
            return false;
        }

        uint first = (uint)carved.Carved + (zone == ZoneId.Mbuf ? 1u : 0); // Header 0 is null.
        carved.Carved += count;
        Prepare(cache, zone, first, count);
        for (int number = count - 1; number >= 0; number--)
        {
            cache.Put(zone, first + (uint)number);
        }

        NoteHighWater(zone);
        return true;
    }

    /// <summary>
    /// Makes what was never used ready for use, before others can come to have any of it: a magazine that fills goes to the depot.
    /// </summary>
    private void Prepare(MbufCache cache, ZoneId zone, uint first, int count)
    {
        for (uint item = first; item < first + (uint)count; item++)
        {
            if (zone == ZoneId.Mbuf)
            {
                ref MbufHeader header = ref Memory.Header(item);
                header.Generation = _firstGeneration;
                cache.ResetPlain(ref header, item);
            }
        }

        if (zone == ZoneId.Mbuf)
        {
            TellWhatIsCarved();
        }
    }

    /// <summary>Lets every cache know the last mbuf that was carved; their owners only read it.</summary>
    private void TellWhatIsCarved()
    {
        uint last = (uint)Zones[(int)ZoneId.Mbuf].Carved;
        for (int number = 0; number < _cacheCount; number++)
        {
            Volatile.Write(ref _caches[number]!.Hot.LastIndex, last);
        }
    }

    /// <summary>Attaches free clusters to free mbufs, a batch at most. False if it made none.</summary>
    private bool TryMakePairs(MbufCache cache)
    {
        int made = 0;
        Zone mbufs = Zones[(int)ZoneId.Mbuf];
        while (made < Batch && (TryTakeExisting(cache, ZoneId.Mbuf, out uint mbuf) || mbufs.TryTakeResting(out mbuf)))
        {
            if (!TryTakeExisting(cache, ZoneId.Cluster, out uint cluster))
            {
                cache.Put(ZoneId.Mbuf, mbuf);
                break;
            }

            cache.MakePair(mbuf, cluster);
            cache.Put(ZoneId.Packet, mbuf);
            made++;
        }

        return made > 0;
    }

    /// <summary>Splits free pairs into their parts, a batch at most. False if there were none.</summary>
    private bool TrySplitPairs(MbufCache cache)
    {
        int split = 0;
        while (split < Batch && TryTakeExisting(cache, ZoneId.Packet, out uint pair))
        {
            cache.SplitPair(pair, out uint cluster);
            cache.Put(ZoneId.Mbuf, pair);
            cache.Put(ZoneId.Cluster, cluster);
            split++;
        }

        return split > 0;
    }

    /// <summary>
    /// Flushes the caches that nobody is in, and asks the others to do it themselves: those that have something of use, so that a
    /// request which nothing can grant does not slow every thread; all of them for one that waits, since they may yet get it.
    /// </summary>
    private void DrainOthers(MbufCache requester, ZoneId zone)
    {
        for (int number = 0; number < _cacheCount; number++)
        {
            MbufCache other = _caches[number]!;
            if (other != requester && (requester.IsWaiting || other.HasUseFor(zone)))
            {
                DrainOrAsk(other);
            }
        }
    }

    private void DrainOrAsk(MbufCache cache)
    {
        if (!TryDrain(cache))
        {
            cache.Ask();
            TryDrain(cache); // Its scope may have closed before it could see the request.
        }
    }

    private bool TryDrain(MbufCache cache)
    {
        if (!cache.TryBeginDrain())
        {
            return false;
        }

        FlushUnderGate(cache);
        cache.EndDrain();
        return true;
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
