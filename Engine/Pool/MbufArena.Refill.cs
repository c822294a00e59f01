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
    /// next try, since everybody is modest then: <see cref="IsLow"/>.
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
}
