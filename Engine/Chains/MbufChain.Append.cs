using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Growing at the end.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_append: copies bytes behind the data, into the last mbuf's room and as many new mbufs and clusters as it takes; the
    /// packet length grows with it. All or nothing, where m_append keeps what fitted. An mbuf that a trim emptied has room before its data
    /// position as well: where the room behind is not enough, the position is moved back to where a fresh mbuf's is, and further if
    /// all of the bytes fit then.
    /// </summary>
    /// <param name="bytes">What to append; must not be a view of this chain's own free room.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>
    /// O(bytes), independent of the number of segments; O(segments) more while room that was allocated in advance
    /// (<see cref="MbufScope.AllocateChain(int)"/>, <see cref="TryAddRoom"/>) is not filled.
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
    /// <param name="length">Bytes, 0 to <see cref="MbufSizes.LargestContiguous"/>.</param>
    /// <param name="room">The new bytes, not zeroed; empty on failure.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than can be
    /// contiguous.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1); O(segments) while room that was allocated in advance is not filled.</remarks>
    [UnscopedRef]
    public bool TryExtend(int length, out Span<byte> room)
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

    internal partial void AppendFilled(uint point, ChainBuilder parts, int bytes)
    {
        ref MbufHeader head = ref Head();
        ref MbufHeader oldTail = ref At(head.Tail);
        if (parts.Segments > 0)
        {
            Link(ref head, parts);
        }

        if (bytes > 0)
        {
            At(point).MoveMark(ref At(head.Tail));
        }

        if (parts.Segments > 0 || oldTail.SegmentLength > 0)
        {
            oldTail.Flags &= ~HeaderFlags.Spare;
        }

        head.ChainLength += bytes;
        AddToPacketLength(ref head, bytes);
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
        if ((uint)length > MbufSizes.LargestContiguous)
        {
            if (length < 0)
            {
                ThrowHelper.Negative(parameter, length);
            }

            ThrowHelper.NotContiguous(parameter, length);
        }
    }
}
