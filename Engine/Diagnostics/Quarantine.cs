namespace Engine.Mbufs;

/// <summary>
/// Checked mode's detour of freed items: their storage is overwritten with a pattern and they wait in a ring before they can be allocated again. Whoever still writes through
/// an old span spoils the pattern, which is found when the item leaves; whoever reads sees the pattern.
/// </summary>
/// <remarks>Guarded by the arena's gate. Memory: 8 bytes for each place in the ring, allocated once.</remarks>
internal sealed class Quarantine(MbufArena arena)
{
    /// <summary>What freed storage is filled with: unlike zero, small numbers, text and plausible lengths.</summary>
    internal const byte Poison = 0xD9;

    private readonly (ZoneId Zone, uint Item)[] _ring = new (ZoneId, uint)[Math.Min(1024, arena.Layout.Limits[(int)ZoneId.Mbuf])];
    private readonly int[] _counts = new int[ArenaLayout.ZoneCount];
    private int _oldest;
    private int _count;

    /// <summary>Items of a zone that are in quarantine.</summary>
    public int Count(ZoneId zone) => _counts[(int)zone];

    /// <summary>Takes a freed item in; if the ring is full, the oldest goes to the cache's magazines.</summary>
    /// <exception cref="MbufCorruptionException">The oldest item's storage was written while it was free. Both items are kept safe.</exception>
    public void Admit(MbufCache cache, ZoneId zone, uint item)
    {
        lock (arena.Gate)
        {
            Fill(zone, item);
            bool full = _count == _ring.Length;
            (ZoneId Zone, uint Item) released = full ? Remove() : default;
            _ring[(_oldest + _count) % _ring.Length] = (zone, item);
            _count++;
            _counts[(int)zone]++;
            if (full)
            {
                Release(cache, released.Zone, released.Item);
            }
        }
    }

    /// <summary>The arena is exhausted: everything goes back to the cache's magazines.</summary>
    /// <exception cref="MbufCorruptionException">An item's storage was written while it was free.</exception>
    public void ReleaseAll(MbufCache cache)
    {
        while (_count > 0)
        {
            (ZoneId zone, uint item) = Remove();
            Release(cache, zone, item);
        }
    }

    /// <summary>Every item in quarantine, for the audit.</summary>
    public IEnumerable<(ZoneId Zone, uint Item)> Items()
    {
        for (int number = 0; number < _count; number++)
        {
            yield return _ring[(_oldest + number) % _ring.Length];
        }
    }

    private (ZoneId Zone, uint Item) Remove()
    {
        (ZoneId zone, uint item) = _ring[_oldest];
        _oldest = (_oldest + 1) % _ring.Length;
        _count--;
        _counts[(int)zone]--;
        return (zone, item);
    }

    private void Release(MbufCache cache, ZoneId zone, uint item)
    {
        int spoiled = FindSpoiled(zone, item);
        Fill(zone, item);
        cache.Put(zone, item);
        if (spoiled >= 0)
        {
            throw new MbufCorruptionException(
                $"Byte {spoiled} of a free {Describe(zone)} (number {item}) was written after it was freed: a span was used after its packet was freed, "
                + "given away or laid out anew. The write happened before this moment, by any thread.");
        }
    }

    private void Fill(ZoneId zone, uint item)
    {
        foreach (Range range in Storage(zone, item))
        {
            Bytes(range).Fill(Poison);
        }
    }

    private int FindSpoiled(ZoneId zone, uint item)
    {
        int before = 0;
        foreach (Range range in Storage(zone, item))
        {
            int spoiled = Bytes(range).IndexOfAnyExcept(Poison);
            if (spoiled >= 0)
            {
                return before + spoiled;
            }

            before += range.Length;
        }

        return -1;
    }

    private Span<byte> Bytes(Range range) => arena.Memory.Bytes(range.Start, range.Length);

    /// <summary>The storage that belongs to an item: an mbuf's internal buffer, a cluster, or both.</summary>
    private IEnumerable<Range> Storage(ZoneId zone, uint item)
    {
        StorageLayout[] storages = arena.Layout.Storages;
        if (zone is ZoneId.Mbuf or ZoneId.Packet)
        {
            yield return new Range(storages[0].StartOf(item), storages[0].Capacity);
        }

        if (zone != ZoneId.Mbuf)
        {
            StorageLayout layout = storages[zone == ZoneId.Packet ? (int)StorageKind.Cluster : (int)zone];
            uint storage = zone == ZoneId.Packet ? arena.Memory.Header(item).Storage : item;
            yield return new Range(layout.StartOf(storage), layout.Capacity);
        }
    }

    private static string Describe(ZoneId zone) => zone switch
    {
        ZoneId.Mbuf => "mbuf",
        ZoneId.Packet => "mbuf with cluster",
        _ => "cluster",
    };

    private readonly record struct Range(long Start, int Length);
}
