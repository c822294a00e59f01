namespace Engine.Mbufs;

/// <summary>
/// One kind of item: how many were carved, its depot and its counters. What is not lock-free here is guarded by the arena's gate.
/// </summary>
internal sealed class Zone(ZoneId id, int limit, Depot depot, Depot retired, RestingItems resting)
{
    private int _limit = limit;
    private int _retired;
    private int _singleTakes;
    private int _highWater;
    private long _denied;
    private long _delayed;

    public ZoneId Id { get; } = id;

    /// <summary>Most items that may be handed out, those that lie free in caches and depot included. Written under the gate.</summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>
    /// True after somebody went away empty-handed whom the cache of an open scope could have helped: what that gives back must
    /// be found by who asked, so everybody takes single items, not magazines, for a while. Written under the gate.
    /// </summary>
    public bool IsLow => Volatile.Read(ref _singleTakes) > 0;

    /// <summary>The depot's full magazines, newest first; lock-free.</summary>
    public MagazineStack Full => depot.Full;

    /// <summary>
    /// Items that were ever handed to a cache; items beyond it have never been touched. Written under the gate.
    /// </summary>
    public int Carved { get; set; }

    /// <summary>
    /// What was carved and is not retired: never more than the limit, and less only if nothing is retired. Under the gate.
    /// </summary>
    public int Admitted => Carved - Volatile.Read(ref _retired);

    /// <summary>Most items that were outside the depot at a time: exact to the magazines that caches hold.</summary>
    public int HighWater => Volatile.Read(ref _highWater);

    /// <summary>Free items in the depot; a moment's view.</summary>
    public int InDepot => depot.Count + resting.Count;

    public long Denied => Volatile.Read(ref _denied);

    public long Delayed => Volatile.Read(ref _delayed);

    /// <summary>Under the gate: from now on single items are taken, this many.</summary>
    public void NoteLow(int takes) => Volatile.Write(ref _singleTakes, takes);

    /// <summary>Under the gate: one of them was taken.</summary>
    public void CountSingleTake()
    {
        if (_singleTakes > 0)
        {
            Volatile.Write(ref _singleTakes, _singleTakes - 1);
        }
    }

    public void CountDenied() => Interlocked.Increment(ref _denied);

    public void CountDelayed() => Interlocked.Increment(ref _delayed);

    /// <summary>Adds a loose round to the depot.</summary>
    public void AddLoose(Round round, EmptyMagazines magazines) => depot.Add(round, magazines);

    /// <summary>Puts a free plain mbuf where it is taken last.</summary>
    public void AddResting(uint item) => resting.Add(item);

    public bool TryTakeResting(out uint item) => resting.TryTake(out item);

    /// <summary>Takes any free item out of the depot, from a full magazine if need be.</summary>
    public bool TryTakeAny(out uint item, EmptyMagazines magazines)
    {
        bool taken = depot.TryTake(out Round round, magazines);
        item = round.Item;
        return taken;
    }

    /// <summary>
    /// Takes an item of the depot out of service, because the limit is lowered. Counted first and moved then, so that nobody who
    /// looks on takes it for handed out.
    /// </summary>
    public bool TryRetire(EmptyMagazines magazines)
    {
        Volatile.Write(ref _retired, _retired + 1);
        if (depot.TryTake(out Round round, magazines))
        {
            retired.Add(round, magazines);
            return true;
        }

        if (resting.TryTake(out uint rested))
        {
            retired.Add(new Round(rested, generation: 0), magazines);
            return true;
        }

        Volatile.Write(ref _retired, _retired - 1);
        return false;
    }

    /// <summary>Puts items back into the depot that were taken out of service.</summary>
    public void Restore(int count, EmptyMagazines magazines)
    {
        for (; count > 0 && retired.TryTake(out Round round, magazines); count--)
        {
            depot.Add(round, magazines);
            Volatile.Write(ref _retired, _retired - 1);
        }
    }

    /// <summary>Raises the high-water mark, if more than ever before are outside the depot and not in its pairs.</summary>
    public void NoteOutside(int inPairs)
    {
        int outside = Admitted - InDepot - inPairs;
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

    /// <summary>True if an item is in the depot or out of service; a moment's view.</summary>
    public bool Holds(uint item, int mostMagazines) => depot.Holds(item, mostMagazines) || retired.Holds(item, mostMagazines) || resting.Items().Contains(item);

    /// <summary>Every free item of the depot; only for the audit, while nothing else is running.</summary>
    public IEnumerable<Round> FreeItems() => depot.Items();

    /// <summary>Every mbuf that rests; only for the audit.</summary>
    public IEnumerable<uint> RestingItems() => resting.Items();

    /// <summary>Every item that is out of service; only for the audit.</summary>
    public IEnumerable<Round> RetiredItems() => retired.Items();
}
