namespace Proxy;

/// <summary>
/// Connections under one timeout, the one that has been quiet for longest first. As the timeout is the same for all, order of
/// arrival is order of expiry, and neither heap nor wheel is needed. An active connection moves to the end, though not for
/// every byte: only when the time noted for it is more than a grain old, so that a busy connection's neighbours in the list
/// stay out of the cache. A timeout is thus at most a grain late.
/// </summary>
internal sealed class DeadlineList(ConnectionTable table, byte identity, long timeoutMilliseconds)
{
    private const long CoarsestGrainMilliseconds = 250;
    private const long GrainsATimeout = 32;

    private readonly SlotList<DeadlineLink> _slots = new(table, identity);

    private readonly long _grain = Math.Min(timeoutMilliseconds / GrainsATimeout, CoarsestGrainMilliseconds);

    public bool IsEmpty => _slots.IsEmpty;

    /// <summary>When the first of the connections expires; <see cref="long.MaxValue"/> if there is none.</summary>
    public long NextExpiry => _slots.IsEmpty ? long.MaxValue : table[_slots.First].ActiveAt + _grain + timeoutMilliseconds;

    public void Add(ref Connection connection, long now)
    {
        connection.ActiveAt = now;
        _slots.Add(ref connection);
    }

    public void Remove(ref Connection connection) => _slots.Remove(ref connection);

    /// <summary>Notes that bytes have moved.</summary>
    public void Touch(ref Connection connection, long now)
    {
        if (now - connection.ActiveAt > _grain && _slots.Contains(ref connection))
        {
            _slots.Remove(ref connection);
            Add(ref connection, now);
        }
    }

    /// <summary>The first connection if its time is up; it stays in the list until it is removed.</summary>
    public bool TryPeekExpired(long now, out int index)
    {
        index = _slots.First;
        return now >= NextExpiry;
    }

    /// <summary>The first connection, whatever its time.</summary>
    public bool TryPeek(out int index)
    {
        index = _slots.First;
        return !_slots.IsEmpty;
    }
}
