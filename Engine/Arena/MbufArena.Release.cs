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
            _released = true;
            for (int cache = 0; cache < _cacheCount; cache++)
            {
                _caches[cache]!.Withdraw();
            }

            // Nothing says that the next reservation is not given the same memory as it is: what was carved is wiped, so that a
            // handle of this arena finds none of its generations there.
            Memory.ClearHeaders(Zones[(int)ZoneId.Mbuf].Carved);
            _region.Free();
            ArenaTable.Release(_id);
        }

        MbufExternalStorage.ReleaseAll(attached);
    }

    /// <summary>
    /// What is attached to packets that are live when the memory is released, but for what others than packets still count.
    /// </summary>
    private List<MbufExternalStorage> LiveExternalStorages()
    {
        var attached = new List<MbufExternalStorage>();
        long first = Layout.Storages[(int)StorageKind.External].FirstCount;
        for (int item = 0; item < Zones[(int)ZoneId.External].Carved; item++)
        {
            ref ExternalRecord record = ref Memory.External(first + item);
            if (record.IsLive && record.RemoveAllHolders())
            {
                attached.Add(record.Storage);
            }
        }

        return attached;
    }
}
