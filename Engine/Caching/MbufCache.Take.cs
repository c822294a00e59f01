using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Taking free items: the fast path is a pop, the slow path visits the depot and everything behind it.</content>
public sealed partial class MbufCache
{
    /// <summary>Set while the owner is inside a waiting allocation: a miss is then a delay, not a denial.</summary>
    internal bool IsWaiting { get; set; }

    /// <summary>The zone whose exhaustion the last miss met.</summary>
    internal ZoneId MissedZone { get; private set; }

    /// <summary>Stress made an allocation fail since this was cleared: there may be memory.</summary>
    internal bool WasStruck { get; set; }

    /// <summary>A free item of a zone, reset, or 0 with <paramref name="item"/> unspecified if the arena has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake(ZoneId zone, out uint item)
    {
        if (Hot.Magazines[(int)zone].TryPop(Hot.Floor, out item))
        {
            return true;
        }

        long slow = TakeSlow(zone);
        item = (uint)slow;
        return slow >= 0;
    }

    /// <summary>A free mbuf with a header, as the head of a chain; null when exhausted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal MbufChain StartChain(ZoneId zone, uint flags)
    {
        if (zone == ZoneId.Packet && flags == HeaderFlags.FreePair
            && Hot.Magazines[(int)ZoneId.Packet].TryPop(Hot.Floor, out uint pair, out uint generation))
        {
            Debug.Assert(IsFreePair(pair, generation), "What a magazine holds is reset, and its generation true.");
            return new MbufChain(this, pair, generation); // A packet already: its header need not even be there yet.
        }

        if (!TryTake(zone, out uint index))
        {
            TellOfNothing();
            return default;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        header.Flags = zone == ZoneId.Packet ? flags : flags | HeaderFlags.Intricate;
        return new MbufChain(this, index, header.Generation);
    }

    /// <summary>
    /// An allocation found nothing: in checked mode the moment to tell of a spoiled poison, since nothing is half done. Returns
    /// nothing, since a chain that comes from a call would take the fast path's chain out of its registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void TellOfNothing() => Arena.Quarantine?.ThrowIfSpoiled();

    /// <summary>
    /// The item, or -1. Not by an out parameter: that would keep the item of the fast path in memory instead of a register.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long TakeSlow(ZoneId zone)
    {
        if (Hot.LastIndex == 0)
        {
            ThrowHelper.ScopeClosed();
        }

        if (Volatile.Read(ref _asked))
        {
            ServeRequest();
        }

        if (Hot.Floor != 0 && !_isProbing && IsStruck(zone))
        {
            return -1;
        }

        if (TryFind(zone, out uint item) || (!_isProbing && TryReclaim(zone, out item)))
        {
            return item;
        }

        if (!_isProbing)
        {
            CountMiss(zone);
            NoteLimit(zone);
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
    private bool IsStruck(ZoneId zone)
    {
        if (Hot.LastIndex == 0)
        {
            ThrowHelper.ScopeClosed(); // Its floor must stay where it is: the magazines may be another's, or gone.
        }

        if (Arena.Stress.StrikesAllocation())
        {
            WasStruck = true;
            CountMiss(zone);
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
    private void CountMiss(ZoneId zone)
    {
        MissedZone = zone;
        if (!IsWaiting)
        {
            Arena.Zones[(int)zone].CountDenied();
        }
    }

    /// <summary>From the own magazines, or a full one of the depot where items are not <see cref="MbufArena.IsShort"/>: no lock.</summary>
    internal bool TryTakeFromDepot(ZoneId zone, out uint item)
    {
        ref MagazinePair pair = ref Hot.Magazines[(int)zone];
        if (pair.TryPop(0, out item))
        {
            return true;
        }

        if (pair.PreviousCount > 0)
        {
            pair.Swap();
        }
        else if (!Arena.IsShort(zone) && Arena.Zones[(int)zone].Full.TryPop(out Magazine full))
        {
            Arena.EmptyMagazines.Give(pair.LoadFull(full));
            Arena.NoteHighWater(zone);
        }

        return pair.TryPop(0, out item);
    }

    /// <summary>True if the magazines hold what a request of a zone could be granted with; a moment's view.</summary>
    internal bool HasUseFor(ZoneId zone)
    {
        bool pairs = Hot.Magazines[(int)ZoneId.Packet].Total > 0;
        return zone switch
        {
            ZoneId.Packet => pairs || Hot.Magazines[(int)ZoneId.Mbuf].Total > 0 || Hot.Magazines[(int)ZoneId.Cluster].Total > 0,
            ZoneId.Mbuf or ZoneId.Cluster => pairs || Hot.Magazines[(int)zone].Total > 0,
            _ => Hot.Magazines[(int)zone].Total > 0,
        };
    }

    /// <summary>
    /// Flushes because another thread asked; the asked thread is in the middle of one operation, between two items.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ServeRequest()
    {
        Arena.Flush(this);
        RestoreLimits();
    }
}
