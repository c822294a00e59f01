using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Engine.Mbufs;

/// <content>External storage: its record, and what happens when its last reference ends.</content>
public sealed partial class MbufCache
{
    /// <summary>
    /// The first storage whose last reference has ended and whose routine has not been called yet, counted from 1; 0 for none.
    /// </summary>
    private uint _firstDue;

    /// <summary>Routines wait, though something is due.</summary>
    private bool _routinesHeld;

    /// <summary>The record of external storage.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ref ExternalRecord RecordOf(uint storage)
        => ref Hot.Memory.External(Storages[(int)StorageKind.External].FirstCount + storage);

    /// <summary>
    /// Points a header, whose own storage is internal and empty, at external storage of which it is the only holder.
    /// </summary>
    internal bool TryAttachExternal(ref MbufHeader header, in MbufExternalStorage storage, int length)
    {
        if (!TryTake(ZoneId.External, out uint item))
        {
            return false;
        }

        ref ExternalRecord record = ref RecordOf(item);
        record = new ExternalRecord { Count = 1, Storage = storage };
        header.Kind = StorageKind.External;
        header.Storage = item;
        header.Data = Hot.Memory.OffsetOf(storage);
        header.SegmentLength = length;

        // A counter that others may count up at any time is asked always.
        uint shared = storage.IsCounted ? HeaderFlags.Shared : 0;
        header.Flags = (header.Flags & ~HeaderFlags.OfStorage) | ((uint)storage.Flags & HeaderFlags.ReadOnly) | shared | HeaderFlags.Intricate;
        return true;
    }

    /// <summary>
    /// Gives storage back that no header refers to any more. External storage waits for <see cref="Settle"/>.
    /// </summary>
    internal void GiveStorage(StorageKind kind, uint storage)
    {
        if (kind == StorageKind.External)
        {
            RecordOf(storage).NextDue = _firstDue;
            _firstDue = storage + 1;
        }
        else
        {
            Give((ZoneId)kind, storage);
        }
    }

    /// <summary>
    /// Calls the free routines that are due, when the chain's own bookkeeping is complete: they may call the engine, and if one
    /// throws, the others are still called and everything is freed. The last thing in every operation that can drop storage.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Settle()
    {
        if (_firstDue != 0)
        {
            CallRoutines();
        }
    }

    /// <summary>
    /// Lets free routines wait, for an operation that is made of others: what those settle, it settles at its own end, by
    /// <see cref="ReleaseRoutines"/>. Such operations are not made of each other.
    /// </summary>
    internal void HoldRoutines()
    {
        Debug.Assert(!_routinesHeld, "No routine runs meanwhile that could begin another such operation.");
        _routinesHeld = true;
    }

    /// <summary>Calls the routines that waited.</summary>
    internal void ReleaseRoutines()
    {
        _routinesHeld = false;
        Settle();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CallRoutines()
    {
        if (_routinesHeld)
        {
            return;
        }

        ExceptionDispatchInfo? first = null;
        uint due = TakeDue();
        _foreignCalls++;
        try
        {
            while (due != 0)
            {
                uint item = due - 1;
                ref ExternalRecord record = ref RecordOf(item);
                MbufExternalStorage storage = record.IsRoutineDue ? record.Storage : default;
                due = record.NextDue;
                record.Storage = default;
                Give(ZoneId.External, item);
                storage.TryRelease(ref first); // Of default there is none.
            }
        }
        finally
        {
            _foreignCalls--;
            if (due != 0)
            {
                AddDue(due); // The thread was interrupted where it waited for the gate.
            }
        }

        first?.Throw();
    }

    /// <summary>
    /// Takes all that is due out: a routine that enters a scope of this cache settles what is due by its own doing, not what its callers
    /// are calling, which would be a deeper call for each.
    /// </summary>
    private uint TakeDue()
    {
        uint due = _firstDue;
        _firstDue = 0;
        return due;
    }

    /// <summary>Adds what was taken out before and not called.</summary>
    private void AddDue(uint first)
    {
        if (_firstDue == 0)
        {
            _firstDue = first;
            return;
        }

        uint last = _firstDue;
        while (RecordOf(last - 1).NextDue != 0)
        {
            last = RecordOf(last - 1).NextDue;
        }

        RecordOf(last - 1).NextDue = first;
    }

    /// <summary>True for storage whose references the caller counts: never taken for exclusive, and counted atomically.</summary>
    internal bool IsCallerCounted(ref MbufHeader header)
        => header.Kind == StorageKind.External && RecordOf(header.Storage).Storage.IsCounted;

    private ref int CountOf(ref MbufHeader header) => ref CountOf(header.Kind, header.Storage);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int CountOf(StorageKind kind, uint storage)
    {
        if (kind == StorageKind.Cluster)
        {
            return ref Hot.Memory.Count(storage); // The first of those that are counted.
        }

        if (kind != StorageKind.External)
        {
            return ref Hot.Memory.Count(Storages[(int)kind].FirstCount + storage);
        }

        return ref CountOfExternal(storage);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref int CountOfExternal(uint storage)
    {
        ref ExternalRecord record = ref RecordOf(storage);
        if (record.Storage.IsCounted)
        {
            return ref record.Storage.CallerCount;
        }

        return ref record.Count;
    }
}
