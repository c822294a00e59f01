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
        item = Hot.Hand.Slot - Hot.Opening;
        if (item < Hot.PopLimit)
        {
            Hot.Hand.Empty();
            return true;
        }

        return Hot.Magazines[(int)ZoneId.Packet].TryPopLoaded(Hot.PopLimit, out item);
    }

    /// <summary>A chain that this cache's owner works with from now on; the caller has its claim.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal MbufChain ChainAt(uint index, uint generation) => new(this, index + Hot.Opening, generation);

    /// <summary>A packet with a 2 KiB cluster; null when exhausted.</summary>
    /// <param name="opening">The number of the opening that the scope knows, which may have ended.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal MbufChain StartPacket(uint opening)
    {
        // A packet already: its header need not even be there yet. What is in hand has the number of the opening above it.
        uint slot = Hot.Hand.Slot;
        if (slot - opening < Hot.PopLimit)
        {
            Hot.Hand.Empty();
            return new MbufChain(this, slot, Hot.Hand.Generation);
        }

        if (opening == Hot.Opening && Hot.Magazines[(int)ZoneId.Packet].TryPopLoaded(Hot.PopLimit, out uint pair, out uint generation))
        {
            Debug.Assert(IsFreePair(pair, generation), "What a magazine holds is reset, and its generation true.");
            return new MbufChain(this, pair + opening, generation);
        }

        ulong slow = StartPacketSlow(opening);
        return new MbufChain(slow == 0 ? OfNull : this, (uint)slow, (uint)(slow >> 32));
    }

    /// <summary>
    /// Slot and generation in one word, or 0. Not a chain, which comes from a call in memory: that would take the fast path's chain
    /// out of its registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong StartPacketSlow(uint opening)
    {
        if (opening != Hot.Opening)
        {
            ThrowHelper.ScopeClosed();
        }

        if (!TryTake(ZoneId.Packet, out uint index))
        {
            TellOfNothing();
            return 0;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        header.Flags = HeaderFlags.FreePair;
        return (index + Hot.Opening) | ((ulong)header.Generation << 32);
    }

    /// <summary>A free mbuf with a header, as the head of a chain; null when exhausted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal MbufChain StartChain(ZoneId zone, uint flags)
    {
        if (!TryTake(zone, out uint index))
        {
            TellOfNothing();
            return MbufChain.Null;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        header.Flags = zone == ZoneId.Packet ? flags : flags | HeaderFlags.Intricate;
        return ChainAt(index, header.Generation);
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
        if (!IsOpen)
        {
            ThrowHelper.ScopeClosed();
        }

        if (Volatile.Read(ref _asked))
        {
            ServeRequest();
        }

        if (Hot.PopLimit == 0 && !_isProbing && IsStruck(zone))
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
        if (!IsOpen)
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
        if (TryTakeHand(zone, out item) || pair.TryPop(out item))
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

        return pair.TryPop(out item);
    }

    /// <summary>Everything that the cache holds of a zone; approximate where another thread asks.</summary>
    internal int FreeCount(ZoneId zone)
        => Hot.Magazines[(int)zone].Total + (zone == ZoneId.Packet && Hot.Hand.IsFull ? 1 : 0);

    /// <summary>True if the cache holds a pair; a moment's view, where another thread asks.</summary>
    internal bool HoldsPair(uint index)
        => Hot.Magazines[(int)ZoneId.Packet].Holds(index) || (Hot.Hand.IsFull && Hot.Hand.Round.Item == index);

    /// <summary>Takes anything that the cache holds of a zone, for a flush.</summary>
    internal bool TryTakeAny(ZoneId zone, out uint item) => TryTakeHand(zone, out item) || Hot.Magazines[(int)zone].TryTakeAny(out item);

    /// <summary>The pair in hand, off the fast path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTakeHand(ZoneId zone, out uint item)
    {
        item = Hot.Hand.Round.Item;
        if (zone != ZoneId.Packet || !Hot.Hand.IsFull)
        {
            return false;
        }

        Hot.Hand.Empty();
        return true;
    }

    /// <summary>True if the magazines hold what a request of a zone could be granted with; a moment's view.</summary>
    internal bool HasUseFor(ZoneId zone)
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
    private void ServeRequest()
    {
        Arena.Flush(this);
        RestoreLimits();
    }
}
