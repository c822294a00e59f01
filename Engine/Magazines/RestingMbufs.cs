namespace Engine.Mbufs;

/// <summary>
/// Free mbufs that are taken last, the one that has rested longest first: a list through their headers, which costs no memory.
/// Guarded by the arena's gate.
/// </summary>
internal sealed class RestingMbufs(ArenaMemory memory)
{
    private uint _first;
    private uint _last;

    public int Count { get; private set; }

    /// <summary>Adds a free plain mbuf, whose link to the next packet is the list's from now on.</summary>
    public void Add(uint index)
    {
        if (_last == 0)
        {
            _first = index;
        }
        else
        {
            memory.Header(_last).NextPacket = index;
        }

        _last = index;
        Count++;
    }

    /// <summary>Takes the mbuf that has rested longest.</summary>
    public bool TryTake(out uint index)
    {
        index = _first;
        if (index == 0)
        {
            return false;
        }

        ref MbufHeader header = ref memory.Header(index);
        _first = header.NextPacket;
        _last = _first == 0 ? 0 : _last;
        header.NextPacket = 0;
        Count--;
        return true;
    }

    /// <summary>Every one; only for the audit.</summary>
    public IEnumerable<uint> Items()
    {
        for (uint index = _first; index != 0; index = memory.Header(index).NextPacket)
        {
            yield return index;
        }
    }
}
