using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>Many packets at once: allocated all or none, prefetched, freed.</summary>
internal static class Bursts
{
    /// <param name="cache">The cache of the calling thread.</param>
    extension(ThreadCache cache)
    {
        /// <summary>Packets where the loaded magazine has too few for all of them. All or nothing.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public bool TryTakeManySlow(Span<Mbuf> packets)
        {
            if (!cache.IsOpen)
            {
                ThrowHelper.ScopeClosed();
            }

            if (!cache.IsAmple(packets.Length))
            {
                cache.DenyForGood(ZoneId.Packet);
                cache.ReportCorruption();
                return false;
            }

            return (cache.Hot.PopLimit != 0 && cache.TryTakeAcross(packets)) || cache.TryTakeOneByOne(packets);
        }

        /// <summary>
        /// Packets from both magazines, or from those and one of the depot. False, with nothing taken, if these are not enough.
        /// </summary>
        private bool TryTakeAcross(Span<Mbuf> packets)
        {
            ref MagazinePair pair = ref cache.Hot.Magazines[(int)ZoneId.Packet];
            int held = pair.Count + pair.PreviousCount;
            Magazine full = default;
            bool exchanges = packets.Length > held;
            if (exchanges && (packets.Length - held > Magazine.Capacity || cache.Arena.IsLow(ZoneId.Packet) || !cache.Arena.Zones[(int)ZoneId.Packet].Full.TryPop(out full)))
            {
                return false;
            }

            int taken = cache.TakeLoaded(packets);
            if (taken < packets.Length)
            {
                pair.Swap();
                taken += cache.TakeLoaded(packets[taken..]);
            }

            if (exchanges)
            {
                cache.Arena.EmptyMagazines.Return(pair.LoadFull(full));
                cache.Arena.NoteHighWater(ZoneId.Packet);
                taken += cache.TakeLoaded(packets[taken..]);
            }

            Debug.Assert(taken == packets.Length, "There were enough before any was taken.");
            return true;
        }

        /// <summary>As many packets as are asked for, or as the loaded magazine has.</summary>
        private int TakeLoaded(Span<Mbuf> packets)
        {
            ref MagazinePair pair = ref cache.Hot.Magazines[(int)ZoneId.Packet];
            int count = Math.Min(packets.Length, pair.Count);
            bool popped = pair.TryPopMany(Mbuf.AnyIndex, count, out ReadOnlySpan<Round> rounds);
            Debug.Assert(popped, "No more is asked for than the magazine has.");
            Magazine.CopyTo(rounds, packets, cache.Hot.FirstSlot);
            return count;
        }

        private bool TryTakeOneByOne(Span<Mbuf> packets)
        {
            ChainBuilder taken = default;
            if (!taken.TryAddMany(cache, ZoneId.Packet, packets.Length))
            {
                cache.ReportCorruption();
                return false;
            }

            uint next = taken.First;
            foreach (ref Mbuf packet in packets)
            {
                ref MbufHeader header = ref cache.Hot.Memory.Header(next);
                packet = new Mbuf(cache.Hot.FirstSlot + next, header.Generation);
                header.Flags = HeaderFlags.Head | HeaderFlags.PacketHeader;
                next = header.Next;
                header.Next = 0;
            }

            return true;
        }

        /// <summary>Frees the packets of all handles that are live; null ones are skipped.</summary>
        /// <returns>The first place of a handle that is neither live nor null, or -1.</returns>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public int FreeMany(ReadOnlySpan<Mbuf> packets)
        {
            int wrong = cache.Hot.IsFarReaching ? cache.FreeFar(packets) : cache.FreeNear(packets);
            cache.EndFreeingMany();
            cache.RunDueRoutines();
            cache.Arena.Quarantine?.ThrowIfSpoiled();
            return wrong;
        }

        /// <summary>The same with the headers on their way, so many at a time that the last of them is not yet displaced.</summary>
        private int FreeFar(ReadOnlySpan<Mbuf> packets)
        {
            int wrong = -1;
            for (int start = 0; start < packets.Length; start += Magazine.Capacity)
            {
                ReadOnlySpan<Mbuf> some = packets.Slice(start, Math.Min(packets.Length - start, Magazine.Capacity));
                cache.PrefetchHeaders(some);
                int found = cache.FreeNear(some);
                wrong = wrong < 0 && found >= 0 ? start + found : wrong;
            }

            return wrong;
        }

        /// <summary>In the common case one run of plain pairs, and nothing else.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private int FreeNear(ReadOnlySpan<Mbuf> packets)
        {
            int wrong = -1;
            for (int next = cache.FreePairs(packets); next < packets.Length; next += cache.FreePairs(packets[next..]))
            {
                // What comes next is not a packet of one cluster, or the magazine is full.
                cache.BeginFreeingMany();
                wrong = cache.TryFree(packets[next]) || wrong >= 0 ? wrong : next;
                next++;
            }

            return wrong;
        }

        /// <summary>
        /// The loop of the common case: live packets of one mbuf with its own cluster, while the loaded magazine has room. The
        /// rounds are counted once, at the end.
        /// </summary>
        /// <returns>How many were freed, from the start; the next one is something else, or there is no room for it.</returns>
        private int FreePairs(ReadOnlySpan<Mbuf> packets)
        {
            RawMemory memory = cache.Hot.Memory.Raw;
            uint firstSlot = cache.Hot.FirstSlot;
            uint lastIndex = cache.Hot.LastIndex;
            ulong step = (ulong)cache.Hot.Memory.Step << 32;
            long freshCluster = cache.Hot.Memory.FreshCluster;
            long clusterStride = cache.Hot.Memory.ClusterStride;
            uint limit = cache.Hot.FreeLimit;
            Span<Round> room = cache.Hot.Magazines[(int)ZoneId.Packet].BeginPush();
            int count = Math.Min(packets.Length, room.Length);
            packets = packets[..count];
            room = room[..count];
            int freed = 0;
            for (; freed < packets.Length; freed++)
            {
                Round live = new(unchecked(packets[freed].Bits - firstSlot));
                if (live.Item - 1 >= lastIndex)
                {
                    break;
                }

                ref MbufHeader header = ref memory.Header(live.Item);
                Round free = live.Later(step);
                if (header.Generation != live.Generation || !Freeing.IsPlainPair(ref header) || free.Generation >= limit)
                {
                    break;
                }

                header.SetResetInPlace(free.Generation, freshCluster + (header.Storage * clusterStride));
                room[freed] = free;
            }

            cache.Hot.Magazines[(int)ZoneId.Packet].EndPush(freed);
            return freed;
        }

        /// <summary>
        /// The headers first, all of them, and then what they say of the data: by then the first of them is there.
        /// </summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Prefetch(ReadOnlySpan<Mbuf> packets)
        {
            cache.PrefetchHeaders(packets);
            RawMemory memory = cache.Hot.Memory.Raw;
            uint firstSlot = cache.Hot.FirstSlot;
            uint lastIndex = cache.Hot.LastIndex;
            foreach (Mbuf packet in packets)
            {
                uint index = packet.Slot - firstSlot;
                if (index - 1 < lastIndex)
                {
                    memory.PrefetchBytes(memory.Header(index).Data);
                }
            }
        }

        private void PrefetchHeaders(ReadOnlySpan<Mbuf> packets)
        {
            RawMemory memory = cache.Hot.Memory.Raw;
            uint firstSlot = cache.Hot.FirstSlot;
            uint lastIndex = cache.Hot.LastIndex;
            foreach (Mbuf packet in packets)
            {
                uint index = packet.Slot - firstSlot;
                if (index - 1 < lastIndex)
                {
                    memory.PrefetchHeader(index);
                }
            }
        }

        private bool TryFree(Mbuf packet)
        {
            uint index = packet.Slot - cache.Hot.FirstSlot;
            if (index - 1 >= cache.Hot.LastIndex)
            {
                return packet.IsNull;
            }

            ref MbufHeader header = ref cache.Hot.Memory.Header(index);
            if (header.Generation != packet.Generation || !header.IsLiveHead || (cache.Arena.IsChecked && !cache.TryExchangeClaim(ref header, packet.Generation)))
            {
                return false;
            }

            cache.FreeQuietly(ref header, index);
            return true;
        }

        /// <summary>
        /// Checked mode: takes a claim such that of two threads that have it, and try at the same moment, one succeeds.
        /// </summary>
        public bool TryExchangeClaim(ref MbufHeader header, uint generation)
            => Interlocked.CompareExchange(ref header.Generation, generation + cache.Hot.Memory.Step, generation) == generation;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void ThrowNotInRange(Mbuf packet)
        {
            if (cache.IsUncarved(packet))
            {
                ThrowHelper.Stale();
            }

            ThrowHelper.NotOfThisArena(packet);
        }

        /// <summary>
        /// True for a handle of this arena's id that names an mbuf which it could have and never had: the claim of a disposed arena, or
        /// one that was made up.
        /// </summary>
        private bool IsUncarved(Mbuf packet) => packet.Slot - cache.Hot.FirstSlot - 1 < (uint)cache.Arena.Layout.Limits[(int)ZoneId.Mbuf];

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void ThrowNotFreed(Mbuf packet)
        {
            if (packet.Slot - cache.Hot.FirstSlot - 1 >= cache.Hot.LastIndex && !cache.IsUncarved(packet))
            {
                ThrowHelper.NotOfThisArena(packet);
            }

            ThrowHelper.DoubleFree();
        }
    }
}
