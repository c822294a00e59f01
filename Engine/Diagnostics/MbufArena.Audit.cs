namespace Engine.Mbufs;

/// <content>Looking at everything.</content>
public sealed partial class MbufArena
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
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(_released, this);
            Quarantine?.ThrowIfSpoiled();
            int claimed = 0;
            try
            {
                while (claimed < _cacheCount)
                {
                    if (!_caches[claimed]!.TryBeginDrain())
                    {
                        throw new InvalidOperationException("A scope of the arena is open. Close every scope before the audit.");
                    }

                    claimed++;
                }

                MbufCache walker = _cacheCount > 0 ? _caches[0]! : AddCache(isExplicit: false)!;
                return new ArenaAuditor(this, walker).Run(FreeItems());
            }
            finally
            {
                while (claimed > 0)
                {
                    claimed--;
                    _caches[claimed]!.EndDrain();
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
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(_released, this);
            if (packet.IsNull)
            {
                return MbufState.Null;
            }

            uint index = packet.Slot - FirstSlot;
            if (index - 1 >= (uint)Layout.Limits[(int)ZoneId.Mbuf])
            {
                return MbufState.Foreign;
            }

            if (index > (uint)Zones[(int)ZoneId.Mbuf].Carved)
            {
                return MbufState.Free;
            }

            ref MbufHeader header = ref Memory.Header(index);
            return Volatile.Read(ref header.Generation) == packet.Generation && (header.IsLiveHead || (header.Flags & HeaderFlags.Tag) != 0) ? MbufState.Live
                : (Volatile.Read(ref header.Flags) & HeaderFlags.Free) != 0 || IsFreePair(index, ref header) ? MbufState.Free
                : MbufState.Reused;
        }
    }

    /// <summary>
    /// Whether a pair is free: its header does not tell it from a packet that was allocated and not yet touched, so the magazines
    /// are looked through.
    /// </summary>
    private bool IsFreePair(uint index, ref MbufHeader header)
    {
        if (header.Kind != StorageKind.Cluster || header.Flags != HeaderFlags.FreePair || header.ChainLength != 0)
        {
            return false;
        }

        for (int number = 0; number < _cacheCount; number++)
        {
            if (_caches[number]!.HoldsPair(index))
            {
                return true;
            }
        }

        return Zones[(int)ZoneId.Packet].Holds(index, Layout.MagazineCount) || (Quarantine?.Holds(ZoneId.Packet, index) ?? false);
    }

    private IEnumerable<(ZoneId Zone, Round Round, string Place)> FreeItems()
    {
        foreach (Zone zone in Zones)
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

            for (int number = 0; number < _cacheCount; number++)
            {
                foreach (Round round in _caches[number]!.FreeRounds(zone.Id))
                {
                    yield return (zone.Id, round, $"the {zone.Id} magazines of cache {number}");
                }
            }
        }

        foreach ((ZoneId zone, uint item) in Quarantine?.Items() ?? [])
        {
            yield return (zone, _caches[0]!.RoundOf(zone, item), "quarantine");
        }
    }
}
