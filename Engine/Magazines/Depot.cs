namespace Engine.Mbufs;

/// <summary>
/// Items that no cache holds: full magazines, and loose rounds in one more. The full ones come and go lock-free; the rest is
/// guarded by the arena's gate.
/// </summary>
internal sealed class Depot(MagazineStack full, Magazine partial)
{
    private Magazine _partial = partial;
    private int _loose;

    /// <summary>The full magazines, newest first; lock-free.</summary>
    public MagazineStack Full { get; } = full;

    /// <summary>All items; a moment's view.</summary>
    public int Count => (Full.Depth * Magazine.Capacity) + _loose;

    /// <summary>
    /// Adds a loose round. If that fills the partial magazine, it becomes a full one and <paramref name="magazines"/> gives an
    /// empty one.
    /// </summary>
    public void Add(Round round, EmptyMagazines magazines)
    {
        _partial.Round(_loose) = round;
        _loose++;
        if (_loose == Magazine.Capacity)
        {
            Full.Push(_partial);
            _partial = magazines.Take();
            _loose = 0;
        }
    }

    /// <summary>Takes a loose round; full magazines stay whole.</summary>
    public bool TryTakeLoose(out Round round)
    {
        if (_loose == 0)
        {
            round = default;
            return false;
        }

        _loose--;
        round = _partial.Round(_loose);
        return true;
    }

    /// <summary>Takes any round, from a full magazine if there are no loose ones.</summary>
    public bool TryTake(out Round round, EmptyMagazines magazines)
    {
        if (_loose == 0 && Full.TryPop(out Magazine magazine))
        {
            magazines.Return(_partial);
            _partial = magazine;
            _loose = Magazine.Capacity;
        }

        return TryTakeLoose(out round);
    }

    /// <summary>
    /// True if an item is here. A moment's view, since full magazines come and go meanwhile; it ends after as many as there can be.
    /// </summary>
    public bool Holds(uint item, int mostMagazines)
    {
        foreach (uint magazine in Full.Ids().Take(mostMagazines))
        {
            if (Full.At(magazine).Holds(item, Magazine.Capacity))
            {
                return true;
            }
        }

        return _partial.Holds(item, _loose);
    }

    /// <summary>Every item; only for the audit, while nothing else is running.</summary>
    public IEnumerable<Round> Items()
    {
        foreach (uint magazine in Full.Ids())
        {
            for (int round = 0; round < Magazine.Capacity; round++)
            {
                yield return Full.At(magazine).Round(round);
            }
        }

        for (int round = 0; round < _loose; round++)
        {
            yield return _partial.Round(round);
        }
    }
}

/// <summary>
/// Free items that are taken last, the one that has rested longest first: a list through a word that memory has for each, which costs
/// nothing. Guarded by the arena's gate.
/// </summary>
internal sealed class RestingItems(RawMemory memory)
{
    private uint _first;
    private uint _last;

    public int Count { get; private set; }

    /// <summary>Adds a free item, whose link is the list's from now on.</summary>
    public void Add(uint index)
    {
        if (_last == 0)
        {
            _first = index;
        }
        else
        {
            memory.LinkOf(_last) = index;
        }

        _last = index;
        Count++;
    }

    /// <summary>Takes the item that has rested longest.</summary>
    public bool TryTake(out uint index)
    {
        index = _first;
        if (index == 0)
        {
            return false;
        }

        ref uint link = ref memory.LinkOf(index);
        _first = link;
        _last = _first == 0 ? 0 : _last;
        link = 0;
        Count--;
        return true;
    }

    /// <summary>Every one; only for the audit.</summary>
    public IEnumerable<uint> Items()
    {
        for (uint index = _first; index != 0; index = memory.LinkOf(index))
        {
            yield return index;
        }
    }
}
