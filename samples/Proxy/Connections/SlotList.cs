using System.Diagnostics;

namespace Proxy;

/// <summary>A slot's place in one <see cref="SlotList{TLink}"/>.</summary>
internal struct SlotLinks
{
    public int Previous;
    public int Next;

    /// <summary>Identity of the list that the slot is in; 0 for none.</summary>
    public byte List;
}

/// <summary>Says which links of a connection a list runs through.</summary>
internal interface ISlotLink
{
    static abstract ref SlotLinks Of(ref Connection connection);
}

/// <summary>The links of the deadline lists.</summary>
internal readonly struct DeadlineLink : ISlotLink
{
    public static ref SlotLinks Of(ref Connection connection) => ref connection.Deadline;
}

/// <summary>The links of the work lists.</summary>
internal readonly struct WorkLink : ISlotLink
{
    public static ref SlotLinks Of(ref Connection connection) => ref connection.Work;
}

/// <summary>
/// A FIFO of connections, doubly linked through their slots: add, remove and move to the end in constant time, nothing
/// allocated.
/// </summary>
internal sealed class SlotList<TLink>(ConnectionTable table, byte identity)
    where TLink : ISlotLink
{
    private const int End = -1;

    public int First { get; private set; } = End;

    public int Last { get; private set; } = End;

    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    public bool Contains(ref Connection connection) => TLink.Of(ref connection).List == identity;

    /// <summary>Adds at the end; the connection is in no other list of the same links.</summary>
    public void Add(ref Connection connection)
    {
        ref SlotLinks links = ref TLink.Of(ref connection);
        Debug.Assert(links.List == 0, "A slot is in one list of a kind at a time.");
        links = new SlotLinks { Previous = Last, Next = End, List = identity };
        if (Last == End)
        {
            First = connection.Index;
        }
        else
        {
            TLink.Of(ref table[Last]).Next = connection.Index;
        }

        Last = connection.Index;
        Count++;
    }

    /// <summary>Removes it if it is here.</summary>
    public void Remove(ref Connection connection)
    {
        ref SlotLinks links = ref TLink.Of(ref connection);
        if (links.List != identity)
        {
            return;
        }

        if (links.Previous == End)
        {
            First = links.Next;
        }
        else
        {
            TLink.Of(ref table[links.Previous]).Next = links.Next;
        }

        if (links.Next == End)
        {
            Last = links.Previous;
        }
        else
        {
            TLink.Of(ref table[links.Next]).Previous = links.Previous;
        }

        links = default;
        Count--;
    }
}
