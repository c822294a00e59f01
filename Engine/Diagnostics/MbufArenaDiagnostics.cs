namespace Engine.Mbufs;

/// <summary>An arena looked at: the audit, the state of a handle, the statistics.</summary>
public static class MbufArenaDiagnostics
{
    /// <summary>What an arena is asked.</summary>
    /// <param name="arena">The arena.</param>
    extension(MbufArena arena)
    {
        /// <summary>
        /// Looks at every mbuf and cluster and finds each in exactly one place: never carved, retired, in the depot, in a
        /// magazine, in quarantine, or in a live chain; and every chain and reference count right.
        /// </summary>
        /// <returns>What was found.</returns>
        /// <exception cref="MbufCorruptionException">In checked mode: freed storage was found written, and nobody was told
        /// yet.</exception>
        /// <exception cref="InvalidOperationException">A scope is open: what its thread holds cannot be looked at.</exception>
        /// <exception cref="ObjectDisposedException">The arena is disposed and its memory released.</exception>
        /// <remarks>
        /// O(mbufs and clusters carved), allocates. For tests and diagnosis. A pair that no magazine holds is a live packet to it, since
        /// their headers do not differ.
        /// </remarks>
        public MbufAudit Audit()
        {
            lock (arena.Gate)
            {
                ObjectDisposedException.ThrowIf(arena.IsReleased, arena);
                arena.Quarantine?.ThrowIfSpoiled();
                int claimed = 0;
                try
                {
                    while (claimed < arena.CacheCount)
                    {
                        if (!arena.CacheAt(claimed).TryBeginDrain())
                        {
                            throw new InvalidOperationException("A scope of the arena is open. Close every scope before the audit.");
                        }

                        claimed++;
                    }

                    return new ArenaAuditor(arena).Run(arena.FreeItems());
                }
                finally
                {
                    while (claimed > 0)
                    {
                        claimed--;
                        arena.CacheAt(claimed).EndDrain();
                    }
                }
            }
        }

        /// <summary>
        /// The one question that a stale handle may ask (mbuf(9): M_FREELIST).
        /// </summary>
        /// <param name="packet">Any handle.</param>
        /// <returns>What has become of the packet; a moment's view if other threads work with it.</returns>
        /// <exception cref="ObjectDisposedException">The arena is disposed and its memory released.</exception>
        /// <remarks>
        /// O(1) for a live packet; O(free packets) where the handle is stale and its mbuf has no bytes: then the magazines are looked
        /// through. For diagnosis.
        /// </remarks>
        public MbufState StateOf(Mbuf packet)
        {
            lock (arena.Gate)
            {
                ObjectDisposedException.ThrowIf(arena.IsReleased, arena);
                if (packet.IsNull)
                {
                    return MbufState.Null;
                }

                uint index = packet.Slot - arena.FirstSlot;
                if (index - 1 >= (uint)arena.Layout.Limits[(int)ZoneId.Mbuf])
                {
                    return MbufState.Foreign;
                }

                if (index > (uint)arena.Zones[(int)ZoneId.Mbuf].Carved)
                {
                    return MbufState.Free;
                }

                ref MbufHeader header = ref arena.Memory.Header(index);
                return Volatile.Read(ref header.Generation) == packet.Generation && (header.IsLiveHead || (header.Flags & HeaderFlags.Tag) != 0) ? MbufState.Live
                    : (Volatile.Read(ref header.Flags) & HeaderFlags.Free) != 0 || arena.IsFreePair(index, ref header) ? MbufState.Free
                    : MbufState.Reused;
            }
        }

        /// <summary>
        /// Whether a pair is free: its header does not tell it from a packet that was allocated and not yet touched, so the magazines
        /// are looked through.
        /// </summary>
        private bool IsFreePair(uint index, ref MbufHeader header)
        {
            if (header.Kind != ZoneId.Cluster || header.Flags != HeaderFlags.FreePair || header.ChainLength != 0)
            {
                return false;
            }

            for (int number = 0; number < arena.CacheCount; number++)
            {
                if (arena.CacheAt(number).HoldsPair(index))
                {
                    return true;
                }
            }

            return arena.Zones[(int)ZoneId.Packet].Holds(index, arena.Layout.MagazineCount) || (arena.Quarantine?.Holds(ZoneId.Packet, index) ?? false);
        }

        private IEnumerable<(ZoneId Zone, Round Round, string Place)> FreeItems()
        {
            foreach (Zone zone in arena.Zones)
            {
                foreach (Round round in zone.FreeItems())
                {
                    yield return (zone.Id, round, $"the depot of the {zone.Id} zone");
                }

                foreach (uint mbuf in zone.RestingItems())
                {
                    yield return (zone.Id, new Round(mbuf, generation: 0), ArenaAuditor.Resting);
                }

                foreach (Round round in zone.RetiredItems())
                {
                    yield return (zone.Id, round, $"the items of the {zone.Id} zone that a lower limit retired");
                }

                for (int number = 0; number < arena.CacheCount; number++)
                {
                    foreach (Round round in arena.CacheAt(number).FreeRounds(zone.Id))
                    {
                        yield return (zone.Id, round, $"the {zone.Id} magazines of cache {number}");
                    }
                }
            }

            foreach ((ZoneId zone, uint item) in arena.Quarantine?.Items() ?? [])
            {
                yield return (zone, arena.RoundOf(zone, item), "quarantine");
            }
        }

        /// <summary>netstat -m: the state of every zone.</summary>
        /// <returns>A snapshot; exact while no scope is open elsewhere, a moment's view otherwise.</returns>
        /// <exception cref="ObjectDisposedException">The arena is disposed and its memory released.</exception>
        /// <remarks>O(mbufs ever used), for the counts by type. Allocates the snapshot.</remarks>
        public MbufStatistics GetStatistics()
        {
            int[] types = new int[byte.MaxValue + 1];
            int tags = arena.CountTypes(types);
            lock (arena.Gate)
            {
                ObjectDisposedException.ThrowIf(arena.IsReleased, arena);
                arena.TryAdoptAny();
                for (ZoneId zone = ZoneId.Cluster; zone <= ClusterKind.Largest; zone++)
                {
                    arena.NoteHighWater(zone);
                }

                var zones = new MbufZoneStatistics[ArenaLayout.ZoneCount];
                int pairs = arena.CountFree(ZoneId.Packet);
                ref int data = ref types[(byte)MbufType.Data];
                data = Math.Max(0, data - pairs); // Free pairs look like packets, whose type is plain data.
                for (int zone = 0; zone < ArenaLayout.ZoneCount; zone++)
                {
                    zones[zone] = arena.Describe((ZoneId)zone, pairs);
                }

                return new MbufStatistics(zones, types, tags);
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
                lock (arena.Gate)
                {
                    ObjectDisposedException.ThrowIf(arena.IsReleased, arena);
                    uint end = Math.Min(index + Piece, (uint)arena.Zones[(int)ZoneId.Mbuf].Carved + 1);
                    for (; index < end; index++)
                    {
                        ref MbufHeader header = ref arena.Memory.Header(index);
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

                    more = index <= (uint)arena.Zones[(int)ZoneId.Mbuf].Carved;
                }
            }

            return tags;
        }

        private MbufZoneStatistics Describe(ZoneId id, int pairs)
        {
            Zone zone = arena.Zones[(int)id];
            if (id == ZoneId.Packet)
            {
                Zone clusters = arena.Zones[(int)ZoneId.Cluster];
                int inUse = Math.Max(0, clusters.Admitted - arena.CountFree(ZoneId.Cluster) - pairs);
                return new MbufZoneStatistics(inUse, pairs, inUse + pairs, zone.Limit, clusters.HighWater, zone.Denied, zone.Delayed);
            }

            int free = arena.CountFree(id) + (id <= ZoneId.Cluster ? pairs : 0);
            int total = zone.Admitted;
            int current = Math.Max(0, total - free);
            return new MbufZoneStatistics(current, total - current, total, zone.Limit, zone.HighWater, zone.Denied, zone.Delayed);
        }
    }
}
