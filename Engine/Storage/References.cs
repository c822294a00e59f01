using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// References to an mbuf's storage: shared, released one by one or gathered, asked for writing; and storage that moves from one mbuf to
/// another.
/// </summary>
internal static class References
{
    /// <param name="cache">The cache of the calling thread.</param>
    extension(ThreadCache cache)
    {
        /// <summary>
        /// Not read-only, and nobody else refers to the storage (mbuf(9): M_WRITABLE). A count that came back to 1 ends the
        /// sharing: the flag is cleared, and the next question costs nothing.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsWritable(ref MbufHeader header) => header.IsPlainlyWritable || cache.IsWritableAgain(ref header);

        /// <summary>
        /// Makes <paramref name="copy"/>, an mbuf without storage of its own in use, refer to the same storage and the same bytes.
        /// A share made by the only owner, the first one or the first after all others were freed, is a plain store of 2. Later
        /// ones are atomic.
        /// </summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void ShareStorage(ref MbufHeader header, ref MbufHeader copy)
        {
            cache.CountShare(ref header);
            copy.Kind = header.Kind;
            copy.Storage = header.Storage;
            copy.Data = header.Data;
            copy.SegmentLength = header.SegmentLength;
            copy.Flags |= header.Flags & HeaderFlags.OfStorage;
        }

        /// <summary>Counts one more reference to a header's storage; whose it is, the caller sees to.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void CountShare(ref MbufHeader header)
        {
            Debug.Assert(!header.IsInternal, "Internal storage is copied, never shared.");
            if (cache.Hot.Memory.IsCallerCounted(ref header))
            {
                cache.Hot.Memory.RecordOf(header.Storage).AddHolder();
                return;
            }

            CountUp(ref header, ref cache.Hot.Memory.CountOf(ref header));
        }

        /// <summary>The same where the storage is known to be a 2 KiB cluster.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void CountShareOfCluster(ref MbufHeader header) => CountUp(ref header, ref cache.Hot.Memory.Raw.Count(header.Storage));

        /// <summary>
        /// Drops a reference to external storage. True if it was the last one, and the storage is now the caller's alone.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool ReleaseReference(ref MbufHeader header)
            => (header.Flags & HeaderFlags.Shared) == 0 || cache.ReleaseShared(ref header);

        private bool ReleaseShared(ref MbufHeader header)
        {
            if (cache.Hot.Memory.IsCallerCounted(ref header))
            {
                return cache.Hot.Memory.RecordOf(header.Storage).RemoveHolder();
            }

            ref int count = ref cache.Hot.Memory.CountOf(ref header);
            return Volatile.Read(ref count) == 1
                || (cache.Gathered.IsOn ? cache.Gather(ref header, ref count) : Interlocked.Decrement(ref count) == 0);
        }

        /// <summary>
        /// Gives external storage back that no header will refer to: the header's own, which is the last reference or not. An internal
        /// buffer stays its mbuf's, and its bytes are of no further use.
        /// </summary>
        public void ReleaseStorage(ref MbufHeader header)
        {
            if (!header.IsInternal)
            {
                if (cache.ReleaseReference(ref header))
                {
                    cache.ReturnStorage(header.Kind, header.Storage);
                }
            }
            else if (cache.Arena.ClearsOnFree)
            {
                cache.ClearInternal(ref header);
            }

            header.Flags &= ~HeaderFlags.OfStorage;
        }

        /// <summary>
        /// Moves storage and bytes from one mbuf to another whose own internal buffer is not in use: external storage by its index,
        /// internal by copying at most 192 bytes. <paramref name="from"/> is left to be attached anew.
        /// </summary>
        public void MoveStorage(ref MbufHeader from, ref MbufHeader to, uint toIndex)
        {
            if (from.IsInternal)
            {
                int offset = cache.Hot.Memory.RoomBefore(ref from);
                int length = from.SegmentLength;
                uint readOnly = from.Flags & HeaderFlags.ReadOnly;
                Span<byte> bytes = cache.Hot.Memory.BytesOf(ref from);
                cache.Hot.Memory.AttachInternal(ref to, toIndex, offset);
                to.SegmentLength = length;
                to.Flags |= readOnly;
                bytes.CopyTo(cache.Hot.Memory.BytesOf(ref to));
                if (cache.Arena.ClearsOnFree)
                {
                    cache.ClearInternal(ref from);
                }
            }
            else
            {
                to.Kind = from.Kind;
                to.Storage = from.Storage;
                to.Data = from.Data;
                to.SegmentLength = from.SegmentLength;
                to.Flags = (to.Flags & ~HeaderFlags.OfStorage) | (from.Flags & HeaderFlags.OfStorage) | HeaderFlags.SlowFree;
            }

            from.Flags &= ~HeaderFlags.OfStorage;
        }

        /// <summary>
        /// Exchanges the storage, the bytes and the types of two mbufs. The one's buffer is the other's place for internal bytes, which are
        /// copied.
        /// </summary>
        public void SwapStorage(ref MbufHeader one, uint oneIndex, ref MbufHeader other, uint otherIndex)
        {
            MbufHeader saved = one;
            (one.Type, other.Type) = (other.Type, one.Type);
            if (!one.IsInternal || !other.IsInternal)
            {
                cache.MoveStorage(ref other, ref one, oneIndex);
                cache.MoveStorage(ref saved, ref other, otherIndex);
                return;
            }

            int offset = cache.Hot.Memory.RoomBefore(ref one);
            InternalBytes buffer = default;
            Span<byte> bytes = buffer[..one.SegmentLength];
            cache.Hot.Memory.BytesOf(ref one).CopyTo(bytes);
            if (cache.Arena.ClearsOnFree)
            {
                cache.ClearInternal(ref one);
            }

            cache.MoveStorage(ref other, ref one, oneIndex);
            cache.Hot.Memory.AttachInternal(ref other, otherIndex, offset);
            other.SegmentLength = bytes.Length;
            other.Flags |= saved.Flags & HeaderFlags.ReadOnly;
            bytes.CopyTo(cache.Hot.Memory.BytesOf(ref other));
            if (cache.Arena.ClearsOnFree)
            {
                bytes.Clear();
            }
        }

        /// <summary>
        /// An internal buffer is of no further use to its mbuf, which lives on: secrets in it do not wait until that is freed.
        /// </summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void ClearInternal(ref MbufHeader header) => cache.Hot.Memory.ClearContents(ZoneId.Mbuf, header.Storage);

        [MethodImpl(MethodImplOptions.NoInlining)]
        private bool IsWritableAgain(ref MbufHeader header)
        {
            if ((header.Flags & HeaderFlags.Shared) == 0 || Volatile.Read(ref cache.Hot.Memory.CountOf(ref header)) != 1)
            {
                return false;
            }

            if (cache.Hot.Memory.IsCallerCounted(ref header))
            {
                return (header.Flags & HeaderFlags.ReadOnly) == 0; // Others may count it up at any time: the flag stays.
            }

            header.Flags &= ~HeaderFlags.Shared;
            return (header.Flags & HeaderFlags.OfStorage) == 0;
        }

        /// <summary>From here on references are gathered. Nothing that runs until the end calls foreign code.</summary>
        public void BeginFreeingMany() => cache.Gathered.IsOn = true;

        /// <summary>Counts down what was gathered.</summary>
        public void EndFreeingMany()
        {
            cache.Gathered.IsOn = false;
            if (cache.Gathered.Count != 0)
            {
                cache.CountDownGathered();
            }
        }

        /// <summary>
        /// Gathers the reference of a header, which is not the only one. True if those gathered are all there are: nobody else can
        /// come to have one, and the storage is the caller's alone.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private bool Gather(ref MbufHeader header, ref int count)
        {
            if (cache.Gathered.Count != 0 && (cache.Gathered.Storage != header.Storage || cache.Gathered.Kind != header.Kind))
            {
                cache.CountDownGathered();
            }

            cache.Gathered.Kind = header.Kind;
            cache.Gathered.Storage = header.Storage;
            cache.Gathered.Count++;
            if (Volatile.Read(ref count) != cache.Gathered.Count)
            {
                return false;
            }

            cache.Gathered.Count = 0;
            return true;
        }

        /// <summary>Whoever had the other references may have dropped them meanwhile; then the storage is given back here.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void CountDownGathered()
        {
            int gathered = cache.Gathered.Count;
            cache.Gathered.Count = 0;
            if (Interlocked.Add(ref cache.Hot.Memory.CountOf(cache.Gathered.Kind, cache.Gathered.Storage), -gathered) == 0)
            {
                cache.ReturnStorage(cache.Gathered.Kind, cache.Gathered.Storage);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CountUp(ref MbufHeader header, ref int count)
    {
        if ((header.Flags & HeaderFlags.Shared) == 0 || Volatile.Read(ref count) == 1)
        {
            count = 2;
            header.Flags |= HeaderFlags.Shared;
        }
        else
        {
            // One header refers once, and there are fewer than 2^24 headers: the count cannot overflow.
            Interlocked.Increment(ref count);
        }
    }

    /// <summary>As many bytes as an mbuf's own buffer has.</summary>
    [InlineArray(MbufSizes.InternalSize)]
    private struct InternalBytes
    {
        private byte _first;
    }
}
