namespace Engine.Mbufs;

/// <content>A cluster of whatever size is large enough.</content>
public sealed partial class MbufCache
{
    /// <summary>The owner tries one zone after the other: a miss is not a denial yet.</summary>
    private bool _isProbing;

    /// <summary>
    /// The smallest cluster that holds a number of bytes behind its headroom, or else the smallest that holds them with it; false
    /// if there is none, or none so large. To stress, all of it is one allocation.
    /// </summary>
    internal bool TryTakeCluster(int length, out StorageKind kind, out uint storage)
    {
        if (Hot.PopLimit == 0 && IsStruck(SmallestClusterFor(length)))
        {
            (kind, storage) = (default, 0);
            return false;
        }

        if (TryProbeClusters(length, out kind, out storage))
        {
            return true;
        }

        ZoneId zone = SmallestClusterFor(length);
        if (CanEverTakeCluster(length) && TryReclaimFor(zone))
        {
            bool found = TryProbeClusters(length, out kind, out storage);
            Arena.NoteReclaimed(zone, found);
            if (found)
            {
                return true;
            }
        }

        CountMiss(zone);
        NoteLimit(zone);
        return false;
    }

    /// <summary>
    /// One mbuf with a cluster of exactly this size, linked to nothing. Whoever asks has a use for smaller ones as well: that
    /// there is no such cluster is no denial.
    /// </summary>
    internal bool TryProbeMbufWith(StorageKind kind, out uint index)
    {
        index = 0;
        if (!TryProbe((ZoneId)kind, out uint storage))
        {
            return false;
        }

        if (!TryTake(ZoneId.Mbuf, out index))
        {
            Give((ZoneId)kind, storage);
            return false;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        AttachCluster(ref header, kind, storage, Storages[(int)kind].Size);
        header.Flags = 0;
        return true;
    }

    private bool TryProbe(ZoneId zone, out uint item)
    {
        _isProbing = true;
        try
        {
            return TryTake(zone, out item);
        }
        finally
        {
            _isProbing = false;
        }
    }

    /// <summary>The zone that a request for a cluster of whatever size is counted for: the first that could grant it.</summary>
    private ZoneId SmallestClusterFor(int length)
    {
        for (ZoneId zone = ZoneId.Cluster; zone < ZoneId.Jumbo16; zone++)
        {
            if (Storages[(int)zone].Capacity >= length && Arena.Zones[(int)zone].Limit > 0)
            {
                return zone;
            }
        }

        return ZoneId.Jumbo16;
    }

    private bool TryProbeClusters(int length, out StorageKind kind, out uint storage)
    {
        _isProbing = true;
        try
        {
            return TryEachCluster(length, out kind, out storage);
        }
        finally
        {
            _isProbing = false; // Also if the thread is interrupted while it waits for the gate.
        }
    }

    private bool TryEachCluster(int length, out StorageKind kind, out uint storage)
    {
        for (kind = StorageKind.Cluster; kind <= StorageKind.Jumbo16; kind++)
        {
            if (Storages[(int)kind].Size >= length && TryTake((ZoneId)kind, out storage))
            {
                return true;
            }
        }

        // Bytes that were prepended into the headroom still fit a cluster of the same size when they are moved: without headroom.
        for (kind = StorageKind.Cluster; kind <= StorageKind.Jumbo16; kind++)
        {
            ref StorageLayout layout = ref Storages[(int)kind];
            if (layout.Capacity >= length && layout.Size < length && TryTake((ZoneId)kind, out storage))
            {
                return true;
            }
        }

        storage = 0;
        return false;
    }
}
