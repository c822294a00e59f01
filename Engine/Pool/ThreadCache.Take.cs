using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Taking free items: the fast path is a pop, the slow path visits the depot and everything behind it.</content>
internal sealed partial class ThreadCache
{
    /// <summary>Set while the owner is inside a waiting allocation: a miss is then a delay, not a denial.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>The zone whose exhaustion the last miss met.</summary>
    public ZoneId MissedZone { get; private set; }

    /// <summary>Stress made an allocation fail since this was cleared: there may be memory.</summary>
    public bool HadInjectedFailure { get; set; }

    /// <summary>A free item of a zone, reset. False if the arena has none; what <paramref name="item"/> is then is not specified.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(ZoneId zone, out uint item)
    {
        if (zone == ZoneId.Packet ? TryPopPacket(out item) : Hot.Magazines[(int)zone].TryPop(Hot.PopLimit, out item))
        {
            return true;
        }

        long slow = TakeSlow(zone);
        item = (uint)slow;
        return slow >= 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryPopPacket(out uint item)
    {
        item = Hot.Front.Slot - Hot.Opening;
        if (item < Hot.PopLimit)
        {
            Hot.Front.Empty();
            return true;
        }

        return Hot.Magazines[(int)ZoneId.Packet].TryPopLoaded(Hot.PopLimit, out item);
    }

    /// <summary>
    /// An allocation found nothing: in checked mode the moment to tell of a spoiled poison, since nothing is half done. Returns
    /// nothing, since a chain that comes from a call would take the fast path's chain out of its registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void ReportCorruption() => Arena.Quarantine?.ThrowIfSpoiled();

    /// <summary>
    /// The item, or -1. Not by an out parameter: that would keep the item of the fast path in memory instead of a register.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long TakeSlow(ZoneId zone)
    {
        if (!IsOpen)
        {
            ThrowHelper.ScopeClosed();
        }

        if (Volatile.Read(ref _flushRequested))
        {
            FlushOnRequest();
        }

        if (Hot.PopLimit == 0 && !_isProbing && InjectsFailure(zone))
        {
            return -1;
        }

        if (TryFind(zone, out uint item) || (!_isProbing && TryReclaim(zone, out item)))
        {
            return item;
        }

        if (!_isProbing)
        {
            CountDenied(zone);
            RaiseLimitReached(zone);
        }

        return -1;
    }

    /// <summary>Looks through the whole arena.</summary>
    private bool TryFind(ZoneId zone, out uint item) => TryTakeFromDepot(zone, out item) || Arena.TryRefill(this, zone, out item);

    /// <summary>Looks once more, after callbacks that free what the program can do without.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReclaim(ZoneId zone, out uint item)
    {
        item = 0;
        if (!TryReclaimFor(zone))
        {
            return false;
        }

        bool found = TryFind(zone, out item);
        Arena.NoteReclaimed(zone, found);
        return found;
    }

    /// <summary>
    /// The floor is raised: by stress, which decides, or by what has ended meanwhile; then the owner lowers it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool InjectsFailure(ZoneId zone)
    {
        if (!IsOpen)
        {
            ThrowHelper.ScopeClosed(); // Its floor must stay where it is: the magazines may be another's, or gone.
        }

        if (Arena.Stress.InjectsAllocationFailure())
        {
            HadInjectedFailure = true;
            CountDenied(zone);
            return true;
        }

        if (!Arena.IsChecked && !Arena.Stress.AffectsAllocations)
        {
            RestoreLimits();
        }

        return false;
    }

    /// <summary>
    /// Notes that a zone had nothing: a denial, unless the owner waits.
    /// </summary>
    public void CountDenied(ZoneId zone)
    {
        MissedZone = zone;
        if (!IsWaiting)
        {
            Arena.Zones[(int)zone].CountDenied();
        }
    }

    /// <summary>From the own magazines, or a full one of the depot where items are not <see cref="MbufArena.IsLow"/>: no lock.</summary>
    public bool TryTakeFromDepot(ZoneId zone, out uint item)
    {
        ref MagazinePair pair = ref Hot.Magazines[(int)zone];
        if (TryTakeFront(zone, out item) || pair.TryPop(out item))
        {
            return true;
        }

        if (pair.PreviousCount > 0)
        {
            pair.Swap();
        }
        else if (!Arena.IsLow(zone) && Arena.Zones[(int)zone].Full.TryPop(out Magazine full))
        {
            Arena.EmptyMagazines.Return(pair.LoadFull(full));
            Arena.NoteHighWater(zone);
        }

        return pair.TryPop(out item);
    }

    /// <summary>Everything that the cache holds of a zone; approximate where another thread asks.</summary>
    public int FreeCount(ZoneId zone)
        => Hot.Magazines[(int)zone].Total + (zone == ZoneId.Packet && Hot.Front.IsFull ? 1 : 0);

    /// <summary>True if the cache holds a pair; a moment's view, where another thread asks.</summary>
    public bool HoldsPair(uint index)
        => Hot.Magazines[(int)ZoneId.Packet].Holds(index) || (Hot.Front.IsFull && Hot.Front.Round.Item == index);

    /// <summary>Takes anything that the cache holds of a zone, for a flush.</summary>
    public bool TryTakeAny(ZoneId zone, out uint item) => TryTakeFront(zone, out item) || Hot.Magazines[(int)zone].TryTakeAny(out item);

    /// <summary>The pair in the front slot, off the fast path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTakeFront(ZoneId zone, out uint item)
    {
        item = Hot.Front.Round.Item;
        if (zone != ZoneId.Packet || !Hot.Front.IsFull)
        {
            return false;
        }

        Hot.Front.Empty();
        return true;
    }

    /// <summary>True if the magazines hold what a request of a zone could be granted with; a moment's view.</summary>
    public bool HasUseFor(ZoneId zone)
    {
        bool pairs = FreeCount(ZoneId.Packet) > 0;
        return zone switch
        {
            ZoneId.Packet => pairs || FreeCount(ZoneId.Mbuf) > 0 || FreeCount(ZoneId.Cluster) > 0,
            ZoneId.Mbuf or ZoneId.Cluster => pairs || FreeCount(zone) > 0,
            _ => FreeCount(zone) > 0,
        };
    }

    /// <summary>
    /// Flushes because another thread asked; the asked thread is in the middle of one operation, between two items.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FlushOnRequest()
    {
        Arena.Flush(this);
        RestoreLimits();
    }

    /// <summary>The owner tries one zone after the other: a miss is not a denial yet.</summary>
    private bool _isProbing;

    /// <summary>
    /// The smallest cluster that holds a number of bytes behind its headroom, or else the smallest that holds them with it; false
    /// if there is none, or none so large. To stress, all of it is one allocation.
    /// </summary>
    public bool TryTakeCluster(int length, out ZoneId kind, out uint storage)
    {
        if (Hot.PopLimit == 0 && InjectsFailure(SmallestClusterFor(length)))
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

        DenyCluster(length);
        return false;
    }

    /// <summary>Counts a request for a cluster that holds so many bytes as denied.</summary>
    public void DenyCluster(int length)
    {
        ZoneId zone = SmallestClusterFor(length);
        CountDenied(zone);
        RaiseLimitReached(zone);
    }

    /// <summary>The same for who makes do with smaller clusters: a miss is no denial.</summary>
    public bool TryProbeCluster(int length, out ZoneId kind, out uint storage)
    {
        if (Hot.PopLimit != 0 || !InjectsFailure(SmallestClusterFor(length)))
        {
            return TryProbeClusters(length, out kind, out storage);
        }

        (kind, storage) = (default, 0);
        return false;
    }

    /// <summary>An item of one zone for who makes do with others.</summary>
    public bool TryProbe(ZoneId zone, out uint item)
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
        for (ZoneId zone = ZoneId.Cluster; zone < ClusterKind.Largest; zone++)
        {
            if (Hot.Memory.LayoutOf(zone).Capacity >= length && Arena.Zones[(int)zone].Limit > 0)
            {
                return zone;
            }
        }

        return ClusterKind.Largest;
    }

    private bool TryProbeClusters(int length, out ZoneId kind, out uint storage)
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

    private bool TryEachCluster(int length, out ZoneId kind, out uint storage)
    {
        for (kind = ZoneId.Cluster; kind <= ClusterKind.Largest; kind++)
        {
            if (Hot.Memory.LayoutOf(kind).Size >= length && TryTake(kind, out storage))
            {
                return true;
            }
        }

        // Bytes that were prepended into the headroom still fit a cluster of the same size when they are moved: without headroom.
        for (kind = ZoneId.Cluster; kind <= ClusterKind.Largest; kind++)
        {
            ref readonly StorageLayout layout = ref Hot.Memory.LayoutOf(kind);
            if (layout.Capacity >= length && layout.Size < length && TryTake(kind, out storage))
            {
                return true;
            }
        }

        storage = 0;
        return false;
    }

    /// <summary>What the magazines of a zone hold; only while nobody is in the cache.</summary>
    public Round[] FreeRounds(ZoneId zone) => zone == ZoneId.Packet && Hot.Front.IsFull
        ? [.. Hot.Magazines[(int)zone].ToArray(), Hot.Front.Round]
        : Hot.Magazines[(int)zone].ToArray();
}
