using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Making one chain of two.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_catpkt: joins another chain behind this one, without copying. The other's packet header is dropped, with its flags and
    /// tags, and its length added to this one's; of a chain without packet header the bytes are added.
    /// </summary>
    /// <param name="other">A chain of the same arena; consumed: every copy of it is stale afterwards, and its Dispose does
    /// nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes; both are as they were.</exception>
    /// <remarks>O(1), whatever the number of segments, and O(tags) for the other's tags. Never needs memory. A chain without bytes is
    /// freed and joins nothing, O(its segments); a free routine that ends with it may throw, after that.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(MbufChain other) => AppendTo(this, other);

    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AppendTo(MbufChain chain, MbufChain other)
    {
        ref MbufHeader head = ref chain.Head(out uint own);
        ref MbufHeader behind = ref chain.HeadToJoin(own, other, out uint index);
        int length = Sum(head.ChainLength, behind.ChainLength);
        AddToPacketLength(
            ref head,
            (behind.Flags & HeaderFlags.PacketHeader) != 0 ? behind.PacketLength : behind.ChainLength);
        if (behind.ChainLength == 0)
        {
            ConsumeEmpty(chain, ref head, ref behind, index);
            return;
        }

        chain.Join(ref head, ref behind, index, length);
        behind.Flags &= ~(HeaderFlags.Head | HeaderFlags.PacketHeader | (HeaderFlags.Clearable & ~HeaderFlags.EndOfRecord));
    }

    /// <summary>
    /// m_cat: joins another chain behind this one, without copying (mbuf(9) may copy what fits into the last mbuf). The packet
    /// length stays as it is: <see cref="FixPacketLength"/> corrects it. A packet header of the other is dropped, with its
    /// tags; other flags stay on its mbufs.
    /// </summary>
    /// <param name="other">A chain of the same arena and type; consumed: every copy of it is stale afterwards, and its Dispose
    /// does nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain, or the two are of different
    /// <see cref="Type"/>.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes; both are as they were.</exception>
    /// <remarks>O(1), whatever the number of segments, and O(tags) for the other's tags. Never needs memory. A chain without bytes is
    /// freed and joins nothing, O(its segments); a free routine that ends with it may throw, after that.</remarks>
    public void Concatenate(MbufChain other)
    {
        ref MbufHeader head = ref Head(out uint own);
        ref MbufHeader behind = ref HeadToJoin(own, other, out uint index);
        if (behind.Type != head.Type)
        {
            ThrowHelper.OtherType(head.Type, behind.Type);
        }

        if (behind.ChainLength == 0)
        {
            ConsumeEmpty(this, ref head, ref behind, index);
            return;
        }

        Join(ref head, ref behind, index, Sum(head.ChainLength, behind.ChainLength));
        behind.Flags &= ~(HeaderFlags.Head | HeaderFlags.PacketHeader);
    }

    /// <summary>
    /// Frees a chain that has nothing to be joined: its mbufs would only keep the room behind this one's data from being used. What
    /// it says of a record's end is not lost.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ConsumeEmpty(MbufChain chain, ref MbufHeader head, ref MbufHeader empty, uint index)
    {
        chain.At(empty.Tail).MoveMark(ref chain.At(head.Tail));
        chain._cache.FreeChainAndRunRoutines(index);
    }

    /// <summary>The head of a chain that is about to be joined behind this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref MbufHeader HeadToJoin(uint own, MbufChain other, out uint index)
    {
        ref MbufHeader behind = ref other.Head(out index);
        if (other._cache != _cache && other._cache.Arena != _cache.Arena)
        {
            ThrowHelper.Foreign();
        }

        if (index == own)
        {
            ThrowHelper.AppendToItself();
        }

        return ref behind;
    }

    /// <summary>
    /// Links another chain behind this one. Its head becomes interior: its claim ends with the new generation. The caller takes
    /// the marks of a head away.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join(ref MbufHeader head, ref MbufHeader behind, uint index, int length)
    {
        ref MbufHeader oldTail = ref At(head.Tail);
        if (oldTail.IsMarkedRoom)
        {
            MoveMarkFromRoom(this);
        }

        oldTail.Next = index;
        oldTail.Flags &= ~HeaderFlags.Spare; // Bytes go behind the other chain's from now on.
        head.Tail = behind.Tail;
        head.Segments += behind.Segments;
        head.ChainLength = length;
        head.Flags |= HeaderFlags.SlowFree;
        behind.Generation += _cache.Hot.Memory.Step;
        if ((behind.Flags & HeaderFlags.Cold) != 0)
        {
            _cache.DropCold(ref behind);
        }
    }
}
