using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Growing at the end.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_append: copies bytes behind the data, into the last mbuf's room and as many new mbufs and clusters as it takes; the
    /// packet length grows with it. All or nothing, where m_append keeps what fitted.
    /// </summary>
    /// <param name="bytes">What to append; must not be a view of this chain's own free room.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(bytes), independent of the number of segments.</remarks>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        ref MbufHeader head = ref Head();
        int length = Sum(head.ChainLength, bytes.Length);
        ref MbufHeader tail = ref At(head.Tail);
        if (bytes.Length > TailroomOf(ref tail))
        {
            return TryAppendSlow(ref head, ref tail, bytes);
        }

        bytes.CopyTo(_cache.Hot.Memory.Bytes(tail.Data + tail.SegmentLength, bytes.Length));
        tail.SegmentLength += bytes.Length;
        head.ChainLength = length;
        AddToPacketLength(ref head, bytes.Length);
        return true;
    }

    /// <summary>
    /// Makes contiguous room for bytes behind the data, in the last mbuf or in a new one, and counts it as data: the caller
    /// writes it.
    /// </summary>
    /// <param name="length">Bytes, 0 to <see cref="MbufSizes.LargestContiguous"/>.</param>
    /// <param name="room">The new bytes, not zeroed; empty on failure.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than can be
    /// contiguous.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1).</remarks>
    [UnscopedRef]
    public bool TryExtend(int length, out Span<byte> room)
    {
        ref MbufHeader head = ref Head();
        CheckContiguous(nameof(length), length);
        int sum = Sum(head.ChainLength, length);
        ref MbufHeader tail = ref At(head.Tail);
        if (length > TailroomOf(ref tail))
        {
            if (!_cache.TryTakeContiguous(length, out uint index))
            {
                room = default;
                return false;
            }

            Link(ref head, new ChainParts { First = index, Last = index, Segments = 1 });
            tail = ref At(index);
        }

        room = _cache.Hot.Memory.Bytes(tail.Data + tail.SegmentLength, length);
        tail.SegmentLength += length;
        head.ChainLength = sum;
        AddToPacketLength(ref head, length);
        return true;
    }

    /// <summary>
    /// m_catpkt, and m_cat for chains without header: joins another chain behind this one, without copying. The other's packet
    /// header is dropped, its length added to this one's.
    /// </summary>
    /// <param name="other">A chain of the same arena; consumed: every copy of it is stale afterwards, and its Dispose does
    /// nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes; both are as they were.</exception>
    /// <remarks>O(1), whatever the number of segments.</remarks>
    public void Append(MbufChain other)
    {
        ref MbufHeader head = ref Head();
        ref MbufHeader behind = ref other.Head();
        if (other._index == _index && other._cache.Arena == _cache.Arena)
        {
            ThrowHelper.AppendToItself();
        }

        if (other._cache != _cache && other._cache.Arena != _cache.Arena)
        {
            ThrowHelper.Foreign();
        }

        int length = Sum(head.ChainLength, behind.ChainLength);
        AddToPacketLength(
            ref head,
            (behind.Flags & HeaderFlags.PacketHeader) != 0 ? behind.PacketLength : behind.ChainLength);
        At(head.Tail).Next = other._index;
        head.Tail = behind.Tail;
        head.Segments += behind.Segments;
        head.ChainLength = length;
        head.Flags |= HeaderFlags.Intricate;

        // The other head becomes interior: its claim ends with the new generation.
        behind.Generation++;
        behind.Flags &= ~(HeaderFlags.Head | HeaderFlags.PacketHeader);
    }

    /// <summary>
    /// Links mbufs that were filled elsewhere and counts their bytes, and those written into the last mbuf's room, as the
    /// chain's.
    /// </summary>
    internal void AppendFilled(ChainParts parts, int bytes)
    {
        ref MbufHeader head = ref Head();
        if (parts.Segments > 0)
        {
            Link(ref head, parts);
        }

        head.ChainLength += bytes;
        AddToPacketLength(ref head, bytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAppendSlow(ref MbufHeader head, ref MbufHeader tail, ReadOnlySpan<byte> bytes)
    {
        int here = TailroomOf(ref tail);
        if (!_cache.TryTakeRoom(bytes.Length - here, out ChainParts parts))
        {
            return false;
        }

        bytes[..here].CopyTo(_cache.Hot.Memory.Bytes(tail.Data + tail.SegmentLength, here));
        tail.SegmentLength += here;
        Fill(parts.First, bytes[here..]);
        Link(ref head, parts);
        head.ChainLength += bytes.Length;
        AddToPacketLength(ref head, bytes.Length);
        return true;
    }

    /// <summary>Copies bytes into the room of fresh mbufs, which have enough of it.</summary>
    private void Fill(uint index, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ref MbufHeader header = ref At(index);
            int length = Math.Min(bytes.Length, _cache.RoomBehind(ref header));
            bytes[..length].CopyTo(_cache.Hot.Memory.Bytes(header.Data + header.SegmentLength, length));
            header.SegmentLength += length;
            bytes = bytes[length..];
            index = header.Next;
        }
    }

    /// <summary>Links mbufs behind the tail; their bytes are not counted yet.</summary>
    private void Link(ref MbufHeader head, ChainParts parts)
    {
        At(head.Tail).Next = parts.First;
        head.Tail = parts.Last;
        head.Segments += parts.Segments;
        head.Flags |= HeaderFlags.Intricate;
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
