namespace Engine.Mbufs;

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
