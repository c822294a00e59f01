using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Room taken in advance: more mbufs at the end, a cluster for the first mbuf, the place of its data.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Links new mbufs and clusters behind it, with room for a number of bytes, none in use (mbuf(9): m_getm, m_getm2 onto a
    /// chain). All or nothing. <see cref="TryAppend(ReadOnlySpan{byte})"/> and socket receives fill what the last mbuf has left,
    /// and then the new room, in order.
    /// </summary>
    /// <param name="length">Bytes of room to add to what there is, 0 or more; 0 adds nothing.</param>
    /// <returns>False if the arena cannot give all of it: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <remarks>
    /// O(new segments). A mark that the last mbuf ends a record (<see cref="MbufFlags.EndOfRecord"/>) moves to the new last one.
    /// </remarks>
    public bool TryAddRoom(int length)
    {
        ref MbufHeader head = ref Head();
        if (length <= 0)
        {
            if (length < 0)
            {
                ThrowHelper.Negative(nameof(length), length);
            }

            return true;
        }

        if (!_cache.TryTakeRoom(length, head.Segments, out ChainBuilder parts))
        {
            return false;
        }

        LinkRoom(parts);
        return true;
    }

    /// <summary>
    /// Gives the first mbuf, which is empty, a cluster of 2 KiB for its data, behind the arena's headroom (mbuf(9): MCLGET,
    /// m_clget).
    /// </summary>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="InvalidOperationException">The first mbuf has data, or a cluster or other storage already.</exception>
    /// <remarks>O(1). <see cref="MbufScope.AllocatePacket()"/> does both in one step.</remarks>
    public bool TryAttachCluster() => TryAttachCluster(MbufClusterSize.Standard);

    /// <summary>
    /// Gives the first mbuf, which is empty, a cluster of a given size for its data, behind the arena's headroom (mbuf(9):
    /// m_cljget).
    /// </summary>
    /// <param name="size">One of the sizes that <see cref="MbufClusterSize"/> names.</param>
    /// <returns>False if the arena has none of that size: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such size.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has data, or a cluster or other storage already.</exception>
    /// <remarks>O(1).</remarks>
    public bool TryAttachCluster(MbufClusterSize size)
    {
        ref MbufHeader head = ref Head();
        ZoneId kind = ClusterKind.ZoneOf(size);
        if (!head.IsInternal || head.SegmentLength != 0)
        {
            ThrowHelper.NotAttachable();
        }

        if (!_cache.TryTake(kind, out uint storage))
        {
            return false;
        }

        head.EndPlaces(_cache.Hot.Memory.Step);
        _cache.Hot.Memory.AttachCluster(ref head, kind, storage, (int)size);
        head.UpdateSlowFree();
        return true;
    }

    /// <summary>
    /// Places the data of the first mbuf, which is empty, so that a number of bytes appended to it end with its storage, or at most
    /// 7 bytes before: they start at a multiple of 8, and everything before them is headroom (mbuf(9): M_ALIGN, MH_ALIGN, m_align).
    /// </summary>
    /// <param name="length">Bytes that are to fit, 0 to what the first mbuf's storage holds, headroom included.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than the storage
    /// holds.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has data, or its storage is read-only or shared.</exception>
    /// <remarks>O(1). Attached storage that does not start at a multiple of 8 and is to be filled whole starts where it
    /// starts.</remarks>
    public void AlignToEnd(int length)
    {
        ref MbufHeader head = ref Head();
        if (head.SegmentLength != 0 || !_cache.IsWritable(ref head))
        {
            ThrowHelper.NotEmptyOrNotWritable();
        }

        int capacity = _cache.Hot.Memory.CapacityOf(ref head);
        if ((uint)length > (uint)capacity)
        {
            ThrowHelper.NotInStorage(nameof(length), length, capacity);
        }

        head.EndPlaces(_cache.Hot.Memory.Step);
        long start = _cache.Hot.Memory.StartOf(ref head);
        head.Data = Math.Max(start, (start + capacity - length) & ~7L);
    }

    /// <summary>
    /// Moves the data position of an mbuf that has no data, and may be written, so that a number of bytes fits behind it. False if
    /// they do not, or if the mbuf is not such a one.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryUseOwnRoom(ref MbufHeader header, int length)
    {
        if (header.SegmentLength != 0 || OwnRoomBefore(ref header) == 0 || length > _cache.Hot.Memory.CapacityOf(ref header)
            || !_cache.IsWritable(ref header))
        {
            return false;
        }

        if (length > _cache.Hot.Memory.RoomBehind(ref header))
        {
            SlideToFit(ref header, length);
        }

        return true;
    }

    /// <summary>Free bytes before the data position of an mbuf without data that appending may use; 0 if it has only the usual
    /// headroom.</summary>
    private int OwnRoomBefore(ref MbufHeader header)
    {
        int before = _cache.Hot.Memory.RoomBefore(ref header);
        return before > UsualHeadroom(ref header) ? before : 0;
    }

    internal partial int UsualHeadroom(ref MbufHeader header) => _cache.Hot.Memory.LayoutOf(header.Kind).Headroom;

    /// <summary>
    /// The same for a head that bytes are prepended to. They get the usual headroom before them, and the only mbuf of a packet has the
    /// rest of its room behind them; before others with data there is no use for that.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryUseOwnRoomBefore(MbufChain chain, int length)
    {
        ThreadCache cache = chain._cache;
        ref MbufHeader head = ref chain.At(chain.Index);
        int capacity = cache.Hot.Memory.CapacityOf(ref head);
        if (head.SegmentLength != 0 || length > capacity || !cache.IsWritable(ref head))
        {
            return false;
        }

        int place = head.ChainLength > 0 ? capacity : (int)Math.Min(capacity, (long)cache.Arena.Layout.Headroom + length);
        head.EndPlaces(cache.Hot.Memory.Step);
        head.Data = cache.Hot.Memory.StartOf(ref head) + place;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal partial bool MayHaveOwnRoom(uint point, int room)
    {
        ref MbufHeader header = ref At(point);
        bool isFresh = header.Kind == ZoneId.Cluster && room >= (int)MbufClusterSize.Standard;
        return header.Next != 0 || (header.SegmentLength == 0 && !isFresh);
    }

    /// <summary>
    /// How much longer the chain could be, up to a number of bytes, if the mbufs without data from the fill point on had their data
    /// positions further in front.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindOwnRoom(uint point, int wanted)
    {
        long toUsual = 0;
        long toStart = 0;
        for (uint index = point; index != 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            int before = EmptiedRoom(ref header);
            if (before > 0)
            {
                toStart += before;
                toUsual += before - UsualHeadroom(ref header);
            }
        }

        return (int)Math.Min(toStart >= wanted ? toStart : toUsual, wanted);
    }

    /// <summary>
    /// Moves data positions by so many bytes as were found: up to the usual headroom, and into it as far as those of all mbufs are not
    /// enough.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void UseOwnRoom(uint point, int wanted)
    {
        int beyond = wanted;
        for (uint index = point; index != 0; index = At(index).Next)
        {
            int before = EmptiedRoom(ref At(index));
            beyond -= before > 0 ? before - UsualHeadroom(ref At(index)) : 0;
        }

        for (uint index = point; index != 0 && wanted > 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            int before = EmptiedRoom(ref header);
            if (before > 0)
            {
                int into = Math.Clamp(beyond, 0, UsualHeadroom(ref header));
                int gain = before - UsualHeadroom(ref header) + into;
                header.EndPlaces(_cache.Hot.Memory.Step);
                header.Data -= gain;
                wanted -= gain;
                beyond -= into;
            }
        }

        Debug.Assert(wanted <= 0, "There is as much room as was found.");
    }

    internal partial int EmptiedRoom(ref MbufHeader header)
        => header.SegmentLength == 0 && header.IsPlainlyWritable ? OwnRoomBefore(ref header) : 0;

    /// <summary>
    /// Makes contiguous room for bytes before the data, and counts it as data: the caller writes it (mbuf(9): M_PREPEND,
    /// m_prepend). In the headroom if there is enough, or anywhere in the head's storage if it holds no data; else the head's
    /// storage moves to a new mbuf behind it, and the head, which stays the head, gets fresh storage.
    /// </summary>
    /// <param name="length">Bytes, 0 to <see cref="MbufSizes.MaximumContiguous"/>.</param>
    /// <param name="room">The new bytes, not zeroed, followed by the data that was first; empty on failure.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was (mbuf(9) frees it).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than can be
    /// contiguous.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1); without enough headroom, at most 192 bytes are copied.</remarks>
    [UnscopedRef]
    public bool TryPrepend(int length, out Span<byte> room)
    {
        ref MbufHeader head = ref Head();
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        int sum = Sum(head.ChainLength, length);
        if (length > _cache.Hot.Memory.RoomBefore(ref head) || (!_cache.IsWritable(ref head) && length != 0))
        {
            CheckContiguous(nameof(length), length);
            if ((head.SegmentLength != 0 || !TryUseOwnRoomBefore(this, length)) && !TryMakeFront(this, length))
            {
                room = default;
                return false;
            }
        }

        head.Data -= length;
        head.SegmentLength += length;
        head.ChainLength = sum;
        AddToPacketLength(ref head, length);
        room = _cache.Hot.Memory.Bytes(head.Data, length);
        return true;
    }

    /// <summary>Copies them before the data (mbuf(9): M_PREPEND of bytes that are there already).</summary>
    /// <param name="bytes">What comes first from now on; must not be a view of this chain's own free room.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are more bytes than can be contiguous.</exception>
    /// <inheritdoc cref="TryPrepend(int, out Span{byte})"/>
    public bool TryPrepend(ReadOnlySpan<byte> bytes)
    {
        if (!TryPrepend(bytes.Length, out Span<byte> room))
        {
            return false;
        }

        bytes.CopyTo(room);
        return true;
    }

    /// <summary>
    /// Moves the head's storage into a new mbuf behind the head and gives the head empty storage with its data position at the
    /// end, so that what is prepended next finds the rest of it as headroom.
    /// </summary>
    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryMakeFront(MbufChain chain, int length)
    {
        ThreadCache cache = chain._cache;
        ref MbufHeader head = ref chain.At(chain.Index);
        ZoneId kind = ZoneId.Mbuf;
        uint storage = 0;
        if (length > MbufSizes.InternalSize && !cache.TryTakeCluster(length, out kind, out storage))
        {
            return false;
        }

        if (!cache.TryTake(ZoneId.Mbuf, out uint index))
        {
            if (kind != ZoneId.Mbuf)
            {
                cache.Return(kind, storage);
            }

            return false;
        }

        chain.InsertBehindHead(ref head, index);
        if (kind == ZoneId.Mbuf)
        {
            cache.Hot.Memory.AttachInternal(ref head, chain.Index, MbufSizes.InternalSize);
        }
        else
        {
            cache.Hot.Memory.AttachCluster(ref head, kind, storage, length);
            head.Data += cache.Hot.Memory.RoomBehind(ref head);
        }

        return true;
    }

    /// <summary>Links a free mbuf behind the head and moves the head's storage and bytes into it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InsertBehindHead(ref MbufHeader head, uint index)
    {
        ref MbufHeader inserted = ref At(index);
        inserted.Flags = 0;
        inserted.Type = head.Type;
        head.EndPlaces(_cache.Hot.Memory.Step);
        _cache.MoveStorage(ref head, ref inserted, index);
        inserted.Next = head.Next;
        head.Next = index;
        head.Segments++;
        head.Flags |= HeaderFlags.SlowFree;
        if (head.Tail == Index)
        {
            head.Tail = index;
            inserted.Flags |= inserted.SegmentLength == 0 ? HeaderFlags.Spare : 0;
        }
    }
}
