using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Storage of an mbuf: where it starts and ends, who refers to it, and how it moves from one mbuf to another.</content>
public sealed partial class MbufCache
{
    /// <summary>Where the storage starts, from the arena's base.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long StartOf(ref MbufHeader header) => header.Kind == StorageKind.External
        ? Hot.Memory.OffsetOf(RecordOf(header.Storage).Storage)
        : Storages[(int)header.Kind].StartOf(header.Storage);

    /// <summary>Bytes of storage, headroom included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int CapacityOf(ref MbufHeader header) => header.Kind == StorageKind.External
        ? RecordOf(header.Storage).Storage.Size
        : Storages[(int)header.Kind].Capacity;

    /// <summary>Free bytes before the data, writable or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int RoomBefore(ref MbufHeader header) => header.Kind == StorageKind.Cluster
        ? (int)(header.Data - Hot.FirstCluster - (header.Storage * Hot.ClusterStride))
        : (int)(header.Data - StartOf(ref header));

    /// <summary>Free bytes behind the data, writable or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int RoomBehind(ref MbufHeader header) => header.Kind == StorageKind.Cluster
        ? (int)(Hot.FirstClusterEnd + (header.Storage * Hot.ClusterStride) - header.Data) - header.SegmentLength
        : RoomBehindOther(ref header);

    /// <summary>The same in any kind of storage; a call of its own, so that the common one stays short where it is inlined.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int RoomBehindOther(ref MbufHeader header)
        => (int)(StartOf(ref header) + CapacityOf(ref header) - header.Data) - header.SegmentLength;

    /// <summary>The bytes of one mbuf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> BytesOf(ref MbufHeader header) => Hot.Memory.Bytes(header.Data, header.SegmentLength);

    /// <summary>
    /// M_WRITABLE: not read-only, and nobody else refers to the storage. A count that came back to 1 ends the sharing: the flag
    /// is cleared, and the next question costs nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsWritable(ref MbufHeader header) => header.IsPlainlyWritable || IsWritableAgain(ref header);

    /// <summary>
    /// Makes <paramref name="copy"/>, an mbuf without storage of its own in use, refer to the same storage and the same bytes.
    /// A share made by the only owner, the first one or the first after all others were freed, is a plain store of 2. Later
    /// ones are atomic.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void ShareStorage(ref MbufHeader header, ref MbufHeader copy)
    {
        CountShare(ref header);
        copy.Kind = header.Kind;
        copy.Storage = header.Storage;
        copy.Data = header.Data;
        copy.SegmentLength = header.SegmentLength;
        copy.Flags |= header.Flags & HeaderFlags.OfStorage;
    }

    /// <summary>Counts one more reference to a header's storage; whose it is, the caller sees to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CountShare(ref MbufHeader header)
    {
        Debug.Assert(header.Kind != StorageKind.Internal, "Internal storage is copied, never shared.");
        ref int count = ref CountOf(ref header);
        if (IsCallerCounted(ref header))
        {
            RecordOf(header.Storage).AddHolder();
        }
        else if ((header.Flags & HeaderFlags.Shared) == 0 || Volatile.Read(ref count) == 1)
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

    /// <summary>
    /// Drops a reference to external storage. True if it was the last one, and the storage is now the caller's alone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool ReleaseReference(ref MbufHeader header)
        => (header.Flags & HeaderFlags.Shared) == 0 || ReleaseShared(ref header);

    private bool ReleaseShared(ref MbufHeader header)
    {
        if (header.Kind == StorageKind.External && IsCallerCounted(ref header))
        {
            return RecordOf(header.Storage).RemoveHolder();
        }

        ref int count = ref CountOf(ref header);
        return Volatile.Read(ref count) == 1
            || (_gathers ? Gather(ref header, ref count) : Interlocked.Decrement(ref count) == 0);
    }

    /// <summary>
    /// Gives external storage back that no header will refer to: the header's own, which is the last reference or not. An internal
    /// buffer stays its mbuf's, and its bytes are of no further use.
    /// </summary>
    internal void ReleaseStorage(ref MbufHeader header)
    {
        if (header.Kind != StorageKind.Internal)
        {
            if (ReleaseReference(ref header))
            {
                GiveStorage(header.Kind, header.Storage);
            }
        }
        else if (Arena.ClearsOnFree)
        {
            ClearInternal(ref header);
        }

        header.Flags &= ~HeaderFlags.OfStorage;
    }

    /// <summary>
    /// Points a header at its internal buffer, with no data, starting at an offset into it. Does not release what it had.
    /// </summary>
    internal void AttachInternal(ref MbufHeader header, uint index, int offset)
    {
        Debug.Assert((uint)offset <= MbufSizes.InternalSize, "Data starts inside the internal buffer.");
        header.Kind = StorageKind.Internal;
        header.Storage = index;
        header.Data = Storages[0].StartOf(index) + offset;
        header.SegmentLength = 0;
        header.Flags = (header.Flags & ~HeaderFlags.OfStorage) | HeaderFlags.Intricate;
    }

    /// <summary>
    /// Points a header at an exclusively owned cluster, with no data, behind as much of the headroom as leaves room for a
    /// number of bytes. Does not release what it had.
    /// </summary>
    internal void AttachCluster(ref MbufHeader header, StorageKind kind, uint storage, int length)
    {
        ref StorageLayout layout = ref Storages[(int)kind];
        header.Kind = kind;
        header.Storage = storage;
        header.Data = layout.StartOf(storage) + Math.Min(layout.Headroom, layout.Capacity - length);
        header.SegmentLength = 0;
        header.Flags = (header.Flags & ~HeaderFlags.OfStorage) | HeaderFlags.Intricate;
    }

    /// <summary>
    /// Moves storage and bytes from one mbuf to another whose own internal buffer is not in use: external storage by its index,
    /// internal by copying at most 192 bytes. <paramref name="from"/> is left to be attached anew.
    /// </summary>
    internal void MoveStorage(ref MbufHeader from, ref MbufHeader to, uint toIndex)
    {
        if (from.Kind == StorageKind.Internal)
        {
            int offset = RoomBefore(ref from);
            int length = from.SegmentLength;
            uint readOnly = from.Flags & HeaderFlags.ReadOnly;
            Span<byte> bytes = BytesOf(ref from);
            AttachInternal(ref to, toIndex, offset);
            to.SegmentLength = length;
            to.Flags |= readOnly;
            bytes.CopyTo(BytesOf(ref to));
            if (Arena.ClearsOnFree)
            {
                ClearInternal(ref from);
            }
        }
        else
        {
            to.Kind = from.Kind;
            to.Storage = from.Storage;
            to.Data = from.Data;
            to.SegmentLength = from.SegmentLength;
            to.Flags = (to.Flags & ~HeaderFlags.OfStorage) | (from.Flags & HeaderFlags.OfStorage) | HeaderFlags.Intricate;
        }

        from.Flags &= ~HeaderFlags.OfStorage;
    }

    /// <summary>
    /// An internal buffer is of no further use to its mbuf, which lives on: secrets in it do not wait until that is freed.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ClearInternal(ref MbufHeader header) => Arena.ClearContents(ZoneId.Mbuf, header.Storage);

    /// <summary>The number of headers that refer to the header's storage.</summary>
    internal int References(ref MbufHeader header)
        => (header.Flags & HeaderFlags.Shared) == 0 ? 1 : Volatile.Read(ref CountOf(ref header));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsWritableAgain(ref MbufHeader header)
    {
        if ((header.Flags & HeaderFlags.Shared) == 0 || Volatile.Read(ref CountOf(ref header)) != 1)
        {
            return false;
        }

        if (IsCallerCounted(ref header))
        {
            return (header.Flags & HeaderFlags.ReadOnly) == 0; // Others may count it up at any time: the flag stays.
        }

        header.Flags &= ~HeaderFlags.Shared;
        return (header.Flags & HeaderFlags.OfStorage) == 0;
    }
}
