using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>The second step of cutting a packet, which cannot fail: the mbufs are handed out to the parts.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>Makes all parts, links them as a queue does, and leaves what no part got.</summary>
    private void HandOut<THeader>(ref MbufHeader head, in CutPlan plan, THeader headers, ref CutParts parts)
        where THeader : struct, IPartHeader
    {
        StartFirst(ref head, plan, ref parts);
        Span<byte> original = _cache.Hot.Memory.Bytes(head.Data, plan.HeaderLength);
        uint flags = (head.Flags & HeaderFlags.OfPacket & ~(uint)plan.Marks)
            | (uint)plan.Flags | HeaderFlags.Head | HeaderFlags.Intricate;
        int place = _cache.RoomOf(plan.FrontZone) - plan.LaterHeaderLength;
        ref MbufHeader last = ref head;
        int offset = plan.FirstPayload;
        while (offset < plan.PayloadLength)
        {
            uint index = parts.Fronts;
            ref MbufHeader front = ref At(index);
            parts.Fronts = front.Next;
            int length = Math.Min(plan.PayloadLength - offset, plan.LaterPayload);
            bool isLast = offset + length == plan.PayloadLength;
            front.Data += place;
            front.SegmentLength = plan.LaterHeaderLength;
            front.Flags = flags | (front.Flags & HeaderFlags.Cold);
            SetHeader(ref front, ref head, plan, plan.LaterHeaderLength + length);
            front.ChecksumData = plan.LaterChecksumData;
            HandOut(ref front, index, length, isLast, ref parts);
            headers.WriteLater(_cache.BytesOf(ref front), original, offset, length, isLast);
            last.NextPacket = index;
            last = ref front;
            parts.Last = index;
            offset += length;
        }

        FinishFirst(ref head, plan, headers);
        last.Flags |= (uint)plan.LastFlags;
    }

    /// <summary>Gives the first part its payload. Its header stays as it is, for the others.</summary>
    private void StartFirst(ref MbufHeader head, in CutPlan plan, ref CutParts parts)
    {
        int payload = Math.Min(head.SegmentLength - plan.HeaderLength, plan.FirstPayload);
        head.SegmentLength = plan.HeaderLength + payload; // Less than there was only if it is the one part, and more lies behind it.
        parts.Last = _index;
        HandOut(ref head, _index, plan.FirstPayload - payload, isLast: plan.Parts == 1, ref parts);
    }

    private void FinishFirst<THeader>(ref MbufHeader head, in CutPlan plan, THeader headers)
        where THeader : struct, IPartHeader
    {
        head.Data -= plan.Growth;
        head.SegmentLength += plan.Growth;
        head.Flags = (head.Flags & ~(uint)plan.Marks) | (uint)(plan.Flags | plan.FirstFlags);
        SetHeader(ref head, ref head, plan, plan.FirstHeaderLength + plan.FirstPayload);
        head.ChecksumData = plan.FirstChecksumData;
        head.MarkIfIntricate();
        headers.WriteFirst(_cache.Hot.Memory.Bytes(head.Data, plan.FirstHeaderLength), plan.FirstPayload, isLast: plan.Parts == 1);
    }

    /// <summary>The packet header of a part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetHeader(ref MbufHeader part, ref MbufHeader head, in CutPlan plan, int length)
    {
        part.Type = head.Type;
        part.ReceiveInterface = head.ReceiveInterface;
        part.FlowId = head.FlowId;
        part.ChecksumFlags = (uint)plan.Requests;
        part.PacketLength = length;
        part.ChainLength = length;
        if (plan.EndsSegmentation && (part.Flags & HeaderFlags.Cold) != 0)
        {
            _cache.Hot.Memory.ColdOf(ref part).SegmentSize = 0;
        }
    }

    /// <summary>
    /// Links the next bytes of the payload behind a header. The mbuf in which they end is cut: what lies behind them goes into
    /// one that was taken for it, or is nobody's if no part follows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void HandOut(ref MbufHeader front, uint index, int length, bool isLast, ref CutParts parts)
    {
        ref MbufHeader tail = ref front;
        front.Segments = 1;
        front.Next = parts.Next;
        while (length > 0)
        {
            index = tail.Next;
            tail = ref At(index);
            front.Segments++;
            if (tail.SegmentLength > length)
            {
                Cut(ref tail, index, length, isLast, ref parts);
            }

            length -= tail.SegmentLength;
        }

        front.Tail = index;
        parts.Next = tail.Next;
        tail.Next = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Cut(ref MbufHeader tail, uint index, int kept, bool isLast, ref CutParts parts)
    {
        if (isLast)
        {
            tail.SegmentLength = kept;
            return;
        }

        uint piece = parts.Pieces;
        parts.Pieces = At(piece).Next;
        CutSegment(ref tail, index, kept, piece);
        tail.Next = piece;
    }
}
