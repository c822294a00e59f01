using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// Mbufs for a purpose, all or nothing: heads of chains, room, contiguous room, pieces, a known number. What can never be had, while the
/// caller holds a number of mbufs, is refused at once.
/// </summary>
internal static class Taking
{
    /// <param name="cache">The cache of the calling thread.</param>
    extension(ThreadCache cache)
    {
        /// <summary>A free mbuf, plain or with a 2 KiB cluster, as the head of a chain.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryStartMbuf(ZoneId zone, uint flags, out uint head)
        {
            if (!cache.TryTake(zone, out head))
            {
                cache.ReportCorruption();
                return false;
            }

            cache.Hot.Memory.Header(head).Flags = zone == ZoneId.Packet ? flags : flags | HeaderFlags.SlowFree;
            return true;
        }

        /// <summary>An mbuf with a cluster of a size, as the head of a chain.</summary>
        public bool TryStartCluster(MbufClusterSize size, uint flags, out uint head)
        {
            ZoneId kind = ClusterKind.ZoneOf(size);
            if (kind == ZoneId.Cluster)
            {
                return cache.TryStartMbuf(ZoneId.Packet, flags, out head);
            }

            head = 0;
            if (!cache.TryTake(kind, out uint storage) || !cache.TryTakeMbufWith(kind, storage, (int)size, out head))
            {
                cache.ReportCorruption();
                return false;
            }

            cache.Hot.Memory.Header(head).Flags = flags | HeaderFlags.SlowFree;
            return true;
        }

        /// <summary>A chain with room for a number of bytes and none in use.</summary>
        public bool TryStartRoom(int length, uint flags, out uint head)
        {
            head = 0;
            if (!cache.TryTakeRoom(length, held: 0, out ChainBuilder parts))
            {
                cache.ReportCorruption();
                return false;
            }

            if (parts.Segments > 1)
            {
                cache.Hot.Memory.Header(parts.Last).Flags |= HeaderFlags.Spare;
            }

            cache.MakeHead(parts, flags);
            head = parts.First;
            return true;
        }

        /// <summary>One mbuf with contiguous room for a number of bytes, as the head of a chain.</summary>
        public bool TryStartContiguous(int length, uint flags, out uint head)
        {
            if (!cache.TryTakeContiguous(length, out head))
            {
                cache.ReportCorruption();
                return false;
            }

            cache.MakeHead(ChainBuilder.Of(head), flags);
            return true;
        }

        /// <summary>Makes the first of some linked mbufs the head of a chain; their bytes are not counted yet.</summary>
        public void MakeHead(ChainBuilder parts, uint flags)
        {
            ref MbufHeader head = ref cache.Hot.Memory.Header(parts.First);
            head.Flags |= flags;
            head.Tail = parts.Last;
            head.Segments = parts.Segments;
            head.UpdateSlowFree();
        }

        /// <summary>Mbufs and clusters with room for a number of bytes, at least one mbuf.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryTakeRoom(int length, int held, out ChainBuilder parts)
        {
            Debug.Assert(length >= 0, "Callers check that lengths are not negative.");
            parts = default;
            int clusterSize = cache.Hot.Memory.LayoutOf(ZoneId.Cluster).Size;
            if (!cache.CanEverTakeRoom(length, held))
            {
                return false;
            }

            for (; length > MbufSizes.InternalSize; length -= clusterSize)
            {
                if (!parts.TryAdd(cache, ZoneId.Packet))
                {
                    parts.Undo(cache);
                    return false;
                }
            }

            if ((length <= 0 && parts.Segments > 0) || parts.TryAdd(cache, ZoneId.Mbuf))
            {
                return true;
            }

            parts.Undo(cache);
            return false;
        }

        /// <summary>
        /// Mbufs of exactly so many bytes each, 1 to what a 2 KiB cluster holds, and the last one with the rest; at least one.
        /// </summary>
        public bool TryTakePieces(int length, int piece, int held, out ChainBuilder parts)
        {
            parts = default;
            if (!cache.IsAmple((length / piece) + 1L + held) && !cache.CanEverTakePieces(length, piece, held))
            {
                return false;
            }

            do
            {
                int part = Math.Min(length, piece);
                if (!parts.TryAddPiece(cache, part))
                {
                    parts.Undo(cache);
                    return false;
                }

                length -= part;
            }
            while (length > 0);
            return true;
        }

        /// <summary>One mbuf with contiguous room for a number of bytes, linked to nothing.</summary>
        public bool TryTakeContiguous(int length, out uint index)
        {
            if (length <= MbufSizes.InternalSize)
            {
                if (!cache.TryTake(ZoneId.Mbuf, out index))
                {
                    return false;
                }
            }
            else if (length <= cache.Hot.Memory.LayoutOf(ZoneId.Cluster).Size)
            {
                if (!cache.TryTake(ZoneId.Packet, out index))
                {
                    return false;
                }
            }
            else
            {
                index = 0;
                return cache.TryTakeCluster(length, out ZoneId kind, out uint storage) && cache.TryTakeMbufWith(kind, storage, length, out index);
            }

            cache.Hot.Memory.Header(index).Flags = 0;
            return true;
        }

        /// <summary>
        /// Attaches a cluster, which was taken for so many bytes, to a plain mbuf, linked to nothing; if there is none, the cluster goes back.
        /// </summary>
        public bool TryTakeMbufWith(ZoneId kind, uint storage, int length, out uint index)
        {
            if (!cache.TryTake(ZoneId.Mbuf, out index))
            {
                cache.Return(kind, storage);
                return false;
            }

            ref MbufHeader header = ref cache.Hot.Memory.Header(index);
            cache.Hot.Memory.AttachCluster(ref header, kind, storage, length);
            header.Flags = 0;
            return true;
        }

        /// <summary>
        /// One mbuf with a cluster of exactly this size, linked to nothing. Whoever asks has a use for smaller ones as well: that
        /// there is no such cluster is no denial.
        /// </summary>
        public bool TryProbeMbufWith(ZoneId kind, out uint index)
        {
            index = 0;
            return cache.TryProbe(kind, out uint storage)
                && cache.TryTakeMbufWith(kind, storage, cache.Hot.Memory.LayoutOf(kind).Size, out index);
        }

        /// <summary>Bytes behind the data position of a fresh mbuf, without a cluster or with one.</summary>
        public int RoomOf(ZoneId zone) => zone == ZoneId.Mbuf ? MbufSizes.InternalSize : cache.Hot.Memory.LayoutOf(ZoneId.Cluster).Size;

        /// <summary>
        /// Takes so many mbufs of a zone and so many plain ones, each linked to the next of its kind and without flags; 0 for none.
        /// </summary>
        public bool TryTakeLinked(ZoneId zone, int count, int plainCount, int held, out uint first, out uint firstPlain)
        {
            if (zone != ZoneId.Mbuf
                || !cache.Hot.Magazines[(int)ZoneId.Mbuf].TryPopMany(cache.Hot.PopLimit, count + plainCount, out ReadOnlySpan<Round> rounds))
            {
                (first, firstPlain) = (0, 0);
                bool ever = cache.IsAmple((long)count + plainCount + held) || cache.CanEverTake(zone, count, plainCount, held);
                return ever && cache.TryTakeLinkedSlow(zone, count, plainCount, out first, out firstPlain);
            }

            RawMemory memory = cache.Hot.Memory.Raw;
            first = Link(memory, rounds[..count]);
            firstPlain = Link(memory, rounds[count..]);
            return true;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private bool TryTakeLinkedSlow(ZoneId zone, int count, int plainCount, out uint first, out uint firstPlain)
        {
            ChainBuilder parts = default;
            ChainBuilder plain = default;
            bool taken = parts.TryAddMany(cache, zone, count);
            if (taken && !plain.TryAddMany(cache, ZoneId.Mbuf, plainCount))
            {
                parts.Undo(cache);
                taken = false;
            }

            (first, firstPlain) = taken ? (parts.First, plain.First) : (0, 0);
            return taken;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Link(RawMemory memory, ReadOnlySpan<Round> rounds)
    {
        uint first = 0;
        foreach (Round round in rounds)
        {
            ref MbufHeader header = ref memory.Header(round.Item);
            header.Flags = 0;
            header.Next = first;
            first = round.Item;
        }

        return first;
    }
}
