using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// An arena's memory, and all that is done to what lies in it: where storage starts and ends, what its count or record is, what a
/// free mbuf looks like, how a pair is made and split. A value of constants, which the arena and each of its caches hold.
/// </summary>
/// <remarks>Only the caller knows whether an item is free, or whose it is: nothing here asks.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct ArenaMemory
{
    private readonly StorageLayouts _storages;

    /// <summary>From index and offset to memory. Without address once the arena has released it.</summary>
    public readonly RawMemory Raw;

    /// <summary>Data offset of a fresh 2 KiB cluster 0: <see cref="StorageLayout.Start"/> plus headroom.</summary>
    public readonly long FreshCluster;

    /// <summary><see cref="StorageLayout.Stride"/> of 2 KiB clusters.</summary>
    public readonly long ClusterStride;

    /// <summary>Data offset of the first byte of 2 KiB cluster 0: <see cref="StorageLayout.Start"/>.</summary>
    private readonly long _firstCluster;

    /// <summary>Offset of the end of 2 KiB cluster 0: the start plus <see cref="StorageLayout.Capacity"/>.</summary>
    private readonly long _firstClusterEnd;

    /// <summary>Data offset of the internal buffer of header 0.</summary>
    private readonly long _firstInternal;

    /// <summary>
    /// How far a generation moves at each change: odd, so that it comes round after 2^32 changes only, and not to be guessed, so
    /// that a handle which was made up does not name a free mbuf.
    /// </summary>
    public readonly uint Step;

    public ArenaMemory(RawMemory raw, ArenaLayout layout, uint step)
    {
        for (int kind = 0; kind < layout.Storages.Length; kind++)
        {
            _storages[kind] = layout.Storages[kind];
        }

        StorageLayout cluster = layout.Storages[(int)ZoneId.Cluster];
        Raw = raw;
        FreshCluster = cluster.Start + cluster.Headroom;
        ClusterStride = cluster.Stride;
        _firstCluster = cluster.Start;
        _firstClusterEnd = cluster.Start + cluster.Capacity;
        _firstInternal = layout.Storages[(int)ZoneId.Mbuf].Start;
        Step = step;
    }

    /// <summary>The layout of the storage of one kind.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref readonly StorageLayout LayoutOf(ZoneId kind) => ref _storages[(int)kind];

    /// <inheritdoc cref="RawMemory.Header"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref MbufHeader Header(uint index) => ref Raw.Header(index);

    /// <inheritdoc cref="RawMemory.ColdOf"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref ColdHeader ColdOf(ref MbufHeader header) => ref Raw.ColdOf(ref header);

    /// <inheritdoc cref="RawMemory.Bytes"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Span<byte> Bytes(long offset, int length) => Raw.Bytes(offset, length);

    /// <summary>The bytes of one mbuf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Span<byte> BytesOf(ref MbufHeader header) => Raw.Bytes(header.Data, header.SegmentLength);

    /// <summary>Where an mbuf's storage starts, from the arena's base.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly long StartOf(ref MbufHeader header) => header.Kind == ZoneId.External
        ? Raw.OffsetOf(RecordOf(header.Storage).Storage)
        : _storages[(int)header.Kind].StartOf(header.Storage);

    /// <summary>Bytes of an mbuf's storage, headroom included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int CapacityOf(ref MbufHeader header) => header.Kind == ZoneId.External
        ? RecordOf(header.Storage).Storage.Size
        : _storages[(int)header.Kind].Capacity;

    /// <summary>Free bytes before the data, writable or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int RoomBefore(ref MbufHeader header) => header.Kind == ZoneId.Cluster
        ? (int)(header.Data - _firstCluster - (header.Storage * ClusterStride))
        : (int)(header.Data - StartOf(ref header));

    /// <summary>Free bytes behind the data, writable or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int RoomBehind(ref MbufHeader header) => header.Kind == ZoneId.Cluster
        ? (int)(_firstClusterEnd + (header.Storage * ClusterStride) - header.Data) - header.SegmentLength
        : RoomBehindOther(ref header);

    /// <summary>The same in any kind of storage; a call of its own, so that the common one stays short where it is inlined.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int RoomBehindOther(ref MbufHeader header)
        => (int)(StartOf(ref header) + CapacityOf(ref header) - header.Data) - header.SegmentLength;

    /// <summary>The record of external storage.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly ref ExternalRecord RecordOf(uint storage) => ref Raw.External(_storages[(int)ZoneId.External].FirstCount + storage);

    /// <summary>The storage is external, and its owner counts the references to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsCallerCounted(ref MbufHeader header)
        => header.Kind == ZoneId.External && RecordOf(header.Storage).Storage.IsCounted;

    /// <summary>The number of references to an mbuf's storage, true while its header has <see cref="HeaderFlags.Shared"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref int CountOf(ref MbufHeader header) => ref CountOf(header.Kind, header.Storage);

    /// <inheritdoc cref="CountOf(ref MbufHeader)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref int CountOf(ZoneId kind, uint storage)
    {
        if (kind == ZoneId.Cluster)
        {
            return ref Raw.Count(storage); // The first of those that are counted.
        }

        if (kind != ZoneId.External)
        {
            return ref Raw.Count(_storages[(int)kind].FirstCount + storage);
        }

        return ref CountOfExternal(storage);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly ref int CountOfExternal(uint storage)
    {
        ref ExternalRecord record = ref RecordOf(storage);
        if (record.Storage.IsCounted)
        {
            return ref record.Storage.CallerCount;
        }

        return ref record.Count;
    }

    /// <summary>The number of references to an mbuf's storage: 1 where it is not shared.</summary>
    public readonly int References(ref MbufHeader header)
        => (header.Flags & HeaderFlags.Shared) == 0 ? 1 : Volatile.Read(ref CountOf(ref header));

    /// <summary>Makes a header that of a free plain mbuf, with its next generation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void ResetPlain(ref MbufHeader header, uint index, uint generation)
        => header.SetResetPlain(generation, index, _firstInternal + ((long)index * MbufSizes.InternalSize));

    /// <summary>Makes the header of an mbuf with a 2 KiB cluster that of a free pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void ResetPair(ref MbufHeader header, uint index, uint generation)
        => header.SetResetPair(generation, index, FreshCluster + (header.Storage * ClusterStride));

    /// <summary>Makes a pair of a free mbuf and a free cluster.</summary>
    public readonly void MakePair(uint index, uint cluster)
    {
        ref MbufHeader header = ref Header(index);
        header.Storage = cluster;
        ResetPair(ref header, index, header.Generation + Step);
    }

    /// <summary>Makes a free mbuf and a free cluster of a free pair.</summary>
    public readonly void SplitPair(uint index, out uint cluster)
    {
        ref MbufHeader header = ref Header(index);
        cluster = header.Storage;
        ResetPlain(ref header, index, header.Generation + Step);
    }

    /// <summary>The generation with which a free pair will be handed out; 0 for what is not a pair, whose header is read then.</summary>
    public readonly uint GenerationOf(ZoneId zone, uint item) => zone == ZoneId.Packet ? Header(item).Generation : 0;

    /// <summary>Gives an mbuf, which has no storage, its own internal buffer, with no bytes in it yet.</summary>
    public readonly void AttachInternal(ref MbufHeader header, uint index, int offset)
    {
        Debug.Assert((uint)offset <= MbufSizes.InternalSize, "Data starts inside the internal buffer.");
        header.Kind = ZoneId.Mbuf;
        header.Storage = index;
        header.Data = _firstInternal + ((long)index * MbufSizes.InternalSize) + offset;
        header.SegmentLength = 0;
        header.Flags = (header.Flags & ~HeaderFlags.OfStorage) | HeaderFlags.SlowFree;
    }

    /// <summary>
    /// Gives an mbuf, which has no storage, a cluster that will hold <paramref name="length"/> bytes: behind the headroom if they fit there.
    /// </summary>
    public readonly void AttachCluster(ref MbufHeader header, ZoneId kind, uint storage, int length)
    {
        ref readonly StorageLayout layout = ref LayoutOf(kind);
        header.Kind = kind;
        header.Storage = storage;
        header.Data = layout.StartOf(storage) + Math.Min(layout.Headroom, layout.Capacity - length);
        header.SegmentLength = 0;
        header.Flags = (header.Flags & ~HeaderFlags.OfStorage) | HeaderFlags.SlowFree;
    }

    /// <summary>The cold line of a packet, zeroed when it is used for the first time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref ColdHeader UseCold(ref MbufHeader head)
    {
        ref ColdHeader cold = ref ColdOf(ref head);
        if ((head.Flags & HeaderFlags.Cold) == 0)
        {
            cold = default;
            head.Flags |= HeaderFlags.Cold | HeaderFlags.SlowFree;
        }

        return ref cold;
    }

    /// <summary>The internal buffer of a free item; empty if it has none.</summary>
    public readonly Span<byte> BufferOf(ZoneId zone, uint item)
    {
        ref readonly StorageLayout layout = ref LayoutOf(ZoneId.Mbuf);
        return zone is ZoneId.Mbuf or ZoneId.Packet ? Bytes(layout.StartOf(item), layout.Capacity) : default;
    }

    /// <summary>The cluster of a free item; empty if it has none.</summary>
    public readonly Span<byte> ClusterOf(ZoneId zone, uint item)
    {
        if (zone is ZoneId.Mbuf or ZoneId.External)
        {
            return default;
        }

        ref readonly StorageLayout layout = ref LayoutOf(zone == ZoneId.Packet ? ZoneId.Cluster : zone);
        uint storage = zone == ZoneId.Packet ? Header(item).Storage : item;
        return Bytes(layout.StartOf(storage), layout.Capacity);
    }

    /// <summary>Zeroes all bytes of a free item.</summary>
    public readonly void ClearContents(ZoneId zone, uint item)
    {
        BufferOf(zone, item).Clear();
        ClusterOf(zone, item).Clear();
    }

    [InlineArray((int)ZoneId.External + 1)]
    private struct StorageLayouts
    {
        private StorageLayout _first;
    }
}
