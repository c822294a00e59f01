using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Making two chains of one.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// This chain keeps the first bytes, a new one gets the rest (mbuf(9): m_split). Whole mbufs change hands; a cluster that is
    /// cut is shared by both halves, an internal buffer's tail is copied. A packet's rest is a packet: with the receive interface,
    /// and its part of the packet length, and nothing else of the header.
    /// </summary>
    /// <param name="offset">Bytes to keep, 0 or more. 0 leaves this chain empty; its length makes a packet's rest empty.</param>
    /// <param name="rest">
    /// The rest, owned by the caller; null on failure, and if a chain without packet header is split at its end: there is no
    /// rest, which mbuf(9) cannot tell from a failure.
    /// </param>
    /// <returns>False if the chain is shorter or the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    /// <remarks>
    /// O(segments): those before the offset are walked to find the cut, those behind it so that no position, reader or writer of
    /// this chain goes on in them. Needs at most one mbuf, none between two mbufs.
    /// </remarks>
    public bool TrySplit(int offset, out MbufChain rest)
    {
        MbufChain chain = this; // The variable that receives the rest may be this very one.
        return chain.TryCut(offset, out rest);
    }

    /// <summary>
    /// Takes the first bytes off as a chain of their own; this one keeps its identity and the rest: the way round that cutting messages
    /// off a stream needs. Whole mbufs change hands; a cluster that is cut is shared by both, an internal buffer's part is copied. The
    /// front of a packet is a packet: with the receive interface, its part of the packet length, and nothing else of the
    /// header; this one keeps its header and its tags.
    /// </summary>
    /// <param name="length">Bytes to take, 0 or more. All of them leave this chain empty; none make a packet's front empty.</param>
    /// <param name="front">
    /// The front, owned by the caller; null on failure, and if no bytes are taken off a chain without packet header.
    /// </param>
    /// <returns>False if the chain is shorter or the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <remarks>
    /// O(segments of the front). Needs at most one mbuf, none between two mbufs. Positions, readers and writers go on if they are in what
    /// stays, but for its first mbuf. No name in mbuf(9): m_split gives the rest.
    /// </remarks>
    public bool TryTakeFront(int length, out MbufChain front)
    {
        MbufChain chain = this; // The variable that receives the front may be this very one.
        return chain.TryCutFront(length, out front);
    }

    private bool TryCutFront(int length, out MbufChain front)
    {
        ref MbufHeader head = ref Head();
        front = Null;
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        if (length > head.ChainLength)
        {
            return false;
        }

        if (length == 0 && (head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            return true; // No byte that could be a chain, and no header that would make a packet of none.
        }

        uint last = FindCut(length, out int kept, out int segments);
        ref MbufHeader cut = ref At(last);
        uint first = cut.Next;
        int restSegments = head.Segments - segments;
        if (kept < cut.SegmentLength || first == 0)
        {
            if (!_cache.TryTake(ZoneId.Mbuf, out first))
            {
                return false;
            }

            CutSegment(ref cut, last, kept, first);
            cut.MoveMark(ref At(At(first).SegmentLength > 0 ? first : last)); // The record ends where its last byte is.
            restSegments++;
        }

        if (At(head.Tail).IsMarkedRoom)
        {
            MoveMarkFromRoom(this);
        }

        front = SeparateFront(ref head, last, first, segments, restSegments);
        SetFrontLengths(ref head, ref At(first), length);
        return true;
    }

    private bool TryCut(int offset, out MbufChain rest)
    {
        ref MbufHeader head = ref Head();
        rest = Null;
        if (offset < 0)
        {
            ThrowHelper.Negative(nameof(offset), offset);
        }

        if (offset > head.ChainLength)
        {
            return false;
        }

        if (offset == head.ChainLength && (head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            return true; // Nothing is left that could be a chain, and no header that would make a packet of it.
        }

        uint last = FindCut(offset, out int kept, out int segments);
        ref MbufHeader cut = ref At(last);
        uint first = cut.Next;
        int restSegments = head.Segments - segments;
        if (kept < cut.SegmentLength || first == 0)
        {
            if (!_cache.TryTake(ZoneId.Mbuf, out first))
            {
                return false;
            }

            CutSegment(ref cut, last, kept, first);
            restSegments++;
        }

        if (At(head.Tail).IsMarkedRoom)
        {
            MoveMarkFromRoom(this);
        }

        rest = Separate(ref head, last, first, segments, restSegments);
        SetSplitLengths(ref head, ref At(first), offset);
        return true;
    }

    /// <summary>
    /// The mbuf that keeps the last byte before the offset (the head, if there is none), how many bytes it keeps, and its
    /// number from 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint FindCut(int offset, out int kept, out int segments)
    {
        uint index = Index;
        kept = offset;
        segments = 1;
        while (kept > At(index).SegmentLength)
        {
            kept -= At(index).SegmentLength;
            index = NextOf(index);
            segments++;
        }

        return index;
    }

    internal partial void CutSegment(ref MbufHeader cut, uint cutIndex, int kept, uint index)
    {
        ref MbufHeader piece = ref At(index);
        piece.Flags = 0;
        piece.Type = cut.Type;
        piece.Next = cut.Next;
        int length = cut.SegmentLength - kept;
        if (kept == 0 && length > 0)
        {
            // Nothing stays: the storage changes hands whole, and nothing is shared.
            cut.EndPlaces(_cache.Hot.Memory.Step);
            _cache.MoveStorage(ref cut, ref piece, index);
            _cache.Hot.Memory.AttachInternal(ref cut, cutIndex, 0);
        }
        else if (!cut.IsInternal && length > 0)
        {
            _cache.ShareStorage(ref cut, ref piece);
            piece.Data += kept;
            piece.SegmentLength = length;
        }
        else
        {
            piece.SegmentLength = length;
            piece.Flags |= length > 0 ? cut.Flags & HeaderFlags.ReadOnly : 0;
            _cache.Hot.Memory.Bytes(cut.Data + kept, length).CopyTo(_cache.Hot.Memory.BytesOf(ref piece));
        }

        cut.SegmentLength = kept;
    }

    /// <summary>Ends the chain at one mbuf and makes another the head of what was behind it.</summary>
    private MbufChain Separate(ref MbufHeader head, uint last, uint first, int segments, int restSegments)
    {
        ref MbufHeader newHead = ref At(first);
        newHead.Tail = newHead.Next == 0 ? first : head.Tail;
        newHead.Segments = restSegments;
        EndClaims(first);
        newHead.Flags = (newHead.Flags & (HeaderFlags.OfStorage | HeaderFlags.EndOfRecord))
            | HeaderFlags.Head | (head.Flags & HeaderFlags.PacketHeader);
        newHead.ReceiveInterface = head.ReceiveInterface;
        newHead.ChecksumFlags = 0;
        newHead.ChecksumData = 0;
        newHead.FlowId = 0;
        At(last).Next = 0;
        head.Tail = last;
        head.Segments = segments;
        head.UpdateSlowFree();
        newHead.UpdateSlowFree();
        return MbufChain.Of(_cache, first, newHead.Generation);
    }

    /// <summary>
    /// Ends the front at one mbuf. The head and the first mbuf behind the cut change places, all but their identities: that one is the
    /// front's head from now on, and the head, whose identity stays, goes on with the rest.
    /// </summary>
    private MbufChain SeparateFront(ref MbufHeader head, uint last, uint first, int segments, int restSegments)
    {
        ref MbufHeader front = ref At(first);
        uint step = _cache.Hot.Memory.Step;
        uint afterHead = last == Index ? 0 : head.Next;
        uint tail = front.Next == 0 ? Index : head.Tail;
        At(last).Next = 0;
        EndClaims(afterHead);
        head.EndPlaces(step);
        front.Generation += step;
        head.Next = front.Next;
        _cache.SwapStorage(ref head, Index, ref front, first);
        head.Tail = tail;
        head.Segments = restSegments;

        const uint Swapped = HeaderFlags.EndOfRecord;
        uint mark = front.Flags & Swapped;
        front.Next = afterHead;
        front.Tail = last == Index ? first : last;
        front.Segments = segments;
        front.Flags = (front.Flags & HeaderFlags.OfStorage) | (head.Flags & Swapped) | HeaderFlags.Head | (head.Flags & HeaderFlags.PacketHeader);
        front.ReceiveInterface = head.ReceiveInterface;
        front.ChecksumFlags = 0;
        front.ChecksumData = 0;
        front.FlowId = 0;
        head.Flags = (head.Flags & ~Swapped) | mark;
        head.UpdateSlowFree();
        front.UpdateSlowFree();
        return MbufChain.Of(_cache, first, front.Generation);
    }

    /// <summary>Ends what positions in another chain know of an mbuf and of all behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EndClaims(uint first)
    {
        RawMemory memory = _cache.Hot.Memory.Raw;
        uint step = _cache.Hot.Memory.Step;
        while (first != 0)
        {
            ref MbufHeader header = ref memory.Header(first);
            header.Generation += step;
            first = header.Next;
        }
    }

    private static void SetSplitLengths(ref MbufHeader head, ref MbufHeader newHead, int offset)
    {
        newHead.ChainLength = head.ChainLength - offset;
        head.ChainLength = offset;
        newHead.PacketLength = 0;
        if ((head.Flags & HeaderFlags.PacketHeader) != 0)
        {
            newHead.PacketLength = Math.Max(0, head.PacketLength - offset);
            head.PacketLength = offset;
        }
    }

    private static void SetFrontLengths(ref MbufHeader head, ref MbufHeader front, int length)
    {
        front.ChainLength = length;
        head.ChainLength -= length;
        front.PacketLength = 0;
        if ((head.Flags & HeaderFlags.PacketHeader) != 0)
        {
            head.PacketLength = Math.Max(0, head.PacketLength - length);
            front.PacketLength = length;
        }
    }

    /// <summary>
    /// Joins another chain behind this one, without copying (mbuf(9): m_catpkt). The other's packet header is dropped, with its
    /// flags and tags, and its length added to this one's; of a chain without packet header the bytes are added.
    /// </summary>
    /// <param name="other">A chain of the same arena; consumed: every copy of it is stale afterwards, and its Dispose does
    /// nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
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
    /// Joins another chain behind this one, without copying (mbuf(9): m_cat, which may copy what fits into the last mbuf). The
    /// packet length stays as it is: <see cref="FixPacketLength"/> corrects it. A packet header of the other is dropped, with its
    /// tags; other flags stay on its mbufs.
    /// </summary>
    /// <param name="other">A chain of the same arena and type; consumed: every copy of it is stale afterwards, and its Dispose
    /// does nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain, or the two are of different
    /// <see cref="Type"/>.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes; both are as they were.</exception>
    /// <remarks>O(1), whatever the number of segments, and O(tags) for the other's tags. Never needs memory. A chain without bytes is
    /// freed and joins nothing, O(its segments); a free routine that ends with it may throw, after that.</remarks>
    public void AppendKeepingPacketLength(MbufChain other)
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
