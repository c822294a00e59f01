namespace Engine.Mbufs;

/// <content>The end of an arena.</content>
public sealed partial class MbufArena
{
    /// <summary>
    /// Releases the memory of a disposed arena once nobody is in it; then calls the routines of external storage that packets
    /// still referred to.
    /// </summary>
    internal void TryRelease()
    {
        List<MbufExternalStorage> attached;
        lock (Gate)
        {
            if (_released)
            {
                return;
            }

            for (int cache = 0; cache < _cacheCount; cache++)
            {
                if (!_caches[cache]!.IsIdle && !TryAdopt(_caches[cache]!))
                {
                    return;
                }
            }

            _liveAtRelease = CurrentMbufs();
            attached = LiveExternalStorages();
            uint nextGeneration = NextGeneration();
            _released = true;
            for (int cache = 0; cache < _cacheCount; cache++)
            {
                _caches[cache]!.Withdraw();
            }

            if (ClearsOnFree && _region.IsOfHeap)
            {
                ClearCarved(); // The heap gives it to the next who asks; Linux zeroes the pages that it takes back.
            }

            _region.Free();
            ArenaTable.Release(_id, nextGeneration);
        }

        MbufExternalStorage.ReleaseAll(attached);
    }

    /// <summary>A generation behind all that any mbuf has reached, for the next arena with this id. O(mbufs carved).</summary>
    private uint NextGeneration()
    {
        uint changes = 0;
        for (uint index = 1; index <= (uint)Zones[(int)ZoneId.Mbuf].Carved; index++)
        {
            changes = Math.Max(changes, ArenaTable.ChangesBetween(_firstGeneration, Memory.Header(index).Generation));
        }

        return _firstGeneration + ((changes + 1) * Memory.Step);
    }

    /// <summary>
    /// What is attached to packets that are live when the memory is released, but for what others than packets still count.
    /// </summary>
    private List<MbufExternalStorage> LiveExternalStorages()
    {
        var attached = new List<MbufExternalStorage>();
        for (int item = 0; item < Zones[(int)ZoneId.External].Carved; item++)
        {
            ref ExternalRecord record = ref Memory.RecordOf((uint)item);
            if (record.IsLive && record.RemoveAllHolders())
            {
                attached.Add(record.Storage);
            }
        }

        return attached;
    }

    /// <summary>
    /// Zeroes all storage that was ever handed out, in use or not; nobody may be in the arena. What was never handed out is zero.
    /// </summary>
    internal void ClearCarved()
    {
        for (int kind = 0; kind < (int)ZoneId.External; kind++)
        {
            StorageLayout layout = Layout.Storages[kind];
            long count = Zones[kind].Carved + (kind == (int)ZoneId.Internal ? 1 : 0); // Mbuf 0 is null.
            Memory.Raw.Clear(layout.Start, count * layout.Stride);
        }
    }
}
