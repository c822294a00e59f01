using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Making bytes contiguous at the front.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Makes the first bytes contiguous in the first mbuf and shows them (mbuf(9): m_pullup). If they are already, nothing happens.
    /// Bytes move into the first mbuf's own room, its internal buffer, or a cluster up to 16 KiB (mbuf(9) ends at MHLEN); mbufs
    /// that become empty are freed.
    /// </summary>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <param name="view">Exactly the first <paramref name="length"/> bytes; empty on failure.</param>
    /// <returns>
    /// False if the chain is shorter, if no storage is so large (<see cref="MbufSizes.MaximumContiguous"/>), or if the arena is
    /// exhausted: the chain is as it was, layout included (mbuf(9) frees it).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <remarks>O(1) if contiguous already, else O(bytes moved).</remarks>
    [UnscopedRef]
    public bool TryPullUp(int length, out ReadOnlySpan<byte> view)
    {
        ref MbufHeader head = ref Head();
        if ((uint)length > (uint)head.SegmentLength && !TryPullUpSlow(this, length))
        {
            view = default;
            return false;
        }

        view = _cache.Hot.Memory.Bytes(head.Data, length);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryPullUpSlow(MbufChain chain, int length)
    {
        ref MbufHeader head = ref chain.At(chain.Index);
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        if (length > head.ChainLength || !chain.TryMakeRoom(ref head, chain.Index, length))
        {
            return false;
        }

        chain.PullFromFollowers(ref head, ref head, chain.Index, length - head.SegmentLength);
        chain._cache.RunDueRoutines();
        return true;
    }

    /// <summary>
    /// Gives an mbuf storage that holds <paramref name="length"/> bytes from its data's start on, with its bytes in it.
    /// </summary>
    private bool TryMakeRoom(ref MbufHeader header, uint index, int length)
    {
        if (_cache.IsWritable(ref header))
        {
            if (length - header.SegmentLength <= _cache.Hot.Memory.RoomBehind(ref header))
            {
                return true;
            }

            if (length <= _cache.Hot.Memory.CapacityOf(ref header))
            {
                SlideToFit(ref header, length);
                return true;
            }
        }

        return TryReplaceStorage(ref header, index, length);
    }

    /// <summary>Moves an mbuf's bytes down in its own storage, keeping as much of the usual headroom as fits.</summary>
    private void SlideToFit(ref MbufHeader header, int length)
    {
        Span<byte> bytes = _cache.Hot.Memory.BytesOf(ref header);
        int headroom = Math.Min(_cache.Hot.Memory.LayoutOf(header.Kind).Headroom, _cache.Hot.Memory.CapacityOf(ref header) - length);
        header.EndPlaces(_cache.Hot.Memory.Step);
        header.Data = _cache.Hot.Memory.StartOf(ref header) + headroom;
        bytes.CopyTo(_cache.Hot.Memory.BytesOf(ref header));
    }

    /// <summary>Copies an mbuf's bytes into larger or private storage and gives the old one back.</summary>
    private bool TryReplaceStorage(ref MbufHeader header, uint index, int length)
    {
        ZoneId kind = ZoneId.Mbuf;
        uint storage = index;

        // An internal buffer is free only while the mbuf's data lies elsewhere.
        bool fitsInternal = length <= MbufSizes.InternalSize && !header.IsInternal;
        if (!fitsInternal && !_cache.TryTakeCluster(length, out kind, out storage))
        {
            return false;
        }

        header.EndPlaces(_cache.Hot.Memory.Step);
        MbufHeader old = header;
        if (kind == ZoneId.Mbuf)
        {
            int headroom = Math.Min(_cache.Arena.Layout.Headroom, MbufSizes.InternalSize - length);
            _cache.Hot.Memory.AttachInternal(ref header, index, headroom);
        }
        else
        {
            _cache.Hot.Memory.AttachCluster(ref header, kind, storage, length);
        }

        header.SegmentLength = old.SegmentLength;
        _cache.Hot.Memory.BytesOf(ref old).CopyTo(_cache.Hot.Memory.BytesOf(ref header));
        _cache.ReleaseStorage(ref old);
        return true;
    }

    /// <summary>
    /// Moves bytes from the mbufs behind one, which is the head or not, to the end of its own, which has room for them.
    /// </summary>
    private void PullFromFollowers(ref MbufHeader head, ref MbufHeader into, uint intoIndex, int count)
    {
        Debug.Assert(count <= _cache.Hot.Memory.RoomBehind(ref into), "Room was made for all of the bytes.");
        if (count <= 0)
        {
            return; // It has them, and perhaps more, already.
        }

        RawMemory memory = _cache.Hot.Memory.Raw;
        uint lastEmptied = 0;
        int emptied = 0;
        int had = into.SegmentLength;
        Span<byte> room = memory.Bytes(into.Data + had, count);
        into.SegmentLength += count;
        for (uint index = into.Next; !room.IsEmpty;)
        {
            ref MbufHeader next = ref memory.Header(index);
            int length = Math.Min(room.Length, next.SegmentLength);
            memory.Bytes(next.Data, length).CopyTo(room);
            LabelPulled(ref into, ref next, had, isEmptied: length == next.SegmentLength);
            had += length;
            room = room[length..];
            if (length < next.SegmentLength)
            {
                next.Data += length;
                next.SegmentLength -= length;
            }
            else
            {
                emptied++;
                lastEmptied = index;
                index = room.IsEmpty ? next.Next : NextOf(index);
            }
        }

        if (emptied > 0)
        {
            UnlinkBehind(ref head, ref into, intoIndex, lastEmptied, emptied);
        }
    }

    /// <summary>Bytes get the label of the first that came before them, and bring the mark with them that a record ends.</summary>
    private static void LabelPulled(ref MbufHeader into, ref MbufHeader next, int had, bool isEmptied)
    {
        if (had == 0 && next.SegmentLength > 0)
        {
            into.Type = next.Type;
        }

        if (isEmptied && had + next.SegmentLength > 0)
        {
            next.MoveMark(ref into);
        }
    }

    /// <summary>Takes mbufs without bytes of use out of the chain, behind the one before them, and frees them.</summary>
    private void UnlinkBehind(ref MbufHeader head, ref MbufHeader previous, uint previousIndex, uint last, int count)
    {
        uint first = previous.Next;
        previous.Next = At(last).Next;
        head.Segments -= count;
        if (head.Tail == last)
        {
            MoveTail(ref head, previousIndex);
        }

        head.UpdateSlowFree();
        At(last).Next = 0;
        _cache.FreeMbufs(first);
    }

    /// <summary>
    /// Moves the first bytes into fresh storage, with room before them, and shows them: contiguous, writable, and where a header
    /// can be prepended, also if they were contiguous before (mbuf(9): m_copyup). What is left of the first mbuf's old storage is
    /// the second mbuf's; mbufs that become empty are freed.
    /// </summary>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <param name="headroom">Bytes of room before them, 0 to <see cref="MbufSizes.MaximumContiguous"/>: exactly so many.</param>
    /// <param name="view">Exactly the first <paramref name="length"/> bytes; empty on failure.</param>
    /// <returns>
    /// False if the chain is shorter, if no storage is so large as both together (mbuf(9) ends at MHLEN), or if the arena is
    /// exhausted: the chain is as it was, layout included (m_copyup frees it).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative, or <paramref name="headroom"/> out of
    /// its range.</exception>
    /// <remarks>O(bytes moved); needs one mbuf, and a cluster if an mbuf's internal buffer is too small.</remarks>
    [UnscopedRef]
    public bool TryCopyUp(int length, int headroom, out ReadOnlySpan<byte> view)
    {
        ref MbufHeader head = ref Head();
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        CheckContiguous(nameof(headroom), headroom);
        int largest = _cache.Hot.Memory.LayoutOf(ClusterKind.Largest).Capacity;
        if (length > head.ChainLength || length > largest - headroom || !TryMakeFront(this, headroom + length))
        {
            view = default;
            return false;
        }

        head.Data = _cache.Hot.Memory.StartOf(ref head) + headroom; // Of storage that is new to it: no position knows it.
        PullFromFollowers(ref head, ref head, Index, length);
        if (length == 0 && At(head.Next).SegmentLength == 0)
        {
            UnlinkBehind(ref head, ref head, Index, head.Next, count: 1);
        }

        _cache.RunDueRoutines();
        view = _cache.Hot.Memory.BytesOf(ref head);
        return true;
    }

    /// <summary>
    /// The first bytes of the first mbuf, seen in place as a value, for reading (mbuf(9): mtod with a type). <see
    /// cref="TryPullUp"/> makes them contiguous before.
    /// </summary>
    /// <typeparam name="T">A type without references; with the layout of the bytes on the wire, that is with
    /// <c>Pack = 1</c>, and fields in the byte order of the wire.</typeparam>
    /// <returns>A reference into the packet; nothing is copied. It need not be aligned.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is a handle of the engine, or has one: bytes of a packet are
    /// nobody's claim.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has fewer bytes (mbuf(9): not checked).</exception>
    /// <remarks>O(1).</remarks>
    [UnscopedRef]
    public ref readonly T FirstAs<[DynamicallyAccessedMembers(PacketBytes.Fields)] T>()
        where T : unmanaged
        => ref FirstAs<T>(ref Head());

    /// <summary>The same, for writing (mbuf(9): mtod with a type and M_WRITABLE in one).</summary>
    /// <typeparam name="T">A type without references; with the layout of the bytes on the wire, that is with
    /// <c>Pack = 1</c>, and fields in the byte order of the wire.</typeparam>
    /// <returns>A reference into the packet: what is written to it is written into the packet. It need not be aligned.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is a handle of the engine, or has one.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has fewer bytes, or they may not be written: the storage is
    /// read-only or shared.</exception>
    /// <remarks>O(1).</remarks>
    [UnscopedRef]
    public ref T WritableFirstAs<[DynamicallyAccessedMembers(PacketBytes.Fields)] T>()
        where T : unmanaged
    {
        ref MbufHeader head = ref Head();
        if (!_cache.IsWritable(ref head))
        {
            ThrowHelper.NotWritable();
        }

        return ref FirstAs<T>(ref head);
    }

    [UnscopedRef]
    private ref T FirstAs<[DynamicallyAccessedMembers(PacketBytes.Fields)] T>(ref MbufHeader head)
        where T : unmanaged
    {
        if (!PacketBytes.As<T>.IsAllowed)
        {
            ThrowHelper.NotPacketBytes(typeof(T));
        }

        if (RawMemory.SizeOf<T>() > head.SegmentLength)
        {
            ThrowHelper.TooFewContiguous(RawMemory.SizeOf<T>(), head.SegmentLength);
        }

        return ref _cache.Hot.Memory.Raw.ValueAt<T>(head.Data);
    }
}
