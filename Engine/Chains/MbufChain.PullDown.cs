using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Making bytes contiguous anywhere, while everything before them stays where it is.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Makes bytes in the middle of the chain contiguous and shows them (mbuf(9): m_pulldown with an offset pointer). If they are
    /// already, nothing happens. Bytes, mbufs, positions and views before <paramref name="offset"/> stay valid and in place.
    /// Storage that is shared or read-only is never written; the bytes of the chain never change.
    /// </summary>
    /// <param name="offset">The first byte, from the start of the chain; 0 or more.</param>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <param name="view">Exactly those bytes; empty on failure.</param>
    /// <returns>
    /// False if the chain ends before that, if no storage is so large
    /// (<see cref="MbufSizes.MaximumContiguous"/>, where m_pulldown ends at MCLBYTES), or if the arena is exhausted: the chain is
    /// as it was, layout included (m_pulldown frees it).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="length"/> is
    /// negative.</exception>
    /// <remarks>
    /// O(segments before), and O(bytes moved) if not contiguous already. The bytes go behind the first of them, or before the
    /// others, where there is writable room; else into fresh storage: at most one mbuf and one cluster.
    /// </remarks>
    [UnscopedRef]
    public bool TryPullDown(int offset, int length, out ReadOnlySpan<byte> view)
    {
        bool done = TryPullDown(offset, length, toSegment: false, out uint index, out int inside);
        view = done ? _cache.Hot.Memory.Bytes(At(index).Data + inside, length) : default;
        return done;
    }

    /// <inheritdoc cref="TryPullDown(int, int, out ReadOnlySpan{byte})"/>
    /// <param name="offset">The first byte, from the start of the chain; 0 or more.</param>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <param name="position">The mbuf that holds all of them and the offset in it; null on failure.</param>
    [UnscopedRef]
    public bool TryPullDown(int offset, int length, out MbufPosition position)
    {
        bool done = TryPullDown(offset, length, toSegment: false, out uint index, out int inside);
        position = done ? new MbufPosition(this, index, inside) : MbufPosition.Null;
        return done;
    }

    /// <summary>
    /// The same, and the bytes start an mbuf (mbuf(9): m_pulldown without an offset pointer). One that has other bytes before them
    /// is cut in two, which share its cluster; of an internal buffer, the tail is copied.
    /// </summary>
    /// <param name="offset">The first byte, from the start of the chain; 0 or more.</param>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <param name="segment">The mbuf that starts with them, at its first byte; the chain's end for no bytes there; null on
    /// failure.</param>
    /// <inheritdoc cref="TryPullDown(int, int, out ReadOnlySpan{byte})"/>
    [UnscopedRef]
    public bool TryPullDownToSegment(int offset, int length, out MbufPosition segment)
    {
        bool done = TryPullDown(offset, length, toSegment: true, out uint index, out int inside);
        segment = done ? new MbufPosition(this, index, inside) : MbufPosition.Null;
        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryPullDown(int offset, int length, bool toSegment, out uint index, out int inside)
    {
        ref MbufHeader head = ref Head();
        index = 0;
        inside = 0;
        if (!HasRange(ref head, offset, length))
        {
            return false;
        }

        if (offset == head.ChainLength)
        {
            return FindEnd(ref head, out index, out inside);
        }

        index = Find(offset, out uint previous, out inside);
        ref MbufHeader first = ref At(index);
        if (length > first.SegmentLength - inside)
        {
            return TryGather(ref head, previous, ref index, ref inside, length, toSegment);
        }

        return !toSegment || inside == 0 || TryCut(ref head, ref first, ref index, ref inside);
    }

    /// <summary>No bytes at the end are there always.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FindEnd(ref MbufHeader head, out uint index, out int inside)
    {
        index = FillPoint(ref head);
        inside = At(index).SegmentLength;
        return true;
    }

    /// <summary>Brings bytes that lie in several mbufs into one: where there is room, or into fresh storage.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGather(ref MbufHeader head, uint previous, ref uint index, ref int inside, int length, bool toSegment)
    {
        ref MbufHeader first = ref At(index);
        int others = length - (first.SegmentLength - inside);
        if ((inside == 0 || !toSegment) && others <= RoomOf(ref first))
        {
            PullFromFollowers(ref head, ref first, index, others);
        }
        else if (!TryMoveBeforeNext(ref head, previous, ref index, ref inside, length))
        {
            // Fresh storage: for the whole mbuf, or, if bytes before the wanted ones must stay, for a new mbuf behind it.
            if (inside == 0 ? !TryMakeRoom(ref first, index, length) : !TryInsertTail(ref head, ref index, ref inside, length))
            {
                return false;
            }

            PullFromFollowers(ref head, ref At(index), index, others);
        }

        _cache.RunDueRoutines();
        return true;
    }

    /// <summary>
    /// Moves an mbuf's bytes from an offset on to the front of the next mbuf with data, if that may be written and has room for
    /// them, and behind its own for what is still missing; all of it, or nothing.
    /// </summary>
    private bool TryMoveBeforeNext(ref MbufHeader head, uint previous, ref uint index, ref int inside, int length)
    {
        ref MbufHeader first = ref At(index);
        uint nextIndex = first.Next;
        while (At(nextIndex).SegmentLength == 0)
        {
            nextIndex = At(nextIndex).Next;
        }

        ref MbufHeader next = ref At(nextIndex);
        int moved = first.SegmentLength - inside;
        int missing = length - moved - next.SegmentLength;
        if (!_cache.IsWritable(ref next) || moved > _cache.Hot.Memory.RoomBefore(ref next) || missing > _cache.Hot.Memory.RoomBehind(ref next))
        {
            return false;
        }

        for (uint between = index; between != nextIndex; between = At(between).Next)
        {
            At(between).MoveMark(ref next); // Those without bytes may have the mark for the bytes before them.
        }

        next.Type = first.Type; // That of the first byte, where bytes of two labels come together.
        next.Data -= moved;
        next.SegmentLength += moved;
        first.SegmentLength = inside;
        _cache.Hot.Memory.Bytes(first.Data + inside, moved).CopyTo(_cache.Hot.Memory.Bytes(next.Data, moved));
        PullFromFollowers(ref head, ref next, nextIndex, missing);
        if (inside > 0)
        {
            index = nextIndex;
            inside = 0;
        }
        else
        {
            index = DropEmptied(ref head, previous, index, ref next, nextIndex);
        }

        return true;
    }

    /// <summary>
    /// Frees an mbuf that gave all of its bytes to a later one; a head stays, and takes over the later one's storage.
    /// </summary>
    /// <returns>The mbuf that holds the bytes then.</returns>
    private uint DropEmptied(ref MbufHeader head, uint previous, uint index, ref MbufHeader next, uint nextIndex)
    {
        if (previous != 0)
        {
            UnlinkBehind(ref head, ref At(previous), previous, index, count: 1);
            return nextIndex;
        }

        while (head.Next != nextIndex)
        {
            UnlinkBehind(ref head, ref head, Index, head.Next, count: 1);
        }

        head.Type = next.Type;
        head.Flags = (head.Flags & ~HeaderFlags.EndOfRecord) | (next.Flags & HeaderFlags.EndOfRecord);
        ExchangeStorage(ref head, Index, ref next, nextIndex);
        UnlinkBehind(ref head, ref head, Index, nextIndex, count: 1);
        return Index;
    }

    /// <summary>
    /// Moves an mbuf's bytes from an offset on into a fresh mbuf behind it that has room for <paramref name="length"/>.
    /// </summary>
    private bool TryInsertTail(ref MbufHeader head, ref uint index, ref int inside, int length)
    {
        if (!_cache.TryTakeContiguous(length, out uint fresh))
        {
            return false;
        }

        ref MbufHeader first = ref At(index);
        ref MbufHeader tail = ref At(fresh);
        tail.Type = first.Type;
        first.MoveMark(ref tail);
        tail.Next = first.Next;
        tail.SegmentLength = first.SegmentLength - inside;
        _cache.Hot.Memory.Bytes(first.Data + inside, tail.SegmentLength).CopyTo(_cache.Hot.Memory.BytesOf(ref tail));
        first.SegmentLength = inside;
        LinkBehind(ref head, ref first, index, fresh);
        index = fresh;
        inside = 0;
        return true;
    }

    /// <summary>Cuts an mbuf in two.</summary>
    private bool TryCut(ref MbufHeader head, ref MbufHeader first, ref uint index, ref int inside)
    {
        if (!_cache.TryTake(ZoneId.Mbuf, out uint fresh))
        {
            return false;
        }

        CutSegment(ref first, index, inside, fresh);
        first.MoveMark(ref At(fresh));
        LinkBehind(ref head, ref first, index, fresh);
        index = fresh;
        inside = 0;
        return true;
    }

    /// <summary>Makes an mbuf, whose own link is set already, the next of another.</summary>
    private static void LinkBehind(ref MbufHeader head, ref MbufHeader previous, uint previousIndex, uint index)
    {
        previous.Next = index;
        head.Segments++;
        head.Flags |= HeaderFlags.SlowFree;
        if (head.Tail == previousIndex)
        {
            head.Tail = index;
        }
    }

    /// <summary>True if the chain has all bytes of a range; throws if an end of it is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasRange(ref MbufHeader head, int offset, int length)
    {
        if ((offset | length) < 0)
        {
            ThrowHelper.Negative(offset < 0 ? nameof(offset) : nameof(length), offset < 0 ? offset : length);
        }

        return (long)offset + length <= head.ChainLength;
    }
}
