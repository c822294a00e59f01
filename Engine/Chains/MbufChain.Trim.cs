using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Shrinking at both ends.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Removes bytes from the front (mbuf(9): m_adj with a positive count). Mbufs that become empty are freed at once (mbuf(9)
    /// keeps them); the head stays the head and takes over the storage of the first mbuf that still has data. The packet length
    /// shrinks with it.
    /// </summary>
    /// <param name="count">Bytes, 0 or more; more than there are empties the chain.</param>
    /// <returns>The bytes removed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <remarks>
    /// O(segments removed). Never needs memory. Trimming all data frees the room allocated in advance behind it, too, but for
    /// one mbuf's.
    /// </remarks>
    public int TrimStart(int count)
    {
        ref MbufHeader head = ref Head();
        if (count < 0)
        {
            ThrowHelper.Negative(nameof(count), count);
        }

        count = Math.Min(count, head.ChainLength);
        head.ChainLength -= count;
        AddToPacketLength(ref head, -count);
        if (count > head.SegmentLength || (count == head.SegmentLength && head.Next != 0))
        {
            ReleaseFront(this, count);
        }
        else
        {
            head.Data += count;
            head.SegmentLength -= count;
        }

        return count;
    }

    /// <summary>
    /// Removes bytes from the end (mbuf(9): m_adj with a negative count). Mbufs behind the new end are freed. The packet length
    /// shrinks with it.
    /// </summary>
    /// <param name="count">Bytes, 0 or more; more than there are empties the chain.</param>
    /// <returns>The bytes removed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <remarks>
    /// O(1) if the last mbuf keeps data, else O(segments): the chain is walked to the new end. Never needs memory.
    /// </remarks>
    public int TrimEnd(int count)
    {
        ref MbufHeader head = ref Head();
        if (count < 0)
        {
            ThrowHelper.Negative(nameof(count), count);
        }

        count = Math.Min(count, head.ChainLength);
        head.ChainLength -= count;
        AddToPacketLength(ref head, -count);
        ref MbufHeader tail = ref At(head.Tail);
        if (count < tail.SegmentLength || head.Next == 0)
        {
            tail.SegmentLength -= count;
        }
        else
        {
            ReleaseBack(this, count);
        }

        return count;
    }

    /// <summary>
    /// Drops the first mbufs' data. What is left of the first mbuf with data moves into the head; the mbuf that it came from is
    /// freed with the head's old storage in it, so that a pair is freed as a pair.
    /// </summary>
    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReleaseFront(MbufChain chain, int count)
    {
        if (count == 0)
        {
            return; // Nothing becomes empty: room without data, which was asked for, stays.
        }

        ThreadCache cache = chain._cache;
        uint headIndex = chain.Index;
        ref MbufHeader head = ref chain.At(headIndex);
        uint index = headIndex;
        ref MbufHeader first = ref head;
        while (first.Next != 0 && count >= first.SegmentLength)
        {
            count -= first.SegmentLength;
            uint next = first.Next;
            if (index != headIndex)
            {
                cache.FreeMbuf(ref first, index);
                head.Segments--;
            }

            index = next;
            first = ref chain.At(next);
        }

        Debug.Assert(count <= first.SegmentLength, "The count was limited to the length of the chain.");
        first.Data += count;
        first.SegmentLength -= count;
        head.Type = first.SegmentLength > 0 ? first.Type : head.Type; // Label and mark go with the bytes.
        head.Flags |= first.Flags & HeaderFlags.EndOfRecord;
        chain.ExchangeStorage(ref head, headIndex, ref first, index);
        head.Next = first.Next;
        head.Segments--;
        if (head.Tail == index)
        {
            chain.MoveTail(ref head, headIndex);
        }

        head.UpdateSlowFree();
        cache.FreeMbuf(ref first, index);
        cache.RunDueRoutines();
    }

    /// <summary>
    /// An mbuf whose bytes are of no further use takes over another's storage and bytes; that one gets its old storage, to free
    /// it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ExchangeStorage(ref MbufHeader header, uint index, ref MbufHeader other, uint otherIndex)
    {
        ZoneId kind = header.Kind;
        uint storage = header.Storage;
        uint flags = header.Flags & HeaderFlags.OfStorage;
        header.EndPlaces(_cache.Hot.Memory.Step);
        _cache.MoveStorage(ref other, ref header, index);
        if (kind == ZoneId.Mbuf)
        {
            _cache.Hot.Memory.AttachInternal(ref other, otherIndex, 0);
            if (!header.IsInternal && _cache.Arena.ClearsOnFree)
            {
                _cache.Hot.Memory.ClearContents(ZoneId.Mbuf, index); // Its buffer is of no further use, and the mbuf lives on.
            }
        }
        else
        {
            other.Kind = kind;
            other.Storage = storage;
            other.Flags |= flags;
        }
    }

    /// <summary>
    /// Makes another mbuf the last one: if the last one so far, which is still whole, ended a record, this one does.
    /// </summary>
    private void MoveTail(ref MbufHeader head, uint index)
    {
        ref MbufHeader old = ref At(head.Tail);
        old.MoveMark(ref At(index));
        head.Tail = index;
    }

    /// <summary>Cuts the chain behind the bytes that the head's length says are left.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReleaseBack(MbufChain chain, int count)
    {
        if (count == 0)
        {
            return;
        }

        ref MbufHeader head = ref chain.At(chain.Index);
        if ((chain.At(head.Tail).Flags & HeaderFlags.Spare) != 0)
        {
            chain.At(chain.FillPoint(ref head)).MoveMark(ref chain.At(head.Tail)); // The mark of the last byte stays with the last.
        }

        int left = head.ChainLength - head.SegmentLength;
        uint index = chain.Index;
        int segments = 1;
        ref MbufHeader last = ref head;
        while (left > 0)
        {
            index = chain.NextOf(index);
            last = ref chain.At(index);
            left -= last.SegmentLength;
            segments++;
        }

        last.SegmentLength += left;
        uint surplus = last.Next;
        last.Next = 0;
        chain.MoveTail(ref head, index);
        head.Segments = segments;
        head.UpdateSlowFree();
        chain._cache.FreeChainAndRunRoutines(surplus);
    }

    /// <summary>
    /// Frees the first mbuf only and hands over the rest as a chain of its own (mbuf(9): m_free, MFREE). A packet header, with its
    /// fields, flags and tags, dies with the mbuf that it is in. Strict, as <see cref="Free"/>.
    /// </summary>
    /// <param name="rest">
    /// What came behind, owned by the caller: a chain without packet header; null if there was nothing. May be the variable of
    /// this chain itself. Set also if the routine of external storage throws.
    /// </param>
    /// <exception cref="MbufDoubleFreeException">The packet was freed or given away before.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(1), and O(tags) for the tags of a packet. Never needs memory.</remarks>
    public void FreeFirstSegment(out MbufChain rest)
    {
        // In locals: the variable that receives the rest may be this very one, as in a loop that frees a chain bit by bit.
        ThreadCache cache = _cache;
        uint index = _slot - cache.Hot.Opening;
        if (index > cache.Hot.LastIndex)
        {
            ThreadCache.ThrowNotOfThisOpening(cache);
        }

        ref MbufHeader head = ref cache.Hot.Memory.Header(index);
        if (head.Generation != _generation)
        {
            ThrowHelper.DoubleFree();
        }

        rest = head.Next == 0 ? MbufChain.Null : Succeed(cache, ref head);
        head.Next = 0;
        cache.FreeChainAndCheck(ref head, index);
    }

    /// <summary>Makes the second mbuf the head of what is behind the first.</summary>
    private static MbufChain Succeed(ThreadCache cache, ref MbufHeader head)
    {
        uint index = head.Next;
        ref MbufHeader successor = ref cache.Hot.Memory.Header(index);
        successor.Tail = head.Tail;
        successor.Segments = head.Segments - 1;
        successor.ChainLength = head.ChainLength - head.SegmentLength;
        successor.Generation += cache.Hot.Memory.Step;
        cache.DropPacketHeader(ref successor); // What may be left in its fields of an earlier life as a head.
        successor.Flags |= HeaderFlags.Head;
        if (successor.Next == 0)
        {
            successor.Flags &= ~HeaderFlags.Spare; // It is the only one now, so its room is where bytes go.
        }

        successor.UpdateSlowFree();
        return MbufChain.Of(cache, index, successor.Generation);
    }
}
