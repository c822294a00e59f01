namespace Proxy;

/// <summary>
/// All connections that there can be, over all workers: the limit of --max-connections is the length of this table. Free slots
/// are a lock-free stack, so the limit is exact however the kernel spreads clients over the workers, at the price of one
/// compare-exchange when a connection opens and one when it closes. An open slot belongs to the worker that took it.
/// </summary>
internal sealed class ConnectionTable
{
    private readonly Connection[] _slots;

    /// <summary>Below each free slot in the stack; slot numbers are one higher, so that 0 is the bottom.</summary>
    private readonly int[] _below;

    /// <summary>
    /// Top of the stack (low half), and how often it changed (high half): a slot taken and returned in between is noticed.
    /// </summary>
    private long _top;

    public ConnectionTable(int capacity)
    {
        // Pinned, hence in a heap that no collection compacts: slots never move, and are never looked at, as they hold no
        // reference.
        _slots = GC.AllocateArray<Connection>(capacity, pinned: true);
        _below = GC.AllocateArray<int>(capacity, pinned: true);
        for (int i = 0; i < capacity; i++)
        {
            _slots[i].Index = i;
            _below[i] = i + 1 < capacity ? i + 2 : 0;
        }

        _top = 1;
    }

    public int Capacity => _slots.Length;

    public ref Connection this[int index] => ref _slots[index];

    /// <summary>Takes a free slot; false if the limit is reached.</summary>
    public bool TryTake(out int index)
    {
        long top = Volatile.Read(ref _top);
        while ((int)top != 0)
        {
            index = (int)top - 1;
            long next = Stamp(top) | (uint)Volatile.Read(ref _below[index]);
            long seen = Interlocked.CompareExchange(ref _top, next, top);
            if (seen == top)
            {
                return true;
            }

            top = seen;
        }

        index = -1;
        return false;
    }

    public void Return(ref Connection connection)
    {
        int index = connection.Index;
        connection.Phase = ConnectionPhase.Free;
        connection.Generation++;
        long top = Volatile.Read(ref _top);
        while (true)
        {
            Volatile.Write(ref _below[index], (int)top);
            long seen = Interlocked.CompareExchange(ref _top, Stamp(top) | (uint)(index + 1), top);
            if (seen == top)
            {
                return;
            }

            top = seen;
        }
    }

    private static long Stamp(long top) => ((top >> 32) + 1) << 32;
}
