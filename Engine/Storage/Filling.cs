using System.Diagnostics;

namespace Engine.Mbufs;

/// <summary>Chains made of bytes that are there already, which a source writes: foreign code, while the scope stays open.</summary>
internal static class Filling
{
    /// <param name="cache">The cache of the calling thread.</param>
    extension(ThreadCache cache)
    {
        /// <summary>
        /// The head of a chain of a source's bytes; 0 when exhausted: the source was not asked. Not as a chain, which the compiler
        /// would confine to where the source's own spans live.
        /// </summary>
        public uint StartFrom<TSource>(scoped ref TSource source, int length, int headroom, uint flags)
            where TSource : struct, IMbufSource, allows ref struct
        {
            if (!cache.TryTakeFilled(length, headroom, out ChainBuilder parts))
            {
                cache.ReportCorruption();
                return 0;
            }

            return cache.Start(parts, ref source, length, flags);
        }

        /// <summary>
        /// The same behind the arena's headroom, and in larger clusters where 2 KiB do not suffice and the arena has one; 0 when
        /// exhausted: the source was not asked.
        /// </summary>
        public uint StartFrom<TSource>(scoped ref TSource source, int length, uint flags)
            where TSource : struct, IMbufSource, allows ref struct
        {
            ChainBuilder parts = default;
            if (length <= cache.Hot.Memory.LayoutOf(ZoneId.Cluster).Size)
            {
                return cache.StartFrom(ref source, length, Math.Min(cache.Arena.Layout.Headroom, MbufSizes.InternalSize), flags);
            }

            if (!cache.CanEverCopy(length, held: 0) || !parts.TryAddCopy(cache, length))
            {
                parts.Undo(cache);
                cache.ReportCorruption();
                return 0;
            }

            return cache.Start(parts, ref source, length, flags);
        }

        /// <summary>Makes a chain of mbufs that have their lengths, and has the source write their bytes.</summary>
        private uint Start<TSource>(ChainBuilder parts, scoped ref TSource source, int length, uint flags)
            where TSource : struct, IMbufSource, allows ref struct
        {
            cache.BeginForeignCall();
            try
            {
                cache.Fill(parts, ref source);
            }
            catch
            {
                cache.EndForeignCall();
                parts.Undo(cache);
                throw;
            }

            cache.EndForeignCall();
            cache.MakeHead(parts, flags);
            ref MbufHeader head = ref cache.Hot.Memory.Header(parts.First);
            head.ChainLength = length;
            head.PacketLength = (flags & HeaderFlags.PacketHeader) != 0 ? length : 0;
            return parts.First;
        }

        /// <summary>Has the source write every byte of some mbufs, in order. The scope stays open: closing it is refused meanwhile.</summary>
        private void Fill<TSource>(ChainBuilder parts, scoped ref TSource source)
            where TSource : struct, IMbufSource, allows ref struct
        {
            int offset = 0;
            uint index = parts.First;
            while (index != 0)
            {
                Span<byte> bytes = cache.Hot.Memory.BytesOf(ref cache.Hot.Memory.Header(index));
                if (!bytes.IsEmpty)
                {
                    source.CopyTo(offset, bytes);
                }

                offset += bytes.Length;
                index = cache.Hot.Memory.Header(index).Next;
            }
        }

        /// <summary>
        /// The fewest mbufs that hold a number of bytes behind free ones, linked but without a head; the bytes have their places
        /// and are counted in their mbufs. One plain mbuf, or 2 KiB clusters, and a plain one at the end if the rest fits there.
        /// A cluster's usual headroom is left free unless its bytes are needed to save a segment. All or nothing.
        /// </summary>
        private bool TryTakeFilled(int length, int headroom, out ChainBuilder parts)
        {
            parts = default;
            int capacity = cache.Hot.Memory.LayoutOf(ZoneId.Cluster).Capacity;
            bool isSmall = (long)headroom + length <= MbufSizes.InternalSize;
            long segments = isSmall ? 1 : ((long)headroom + length + capacity - 1) / capacity;
            if (!cache.IsAmple(segments) && !cache.CanEverFill(segments, length, headroom, isSmall))
            {
                return false;
            }

            int lead = headroom;
            int left = length;
            for (long others = segments - 1; others >= 0; others--)
            {
                bool isPlain = isSmall || (others == 0 && segments > 1 && left <= MbufSizes.InternalSize);
                if (!parts.TryAdd(cache, isPlain ? ZoneId.Mbuf : ZoneId.Packet))
                {
                    parts.Undo(cache);
                    return false;
                }

                ref MbufHeader header = ref cache.Hot.Memory.Header(parts.Last);
                left -= isPlain ? cache.Place(ref header, lead, left) : cache.Place(ref header, Math.Max(lead, cache.UsualLead(left - (others * capacity))), left);
                lead = 0;
            }

            Debug.Assert(left == 0, "The mbufs are as many as the bytes need.");
            return true;
        }

        /// <summary>False, and denied, if so many mbufs for bytes behind free ones are more than all of the arena has.</summary>
        private bool CanEverFill(long segments, int length, int headroom, bool isSmall)
        {
            ref readonly StorageLayout layout = ref cache.Hot.Memory.LayoutOf(ZoneId.Cluster);
            long spare = (segments * layout.Capacity) - headroom - length;
            long leads = Math.Max(0, layout.Headroom - headroom) + ((segments - 2) * layout.Headroom);
            long last = layout.Capacity - spare + Math.Min(spare, leads);
            bool isLastPlain = isSmall || (segments > 1 && last <= MbufSizes.InternalSize);
            return cache.CanEverTake(ZoneId.Packet, isLastPlain ? segments - 1 : segments, isLastPlain ? 1 : 0, held: 0);
        }

        /// <summary>As much of a cluster's headroom as leaves room for a number of bytes, which may be negative.</summary>
        private int UsualLead(long bytes)
        {
            ref readonly StorageLayout layout = ref cache.Hot.Memory.LayoutOf(ZoneId.Cluster);
            return (int)Math.Min(layout.Headroom, layout.Capacity - bytes);
        }

        /// <summary>Gives as many bytes as fit a place in a fresh mbuf. Returns how many those are.</summary>
        private int Place(ref MbufHeader header, int lead, int bytes)
        {
            header.Data = cache.Hot.Memory.StartOf(ref header) + lead;
            header.SegmentLength = Math.Min(bytes, cache.Hot.Memory.RoomBehind(ref header));
            return header.SegmentLength;
        }
    }
}
