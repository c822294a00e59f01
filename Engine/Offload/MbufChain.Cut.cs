using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// Cutting a packet into parts, each with a header of its own in front: all memory is taken, or none.
/// </content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Cuts the packet, which is one and longer than the plan says, and puts its parts on the queue; or does nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MbufOffloadStatus Cut<THeader>(ref CutPlan plan, ref THeader headers, MbufQueue queue)
        where THeader : struct, IPartHeader
    {
        ref MbufHeader head = ref At(Index);
        if (!queue.HasRoomFor(plan.Parts))
        {
            return MbufOffloadStatus.QueueFull;
        }

        if (plan.FrontZone == ZoneId.Packet && plan.FirstHeaderLength > _cache.RoomOf(ZoneId.Packet) - CutPlan.LinkRoom)
        {
            return MbufOffloadStatus.HeaderTooLong;
        }

        Survey(ref head, ref plan);
        MbufOffloadStatus status = TakeParts(ref head, plan, queue, out CutParts parts);
        if (status != MbufOffloadStatus.Done)
        {
            return status;
        }

        uint mark = At(head.Tail).Flags & HeaderFlags.EndOfRecord;
        At(head.Tail).Flags &= ~mark;
        parts.Next = head.Next;
        if (plan.NeedsFront)
        {
            MoveBehindFront(ref head, plan.HeaderLength, ref parts);
        }

        HandOut(ref head, plan, ref headers, ref parts);
        if ((head.Flags & HeaderFlags.Cold) != 0)
        {
            CorrectHeaderLengths(ref head, plan);
        }

        At(At(parts.Last).Tail).Flags |= mark;
        queue.AddParts(_cache, Index, parts.Last, plan.Parts, plan.TotalLength);
        if ((parts.Dropped | parts.Next) != 0)
        {
            FreeRest(parts);
        }

        return MbufOffloadStatus.Done;
    }

    /// <summary>Frees what no part got. Packet and queue are done with: free routines may do what they like.</summary>
    private void FreeRest(in CutParts parts)
    {
        _cache.FreeParts(new ChainParts { First = parts.Dropped });
        _cache.FreeParts(new ChainParts { First = parts.Next });
        _cache.Settle();
    }

    /// <summary>Frees what was taken, before any of it was used.</summary>
    private void GiveBack(in CutParts parts)
    {
        _cache.FreeParts(new ChainParts { First = parts.Fronts });
        _cache.FreeParts(new ChainParts { First = parts.Pieces });
    }

    /// <summary>
    /// What the parts need: whether the header can stay where it is, and how many borders lie inside of mbufs.
    /// </summary>
    private void Survey(ref MbufHeader head, ref CutPlan plan)
    {
        ArenaMemory memory = _cache.Hot.Memory;
        int border = plan.HeaderLength + plan.FirstPayload;
        int end = plan.HeaderLength + plan.PayloadLength;
        int step = plan.LaterPayload;
        int cuts = 0;
        plan.NeedsFront = head.SegmentLength < plan.HeaderLength
            || (plan.Parts > 1 && head.SegmentLength > border)
            || _cache.RoomBefore(ref head) < plan.Growth + CutPlan.LinkRoom
            || !_cache.IsWritable(ref head);
        int start = 0;
        ref MbufHeader header = ref head;
        while (border < end)
        {
            int stop = start + header.SegmentLength;
            for (; border < stop && border < end; border += step)
            {
                cuts += border > start ? 1 : 0;
            }

            start = stop;
            header = ref memory.Header(header.Next);
        }

        plan.Cuts = cuts;
    }

    /// <summary>Takes all mbufs, and then asks the queue again: what was to make memory free may have put something in.</summary>
    private MbufOffloadStatus TakeParts(ref MbufHeader head, in CutPlan plan, MbufQueue queue, out CutParts parts)
    {
        if (!TryTakeParts(ref head, plan, out parts))
        {
            return MbufOffloadStatus.Exhausted;
        }

        if (!queue.HasRoomFor(plan.Parts))
        {
            GiveBack(parts);
            return MbufOffloadStatus.QueueFull;
        }

        return MbufOffloadStatus.Done;
    }

    private bool TryTakeParts(ref MbufHeader head, in CutPlan plan, out CutParts parts)
    {
        parts = default;
        int fronts = plan.Parts - 1 + (plan.NeedsFront ? 1 : 0);
        if (!_cache.TryTakeLinked(plan.FrontZone, fronts, plan.Cuts, head.Segments, out parts.Fronts, out parts.Pieces))
        {
            return false;
        }

        uint later = plan.NeedsFront ? At(parts.Fronts).Next : parts.Fronts;
        if ((head.Flags & HeaderFlags.Cold) == 0 || TryCopyHeader(ref head, later))
        {
            return true;
        }

        GiveBack(parts);
        return false;
    }

    /// <summary>Copies the packet header into linked mbufs, tags included.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryCopyHeader(ref MbufHeader head, uint front)
    {
        for (; front != 0; front = At(front).Next)
        {
            if (!_cache.TryCopyPacketHeader(ref head, ref At(front)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Gives the head storage of its own with nothing in it but a copy of the header, and all room before that. What it had goes
    /// into a mbuf behind it, without the header.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveBehindFront(ref MbufHeader head, int headerLength, ref CutParts parts)
    {
        uint index = parts.Fronts;
        ref MbufHeader behind = ref At(index);
        parts.Fronts = behind.Next;
        behind.Next = head.Next;
        behind.Type = head.Type;
        StorageKind kind = behind.Kind;
        uint storage = behind.Storage;
        _cache.MoveStorage(ref head, ref behind, index);
        if (kind == StorageKind.Internal)
        {
            _cache.AttachInternal(ref head, Index, 0);
        }
        else
        {
            _cache.AttachCluster(ref head, kind, storage, 0);
        }

        head.Data += _cache.RoomBehind(ref head) - headerLength;
        head.SegmentLength = headerLength;
        parts.Next = index;
        MoveHeaderBytes(_cache.BytesOf(ref head), ref parts);
    }

    /// <summary>Copies the first bytes of the payload's mbufs, which are the header's, and takes them off there.</summary>
    private void MoveHeaderBytes(Span<byte> header, ref CutParts parts)
    {
        while (true)
        {
            ref MbufHeader source = ref At(parts.Next);
            int count = Math.Min(source.SegmentLength, header.Length);
            _cache.Hot.Memory.Bytes(source.Data, count).CopyTo(header);
            header = header[count..];
            if (count < source.SegmentLength)
            {
                source.Data += count;
                source.SegmentLength -= count;
                return;
            }

            uint empty = parts.Next;
            parts.Next = source.Next;
            source.Next = parts.Dropped;
            parts.Dropped = empty;
            if (header.IsEmpty)
            {
                return;
            }
        }
    }
}
