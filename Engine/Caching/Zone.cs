namespace Engine.Mbufs;

/// <summary>
/// One kind of item: how many were carved, its depot and its counters. What is not lock-free here is guarded by the arena's gate.
/// </summary>
internal sealed class Zone(ZoneId id, int limit, MagazineStack full, Magazine partial)
{
    private Magazine _partial = partial;
    private int _highWater;
    private long _denied;
    private long _delayed;

    public ZoneId Id { get; } = id;

    /// <summary>Most items that may be carved.</summary>
    public int Limit { get; } = limit;

    /// <summary>The depot's full magazines, newest first; lock-free.</summary>
    public MagazineStack Full { get; } = full;

    /// <summary>
    /// Rounds that do not fill a magazine, from caches that were flushed; fewer than a magazine holds. Written under the gate.
    /// </summary>
    public int PartialCount { get; private set; }

    /// <summary>
    /// Items that were ever handed to a cache; items beyond it have never been touched. Written under the gate.
    /// </summary>
    public int Carved { get; set; }

    /// <summary>Most items that were outside the depot at a time: exact to the magazines that caches hold.</summary>
    public int HighWater => Volatile.Read(ref _highWater);

    /// <summary>Free items in the depot; a moment's view.</summary>
    public int InDepot => (Full.Depth * Magazine.Capacity) + PartialCount;

    public long Denied => Volatile.Read(ref _denied);

    public long Delayed => Volatile.Read(ref _delayed);

    public void CountDenied() => Interlocked.Increment(ref _denied);

    public void CountDelayed() => Interlocked.Increment(ref _delayed);

    /// <summary>
    /// Adds a loose round. If that fills the partial magazine, it goes to the depot and <paramref name="magazines"/> gives an
    /// empty one.
    /// </summary>
    public void AddLoose(uint item, EmptyMagazines magazines)
    {
        _partial.Round(PartialCount) = item;
        PartialCount++;
        if (PartialCount == Magazine.Capacity)
        {
            Full.Push(_partial);
            _partial = magazines.Take();
            PartialCount = 0;
        }
    }

    /// <summary>Raises the high-water mark, if more than ever before are outside the depot and not in its pairs.</summary>
    public void NoteOutside(int inPairs)
    {
        int outside = Carved - InDepot - inPairs;
        int mark = Volatile.Read(ref _highWater);
        while (outside > mark)
        {
            int seen = Interlocked.CompareExchange(ref _highWater, outside, mark);
            if (seen == mark)
            {
                return;
            }

            mark = seen;
        }
    }

    public bool TryTakeLoose(out uint item)
    {
        if (PartialCount == 0)
        {
            item = 0;
            return false;
        }

        PartialCount--;
        item = _partial.Round(PartialCount);
        return true;
    }

    /// <summary>Every free item of the depot; only for the audit, while nothing else is running.</summary>
    public IEnumerable<uint> FreeItems()
    {
        foreach (uint magazine in Full.Ids())
        {
            for (int round = 0; round < Magazine.Capacity; round++)
            {
                yield return Full.At(magazine).Round(round);
            }
        }

        for (int round = 0; round < PartialCount; round++)
        {
            yield return _partial.Round(round);
        }
    }
}
