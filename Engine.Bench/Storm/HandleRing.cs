using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Handles from one thread to another: bounded, without locks, in bursts. Each side keeps what it last saw of the other's
/// position, and looks again only when that says there is nothing to do.
/// </summary>
internal sealed class HandleRing
{
    private readonly Mbuf[] _slots;
    private Positions _positions;

    /// <param name="capacity">Most handles in it; a power of two.</param>
    public HandleRing(int capacity)
    {
        _slots = new Mbuf[capacity];
    }

    /// <summary>For the sender: true if so many handles fit.</summary>
    public bool HasRoom(int count)
    {
        ref Positions positions = ref _positions;
        if (positions.Sent - positions.TakenSeen + count > _slots.Length)
        {
            positions.TakenSeen = Volatile.Read(ref positions.Taken);
        }

        return positions.Sent - positions.TakenSeen + count <= _slots.Length;
    }

    /// <summary>For the sender: puts handles in, for which there is room.</summary>
    public void Send(ReadOnlySpan<Mbuf> handles)
    {
        ref Positions positions = ref _positions;
        long sent = positions.Sent;
        foreach (Mbuf handle in handles)
        {
            _slots[(int)sent++ & (_slots.Length - 1)] = handle;
        }

        Volatile.Write(ref positions.Sent, sent);
    }

    /// <summary>For the receiver: takes what there is, up to what fits.</summary>
    /// <returns>How many.</returns>
    public int Take(Span<Mbuf> handles)
    {
        ref Positions positions = ref _positions;
        long taken = positions.Taken;
        if (positions.SentSeen == taken)
        {
            positions.SentSeen = Volatile.Read(ref positions.Sent);
        }

        int count = (int)Math.Min(positions.SentSeen - taken, handles.Length);
        for (int i = 0; i < count; i++)
        {
            handles[i] = _slots[(int)taken++ & (_slots.Length - 1)];
        }

        Volatile.Write(ref positions.Taken, taken);
        return count;
    }

    /// <summary>
    /// What each side writes is 128 bytes from what the other does: two lines, since they are fetched in pairs.
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Positions
    {
        [FieldOffset(128)]
        public long Sent;

        [FieldOffset(136)]
        public long TakenSeen;

        [FieldOffset(256)]
        public long Taken;

        [FieldOffset(264)]
        public long SentSeen;
    }
}
