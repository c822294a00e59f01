using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>Freeing an mbuf, a packet, a whole chain: the common shapes in short loops, everything else mbuf by mbuf.</summary>
internal static class Freeing
{
    /// <param name="cache">The cache of the calling thread.</param>
    extension(ThreadCache cache)
    {
        /// <summary>Frees a chain whose head's claim the caller has verified.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void FreeChain(ref MbufHeader head, uint slot)
        {
            if (!cache.TryFreePair(ref head, slot))
            {
                cache.FreeChainAndRunRoutines(slot & Mbuf.AnyIndex);
            }
        }

        /// <summary>The fast path: one mbuf with its own 2 KiB cluster, into the front slot or the loaded magazine.</summary>
        /// <param name="head">The head.</param>
        /// <param name="slot">Its index, with the number of this opening above it.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryFreePair(ref MbufHeader head, uint slot)
        {
            uint generation = head.Generation + cache.Hot.Memory.Step;
            if (IsPlainPair(ref head) && generation < cache.Hot.FreeLimit
                && (cache.Hot.Front.TryPush(slot, generation)
                    || cache.Hot.Magazines[(int)ZoneId.Packet].TryPushLoaded(slot & Mbuf.AnyIndex, generation)))
            {
                head.SetResetInPlace(generation, cache.Hot.Memory.FreshCluster + (head.Storage * cache.Hot.Memory.ClusterStride));
                return true;
            }

            return false;
        }

        /// <summary>
        /// The rest of a strict free; in checked mode the moment to tell of a spoiled poison, since nothing is half done.
        /// </summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void FreeChainAndCheck(ref MbufHeader head, uint index)
        {
            if (!head.IsLiveHead)
            {
                ThrowHelper.DoubleFree();
            }

            if (head.Next == 0 && head.IsInternal && (head.Flags & HeaderFlags.Cold) == 0)
            {
                cache.FreePlain(ref head, index);
            }
            else
            {
                cache.FreeLinked(index);
            }

            cache.RunDueRoutines();
            cache.Arena.Quarantine?.ThrowIfSpoiled();
        }

        /// <summary>
        /// Frees one chain of many; <c>RunDueRoutines</c> comes after the last of them, so that a routine that throws keeps none of
        /// them from being freed.
        /// </summary>
        public void FreeQuietly(ref MbufHeader head, uint index)
        {
            if (!cache.TryFreePair(ref head, index + cache.Hot.Opening))
            {
                cache.FreeMbufs(index);
            }
        }

        /// <summary>Frees a chain and calls the free routines of external storage that ended with it.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void FreeChainAndRunRoutines(uint index)
        {
            cache.FreeLinked(index);
            cache.RunDueRoutines();
        }

        /// <summary>Frees linked mbufs, which may be no chain; 0 is none. Routines that fall due are not called yet.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void FreeMbufs(uint index) => cache.FreeLinked(index);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void FreeLinked(uint index)
        {
            RawMemory memory = cache.Hot.Memory.Raw;
            while (index != 0)
            {
                ref MbufHeader header = ref memory.Header(index);
                uint next = header.Next;
                uint left = next != 0 && IsOwnPair(ref header) ? cache.FreeLinkedPairs(index) : index;
                if (left == index)
                {
                    cache.FreeMbufInline(ref header, index);
                    left = next;
                }

                index = left;
            }
        }

        /// <summary>
        /// The loop of the common chain: mbufs with 2 KiB clusters of their own, while the loaded magazine has room. Counted once, at
        /// the end.
        /// </summary>
        /// <returns>The first that is something else, 0 for none.</returns>
        private uint FreeLinkedPairs(uint index)
        {
            RawMemory memory = cache.Hot.Memory.Raw;
            long freshCluster = cache.Hot.Memory.FreshCluster;
            long clusterStride = cache.Hot.Memory.ClusterStride;
            uint step = cache.Hot.Memory.Step;
            uint limit = cache.Hot.FreeLimit;
            Span<Round> room = cache.Hot.Magazines[(int)ZoneId.Packet].BeginPush();
            int freed = 0;
            while (index != 0 && freed < room.Length)
            {
                ref MbufHeader header = ref memory.Header(index);
                uint generation = header.Generation + step;
                if (!IsOwnPair(ref header) || generation >= limit)
                {
                    break;
                }

                uint next = header.Next;
                header.SetResetPair(generation, index, freshCluster + (header.Storage * clusterStride));
                room[freed] = new Round(index, generation);
                freed++;
                index = next;
            }

            cache.Hot.Magazines[(int)ZoneId.Packet].EndPush(freed);
            return index;
        }

        /// <summary>
        /// Frees one mbuf: its reference to its storage, and itself, as a pair if it held the last reference of a 2 KiB cluster.
        /// </summary>
        public void FreeMbuf(ref MbufHeader header, uint index) => cache.FreeMbufInline(ref header, index);

        /// <summary>The same, for the loop.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void FreeMbufInline(ref MbufHeader header, uint index)
        {
            if ((header.Flags & HeaderFlags.Cold) != 0)
            {
                cache.DropCold(ref header);
            }

            if (header.IsInternal || !cache.ReleaseReference(ref header))
            {
                cache.FreePlain(ref header, index);
            }
            else if (header.Kind == ZoneId.Cluster)
            {
                uint generation = header.Generation + cache.Hot.Memory.Step;
                cache.Hot.Memory.ResetPair(ref header, index, generation);
                cache.Return(ZoneId.Packet, index, generation);
            }
            else
            {
                ZoneId kind = header.Kind;
                uint storage = header.Storage;
                cache.FreePlain(ref header, index);
                cache.ReturnStorage(kind, storage);
            }
        }

        /// <summary>Frees an mbuf that refers to no storage but its own.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void FreePlain(ref MbufHeader header, uint index)
        {
            uint generation = header.Generation + cache.Hot.Memory.Step;
            cache.Hot.Memory.ResetPlain(ref header, index, generation);
            cache.Return(ZoneId.Mbuf, index, generation);
        }

        /// <summary>Ends the use of a cold line: its tags are freed.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void DropCold(ref MbufHeader head)
        {
            uint tags = cache.Hot.Memory.ColdOf(ref head).FirstTag;
            head.Flags &= ~HeaderFlags.Cold;
            cache.FreeTags(tags);
        }

        /// <summary>Frees a list of tags; 0 is the empty one.</summary>
        public void FreeTags(uint first) => cache.FreeMbufs(first);
    }

    /// <summary>True for an mbuf of any chain that is the only one to refer to its 2 KiB cluster, with nothing on its cold line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOwnPair(ref MbufHeader header)
        => header.Kind == ZoneId.Cluster && (header.Flags & (HeaderFlags.Shared | HeaderFlags.Cold)) == 0;

    /// <summary>
    /// True for the head of a chain of one mbuf that is the only one to refer to its 2 KiB cluster; false for whatever is no head,
    /// which only a handle that was made up names.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlainPair(ref MbufHeader head)
    {
        bool plain = head.OwnFlags == HeaderFlags.Head >> 24;
        Debug.Assert(
            !plain || (head.Next == 0 && head.Kind == ZoneId.Cluster),
            "A head is marked when it becomes more than a pair.");
        return plain;
    }
}
