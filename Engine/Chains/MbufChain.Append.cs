using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Growing at the end.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Copies bytes behind the data, into the last mbuf's room and as many new mbufs and clusters as it takes; the packet length
    /// grows with it (mbuf(9): m_append). All or nothing, where m_append keeps what fitted. An mbuf that a trim emptied has room
    /// before its data position as well: where the room behind is not enough, the position is moved back to where a fresh mbuf's
    /// is, and further if all of the bytes fit then.
    /// </summary>
    /// <param name="bytes">What to append; must not be a view of this chain's own free room.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>
    /// O(bytes), independent of the number of segments; O(segments) more while room that was allocated in advance
    /// (<see cref="MbufScope.AllocatePacket(int)"/>, <see cref="TryAddRoom"/>) is not filled.
    /// </remarks>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        ref MbufHeader head = ref Head();
        int length = Sum(head.ChainLength, bytes.Length);
        ref MbufHeader tail = ref At(head.Tail);
        if (bytes.Length > TailroomOf(ref tail))
        {
            return TryAppendSlow(this, bytes);
        }

        bytes.CopyTo(_cache.Hot.Memory.Bytes(tail.Data + tail.SegmentLength, bytes.Length));
        tail.SegmentLength += bytes.Length;
        head.ChainLength = length;
        AddToPacketLength(ref head, bytes.Length);
        return true;
    }

    /// <summary>
    /// Makes contiguous room for bytes behind the data, in the last mbuf or in a new one, and counts it as data: the caller
    /// writes it. Of an mbuf that a trim emptied all room is used, as by <see cref="TryAppend(ReadOnlySpan{byte})"/>.
    /// </summary>
    /// <param name="length">Bytes, 0 to <see cref="MbufSizes.MaximumContiguous"/>.</param>
    /// <param name="room">The new bytes, not zeroed; empty on failure.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than can be
    /// contiguous.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1); O(segments) while room that was allocated in advance is not filled.</remarks>
    [UnscopedRef]
    public bool TryAppend(int length, out Span<byte> room)
    {
        ref MbufHeader head = ref Head();
        CheckContiguous(nameof(length), length);
        int sum = Sum(head.ChainLength, length);
        ref MbufHeader tail = ref At(head.Tail);
        if (length > TailroomOf(ref tail))
        {
            uint point = TakeContiguousPoint(this, length);
            if (point == 0)
            {
                room = default;
                return false;
            }

            tail = ref At(point);
        }

        room = _cache.Hot.Memory.Bytes(tail.Data + tail.SegmentLength, length);
        tail.SegmentLength += length;
        head.ChainLength = sum;
        AddToPacketLength(ref head, length);
        return true;
    }

    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryAppendSlow(MbufChain chain, ReadOnlySpan<byte> bytes)
    {
        ref MbufHeader head = ref chain.At(chain.Index);
        if (!head.IsPlainlyWritable && head.Next == 0 && chain.TryUseOwnRoom(ref head, bytes.Length))
        {
            return chain.TryAppend(bytes); // Storage that its caller counts: what grows first is filled later, which it does not bear.
        }

        if (!chain.TryGrow(ref head, bytes.Length, out uint point, out int offset))
        {
            return false;
        }

        chain.Overwrite(point, offset, bytes.Length, bytes);
        AddToPacketLength(ref head, bytes.Length);
        return true;
    }

    /// <summary>
    /// An mbuf with contiguous room for some bytes behind all data: of the spare ones, if there are, or one without data whose own
    /// storage is large enough; else a fresh one. 0 if exhausted.
    /// </summary>
    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint TakeContiguousPoint(MbufChain chain, int length)
    {
        ref MbufHeader head = ref chain.At(chain.Index);
        uint point = chain.FillPoint(ref head);
        for (uint index = point; index != 0; index = chain.At(index).Next)
        {
            if (chain.RoomOf(ref chain.At(index)) >= length)
            {
                return chain.Use(ref head, point, index);
            }
        }

        for (uint index = point; index != 0; index = chain.At(index).Next)
        {
            if (chain.TryUseOwnRoom(ref chain.At(index), length))
            {
                return chain.Use(ref head, point, index);
            }
        }

        if (!chain._cache.TryTakeContiguous(length, out uint fresh))
        {
            return 0;
        }

        chain.At(head.Tail).Flags &= ~HeaderFlags.Spare;
        chain.Link(ref head, ChainBuilder.Of(fresh));
        chain.At(point).MoveMark(ref chain.At(fresh));
        return fresh;
    }

    /// <summary>An mbuf with room gets bytes: they belong to the record that those at the fill point end.</summary>
    private uint Use(ref MbufHeader head, uint point, uint index)
    {
        At(index).Flags &= index == head.Tail ? ~HeaderFlags.Spare : uint.MaxValue;
        At(point).MoveMark(ref At(head.Tail));
        return index;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckContiguous(string parameter, int length)
    {
        if ((uint)length > MbufSizes.MaximumContiguous)
        {
            if (length < 0)
            {
                ThrowHelper.Negative(parameter, length);
            }

            ThrowHelper.NotContiguous(parameter, length);
        }
    }

    internal partial uint FillPoint(ref MbufHeader head)
    {
        if ((At(head.Tail).Flags & HeaderFlags.Spare) == 0)
        {
            return head.Tail;
        }

        uint point = Index;
        for (uint index = head.Next; index != 0; index = At(index).Next)
        {
            point = At(index).SegmentLength > 0 ? index : point;
        }

        return point;
    }

    internal partial int RoomOf(ref MbufHeader header) => _cache.IsWritable(ref header) ? _cache.Hot.Memory.RoomBehind(ref header) : 0;

    internal partial int LastingRoomOf(ref MbufHeader header)
        => _cache.IsWritable(ref header) && header.IsPlainlyWritable ? _cache.Hot.Memory.RoomBehind(ref header) : 0;

    /// <summary>Free bytes from a fill point to the end of the chain; no more than asked for are counted.</summary>
    private long RoomFrom(uint point, int enough)
    {
        long room = 0;
        for (uint index = point; index != 0 && room < enough; index = At(index).Next)
        {
            room += LastingRoomOf(ref At(index));
        }

        return room;
    }

    /// <summary>The same by the flags alone.</summary>
    private long PlainRoomFrom(uint point, int enough)
    {
        long room = 0;
        for (uint index = point; index != 0 && room < enough; index = At(index).Next)
        {
            room += PlainRoomOf(ref At(index));
        }

        return room;
    }

    private int PlainRoomOf(ref MbufHeader header) => header.IsPlainlyWritable ? _cache.Hot.Memory.RoomBehind(ref header) : 0;

    /// <summary>Free bytes behind the data of the last mbuf, for the path that looks no further: 0 if it is spare.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TailroomOf(ref MbufHeader tail)
        => tail.IsPlainlyAppendable || ((tail.Flags & HeaderFlags.Spare) == 0 && _cache.IsWritable(ref tail)) ? _cache.Hot.Memory.RoomBehind(ref tail) : 0;

    /// <summary>
    /// Makes the chain longer by some bytes, whatever they hold, from the fill point on and into as many fresh mbufs as it
    /// takes. All or nothing. The packet length is left alone.
    /// </summary>
    /// <param name="head">The head.</param>
    /// <param name="count">Bytes, 0 or more; the chain's length has been checked to allow them.</param>
    /// <param name="point">The mbuf that the first of the bytes is in, if it had room.</param>
    /// <param name="offset">Where in that mbuf's data they start.</param>
    /// <param name="decided">What may be written was decided before, by the flags: sharing that has ended since, which a free on
    /// another thread or in a callback can bring about at any moment, is not looked for.</param>
    private bool TryGrow(ref MbufHeader head, int count, out uint point, out int offset, bool decided = false)
    {
        point = FillPoint(ref head);
        offset = At(point).SegmentLength;
        int room = (int)Math.Min(decided ? PlainRoomFrom(point, count) : RoomFrom(point, count), count);
        uint oldTail = head.Tail;
        if (room < count)
        {
            int own = MayHaveOwnRoom(point, room) ? FindOwnRoom(point, count - room) : 0;
            if (own < count - room)
            {
                if (!_cache.TryTakeRoom(count - room - own, head.Segments, out ChainBuilder parts))
                {
                    return false;
                }

                Link(ref head, parts);
            }

            if (own > 0)
            {
                UseOwnRoom(point, own);
            }
        }

        if (count > 0)
        {
            At(point).MoveMark(ref At(head.Tail)); // The bytes belong to the record that those before them end.
        }

        CountBytes(point, count);
        if (oldTail != head.Tail || At(oldTail).SegmentLength > 0)
        {
            At(oldTail).Flags &= ~HeaderFlags.Spare;
        }

        head.ChainLength += count;
        return true;
    }

    /// <summary>Counts room, from a fill point on, as data: by the flags, which only we clear, as it was found.</summary>
    private void CountBytes(uint point, int count)
    {
        for (uint index = point; count > 0; index = At(index).Next)
        {
            if (index == 0)
            {
                ThrowHelper.LostBytes(); // Going on would be a walk over header 0 without end: not only asserted.
            }

            ref MbufHeader header = ref At(index);
            int length = Math.Min(count, PlainRoomOf(ref header));
            header.SegmentLength += length;
            count -= length;
        }
    }

    internal partial void Overwrite(uint from, int offset, int count, ReadOnlySpan<byte> source)
    {
        ref MbufHeader header = ref At(from);
        while (count > 0)
        {
            if (offset < header.SegmentLength)
            {
                int length = Math.Min(header.SegmentLength - offset, count);
                Span<byte> target = _cache.Hot.Memory.Bytes(header.Data + offset, length);
                if (source.IsEmpty)
                {
                    target.Clear();
                }
                else
                {
                    source[..length].CopyTo(target);
                    source = source[length..];
                }

                count -= length;
                offset = 0;
            }
            else
            {
                offset -= header.SegmentLength;
            }

            if (header.Next == 0 && count > 0)
            {
                ThrowHelper.LostBytes(); // Going on would be a walk over header 0 without end: not only asserted.
            }

            header = ref At(header.Next);
        }
    }

    /// <summary>
    /// Gives a mark on room at the end to the mbuf that holds the last byte, whose it is: before something comes behind that room, or the
    /// chain is cut or copied there.
    /// </summary>
    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MoveMarkFromRoom(MbufChain chain)
    {
        ref MbufHeader head = ref chain.At(chain.Index);
        chain.At(head.Tail).MoveMark(ref chain.At(chain.FillPoint(ref head)));
    }

    /// <summary>
    /// Links mbufs behind the tail; their bytes are not counted yet. They belong to the record that the tail ends, if it ends one.
    /// </summary>
    private void Link(ref MbufHeader head, ChainBuilder parts)
    {
        ref MbufHeader tail = ref At(head.Tail);
        tail.MoveMark(ref At(parts.Last));
        tail.Next = parts.First;
        head.Tail = parts.Last;
        head.Segments += parts.Segments;
        head.Flags |= HeaderFlags.SlowFree;
    }
}
