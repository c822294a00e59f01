using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Growing at the front.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// M_PREPEND, m_prepend: makes contiguous room for bytes before the data, and counts it as data: the caller writes it. In
    /// the headroom if there is enough, or anywhere in the head's storage if it holds no data; else the head's storage moves to a new
    /// mbuf behind it, and the head, which stays the head, gets fresh storage.
    /// </summary>
    /// <param name="length">Bytes, 0 to <see cref="MbufSizes.LargestContiguous"/>.</param>
    /// <param name="room">The new bytes, not zeroed, followed by the data that was first; empty on failure.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was (mbuf(9) frees it).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than can be
    /// contiguous.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
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

    /// <summary>M_PREPEND of bytes that are there already: copies them before the data.</summary>
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
        ZoneId kind = ZoneId.Internal;
        uint storage = 0;
        if (length > MbufSizes.InternalSize && !cache.TryTakeCluster(length, out kind, out storage))
        {
            return false;
        }

        if (!cache.TryTake(ZoneId.Mbuf, out uint index))
        {
            if (kind != ZoneId.Internal)
            {
                cache.Return(kind, storage);
            }

            return false;
        }

        chain.InsertBehindHead(ref head, index);
        if (kind == ZoneId.Internal)
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
