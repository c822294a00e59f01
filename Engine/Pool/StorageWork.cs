namespace Engine.Mbufs;

/// <summary>
/// External storage whose last reference has ended and whose free routine has not been called yet, linked by
/// <see cref="ExternalRecord.NextDue"/>. Part of a thread's cache, so that an operation calls what fell due by its own doing.
/// </summary>
internal struct DueRoutines
{
    /// <summary>The first such storage, counted from 1; 0 for none.</summary>
    public uint First;

    /// <summary>Routines wait, though something is due: for the end of an operation that is made of others.</summary>
    public bool AreHeld;

    public void Add(in ArenaMemory memory, uint storage)
    {
        memory.RecordOf(storage).NextDue = First;
        First = storage + 1;
    }

    /// <summary>
    /// Takes all that is due out: a routine that enters a scope of this cache runs what falls due by its own doing, not what its callers
    /// are calling, which would be a deeper call for each.
    /// </summary>
    public uint TakeAll()
    {
        uint due = First;
        First = 0;
        return due;
    }

    /// <summary>Adds what was taken out before and not called.</summary>
    /// <param name="memory">Where the records are.</param>
    /// <param name="first">As <see cref="TakeAll"/> returned it.</param>
    public void AddBack(in ArenaMemory memory, uint first)
    {
        if (First == 0)
        {
            First = first;
            return;
        }

        uint last = First;
        while (memory.RecordOf(last - 1).NextDue != 0)
        {
            last = memory.RecordOf(last - 1).NextDue;
        }

        memory.RecordOf(last - 1).NextDue = first;
    }
}

/// <summary>
/// References to one storage that were released in a row while many packets are freed, and are counted down by one atomic
/// subtraction: as many atomic ones as there are mbufs cost many times as much.
/// </summary>
internal struct GatheredReleases
{
    /// <summary>Releases are gathered: between the begin and the end of freeing many.</summary>
    public bool IsOn;

    public ZoneId Kind;

    public uint Storage;

    /// <summary>How many references have been released and not been counted down; 0 if nothing is gathered.</summary>
    public int Count;
}
