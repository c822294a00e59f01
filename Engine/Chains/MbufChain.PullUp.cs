using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Making bytes contiguous at the front.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_pullup: makes the first bytes contiguous in the first mbuf and shows them. If they are already, nothing happens. Bytes
    /// move into the first mbuf's own room, its internal buffer, or a cluster up to 16 KiB (mbuf(9) ends at MHLEN); mbufs that
    /// become empty are freed.
    /// </summary>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <param name="view">Exactly the first <paramref name="length"/> bytes; empty on failure.</param>
    /// <returns>
    /// False if the chain is shorter, if no storage is so large (<see cref="MbufSizes.LargestContiguous"/>), or if the arena is
    /// exhausted: the chain is as it was, layout included (mbuf(9) frees it).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
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
        ZoneId kind = ZoneId.Internal;
        uint storage = index;

        // An internal buffer is free only while the mbuf's data lies elsewhere.
        bool fitsInternal = length <= MbufSizes.InternalSize && header.Kind != ZoneId.Internal;
        if (!fitsInternal && !_cache.TryTakeCluster(length, out kind, out storage))
        {
            return false;
        }

        header.EndPlaces(_cache.Hot.Memory.Step);
        MbufHeader old = header;
        if (kind == ZoneId.Internal)
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
}
