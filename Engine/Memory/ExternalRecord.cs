using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// What the engine keeps of attached storage (mbuf(9): <c>struct m_ext</c>): one line, owned by no mbuf, so that the mbuf that
/// attached it may go first. It lies where clusters have their reference count, and starts with it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = RawMemory.CountStride)]
internal struct ExternalRecord
{
    /// <summary>In the count of storage whose caller counts: the caller's counter has come to 0.</summary>
    private const int Over = 1 << 30;

    /// <summary>
    /// Headers that refer to the storage, true while any of them has <see cref="HeaderFlags.Shared"/>. For storage whose caller
    /// counts it is always true, and says when the record is of no further use, while the counter says when the storage is.
    /// </summary>
    public int Count;

    /// <summary>
    /// While the storage waits for its routine: the number of the next one that does, counted from 1; 0 for none.
    /// </summary>
    public uint NextDue;

    /// <summary>
    /// What was attached. Its type is 0 (<see cref="MbufExternalType.None"/>) while the record is free, and from the moment its
    /// routine is about to be called.
    /// </summary>
    public MbufExternalStorage Storage;

    /// <summary>True while any packet refers to the storage.</summary>
    public readonly bool IsLive => Storage.Type != MbufExternalType.None;

    /// <summary>False if the record has no further use, and its storage has: the caller's counter is not at its end.</summary>
    public readonly bool IsRoutineDue => !Storage.IsCounted || (Count & Over) != 0;

    /// <summary>
    /// Another header refers to storage whose caller counts. A counter at its end stays there for good, as if it had lost count:
    /// then the storage is never given back, which is the safe way to be wrong.
    /// </summary>
    public void AddHolder()
    {
        AddToCounter(1);
        Interlocked.Increment(ref Count);
    }

    /// <summary>
    /// A header no longer refers to storage whose caller counts. True if it was the last of all headers. Who ends the counter may
    /// not be the last header to go; the mark tells the one that is.
    /// </summary>
    public bool RemoveHolder()
    {
        if (AddToCounter(-1) == 0)
        {
            Interlocked.Or(ref Count, Over);
        }

        return (Interlocked.Decrement(ref Count) & ~Over) == 0;
    }

    /// <summary>The arena is released: no header refers to the storage any more. True if nobody else does.</summary>
    public bool RemoveAllHolders() => !Storage.IsCounted || AddToCounter(-(Count & ~Over)) == 0;

    private int AddToCounter(int change)
    {
        ref int counter = ref Storage.CallerCount;
        int seen = Volatile.Read(ref counter);
        while (seen != int.MaxValue)
        {
            int before = Interlocked.CompareExchange(ref counter, seen + change, seen);
            if (before == seen)
            {
                return seen + change;
            }

            seen = before;
        }

        return int.MaxValue;
    }
}
