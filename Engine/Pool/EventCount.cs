namespace Engine.Mbufs;

/// <summary>
/// Where threads sleep until something has happened that they look for: who reads the number, looks in vain and then sleeps with
/// that number does not sleep if it happened in between.
/// </summary>
/// <remarks>
/// Its lock is taken last and nothing is called under it. Who is woken looks again: another thread may have been faster.
/// </remarks>
internal sealed class EventCount
{
    private readonly object _gate = new();
    private int _number;

    /// <summary>Read before looking.</summary>
    public int Number => Volatile.Read(ref _number);

    /// <summary>It happened once: wakes the thread that has slept longest.</summary>
    public void WakeOne()
    {
        lock (_gate)
        {
            _number++;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Something happened that concerns everybody.</summary>
    public void WakeAll()
    {
        lock (_gate)
        {
            _number++;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Sleeps until somebody wakes this thread or the time is over; not at all if the number has changed.</summary>
    public void Sleep(int number, int milliseconds)
    {
        lock (_gate)
        {
            // [guard: SleeperComparesNumber]
            if (_number == number)
            {
                Monitor.Wait(_gate, milliseconds);
            }
        }
    }
}
