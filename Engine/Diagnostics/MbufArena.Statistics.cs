namespace Engine.Mbufs;

/// <content>Statistics, derived from what there is rather than counted on the way.</content>
public sealed partial class MbufArena
{
    /// <summary>netstat -m: the state of every zone.</summary>
    /// <returns>A snapshot; exact while no scope is open elsewhere, a moment's view otherwise.</returns>
    /// <exception cref="ObjectDisposedException">The arena is disposed and its memory released.</exception>
    /// <remarks>O(mbufs ever used), for the counts by type. Allocates the snapshot.</remarks>
    public MbufStatistics GetStatistics()
    {
        int[] types = new int[byte.MaxValue + 1];
        int tags = CountTypes(types);
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(_released, this);
            TryAdoptAny();
            for (ZoneId zone = ZoneId.Cluster; zone <= ZoneId.Jumbo16; zone++)
            {
                NoteHighWater(zone);
            }

            var zones = new MbufZoneStatistics[ArenaLayout.ZoneCount];
            int pairs = CountFree(ZoneId.Packet);
            ref int data = ref types[(byte)MbufType.Data];
            data = Math.Max(0, data - pairs); // Free pairs look like packets, whose type is plain data.
            for (int zone = 0; zone < ArenaLayout.ZoneCount; zone++)
            {
                zones[zone] = Describe((ZoneId)zone, pairs);
            }

            return new MbufStatistics(zones, types, tags);
        }
    }

    /// <summary>
    /// Raises the high-water marks that a zone's traffic can raise. Called when a magazine changes hands, so that nothing is
    /// counted for each packet; what lies in magazines counts as out.
    /// </summary>
    internal void NoteHighWater(ZoneId zone)
    {
        if (zone is ZoneId.Mbuf or ZoneId.Cluster or ZoneId.Packet)
        {
            int pairs = Zones[(int)ZoneId.Packet].InDepot;
            Zones[(int)ZoneId.Mbuf].NoteOutside(pairs);
            Zones[(int)ZoneId.Cluster].NoteOutside(pairs);
        }
        else
        {
            Zones[(int)zone].NoteOutside(0);
        }
    }

    /// <summary>
    /// Counts live mbufs by type, with those of free pairs, and tags apart. A piece at a time, so that nobody waits long for the
    /// gate.
    /// </summary>
    private int CountTypes(int[] types)
    {
        const uint Piece = 4096;
        int tags = 0;
        uint index = 1;
        bool more = true;
        while (more)
        {
            lock (Gate)
            {
                ObjectDisposedException.ThrowIf(_released, this);
                uint end = Math.Min(index + Piece, (uint)Zones[(int)ZoneId.Mbuf].Carved + 1);
                for (; index < end; index++)
                {
                    ref MbufHeader header = ref Memory.Header(index);
                    switch (Volatile.Read(ref header.Flags) & (HeaderFlags.Free | HeaderFlags.Tag))
                    {
                        case 0:
                            types[(byte)header.Type]++;
                            break;
                        case HeaderFlags.Tag:
                            tags++;
                            break;
                    }
                }

                more = index <= (uint)Zones[(int)ZoneId.Mbuf].Carved;
            }
        }

        return tags;
    }

    private MbufZoneStatistics Describe(ZoneId id, int pairs)
    {
        Zone zone = Zones[(int)id];
        if (id == ZoneId.Packet)
        {
            Zone clusters = Zones[(int)ZoneId.Cluster];
            int inUse = Math.Max(0, clusters.Admitted - CountFree(ZoneId.Cluster) - pairs);
            return new MbufZoneStatistics(inUse, pairs, inUse + pairs, zone.Limit, clusters.HighWater, zone.Denied, zone.Delayed);
        }

        int free = CountFree(id) + (id <= ZoneId.Cluster ? pairs : 0);
        int total = zone.Admitted;
        int current = Math.Max(0, total - free);
        return new MbufZoneStatistics(current, total - current, total, zone.Limit, zone.HighWater, zone.Denied, zone.Delayed);
    }

    private int CurrentMbufs()
        => Math.Max(0, Zones[(int)ZoneId.Mbuf].Admitted - CountFree(ZoneId.Mbuf) - CountFree(ZoneId.Packet));

    /// <summary>Free items of a zone that were carved: in the depot, in quarantine and in the caches' magazines.</summary>
    private int CountFree(ZoneId zone)
    {
        int free = Zones[(int)zone].InDepot + (Quarantine?.Count(zone) ?? 0);
        for (int number = 0; number < _cacheCount; number++)
        {
            free += _caches[number]!.Hot.Magazines[(int)zone].Total;
        }

        return free;
    }
}
