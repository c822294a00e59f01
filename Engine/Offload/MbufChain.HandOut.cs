using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>The second step of cutting a packet, which cannot fail: the mbufs are handed out to the parts.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>Makes all parts, links them as a queue does, and leaves what no part got.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void HandOut<THeader>(ref MbufHeader head, in CutPlan plan, ref THeader headers, ref CutParts parts)
        where THeader : struct, IPartHeader
    {
        ArenaMemory memory = _cache.Hot.Memory;
        StartFirst(ref head, plan, ref parts);
        Span<byte> original = memory.Bytes(head.Data, plan.HeaderLength);
        uint flags = (head.Flags & HeaderFlags.OfPacket & ~(uint)plan.Marks)
            | (uint)plan.Flags | HeaderFlags.Head | HeaderFlags.Intricate;
        int place = _cache.RoomOf(plan.FrontZone) - plan.LaterHeaderLength;
        ref MbufHeader last = ref head;
        int offset = plan.FirstPayload;
        int left = plan.PayloadLength - offset;
        while (left > 0)
        {
            uint index = parts.Fronts;
            ref MbufHeader front = ref memory.Header(index);
            parts.Fronts = front.Next;
            int length = Math.Min(left, plan.LaterPayload);
            left -= length;
            long data = front.Data + place;
            front.Data = data;
            front.SegmentLength = plan.LaterHeaderLength;
            front.Flags = flags | (front.Flags & HeaderFlags.Cold);
            front.Type = head.Type;
            front.ReceiveInterface = head.ReceiveInterface;
            front.FlowId = head.FlowId;
            SetHeader(ref front, plan, plan.LaterHeaderLength + length);
            front.ChecksumData = plan.LaterChecksumData;
            HandOut(memory, ref front, length, isLast: left == 0, ref parts);
            headers.WriteLater(memory.Bytes(data, plan.LaterHeaderLength), original, offset, length, isLast: left == 0);
            last.NextPacket = index;
            last = ref front;
            parts.Last = index;
            offset += length;
        }

        last.NextPacket = 0;
        FinishFirst(ref head, plan, ref headers);
        last.Flags |= (uint)plan.LastFlags;
    }

    /// <summary>Gives the first part its payload. Its header stays as it is, for the others.</summary>
    private void StartFirst(ref MbufHeader head, in CutPlan plan, ref CutParts parts)
    {
        int payload = Math.Min(head.SegmentLength - plan.HeaderLength, plan.FirstPayload);

        // Less than there was only if it is the one part, and more lies behind it.
        head.SegmentLength = plan.HeaderLength + payload;
        parts.Last = Index;
        if (payload == plan.FirstPayload)
        {
            head.Next = 0;
            head.Tail = Index;
            head.Segments = 1;
        }
        else
        {
            HandOut(_cache.Hot.Memory, ref head, plan.FirstPayload - payload, isLast: plan.Parts == 1, ref parts);
        }
    }

    private void FinishFirst<THeader>(ref MbufHeader head, in CutPlan plan, ref THeader headers)
        where THeader : struct, IPartHeader
    {
        head.Data -= plan.Growth;
        head.SegmentLength += plan.Growth;
        head.Flags = (head.Flags & ~(uint)plan.Marks) | (uint)(plan.Flags | plan.FirstFlags);
        SetHeader(ref head, plan, plan.FirstHeaderLength + plan.FirstPayload);
        head.ChecksumData = plan.FirstChecksumData;
        head.MarkIfIntricate();
        Span<byte> header = _cache.Hot.Memory.Bytes(head.Data, plan.FirstHeaderLength);
        headers.WriteFirst(header, plan.FirstPayload, isLast: plan.Parts == 1);
    }

    /// <summary>What is a part's own in the packet header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetHeader(ref MbufHeader part, in CutPlan plan, int length)
    {
        part.ChecksumFlags = (uint)plan.Requests;
        part.PacketLength = length;
        part.ChainLength = length;
        if (plan.EndsSegmentation && (part.Flags & HeaderFlags.Cold) != 0)
        {
            _cache.Hot.Memory.ColdOf(ref part).SegmentSize = 0;
        }
    }

    /// <summary>
    /// Links the next bytes of the payload, at least one, behind a header. The mbuf in which they end is cut: what lies behind
    /// them goes into one that was taken for it, or is nobody's if no part follows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void HandOut(ArenaMemory memory, ref MbufHeader front, int length, bool isLast, ref CutParts parts)
    {
        uint index = parts.Next;
        front.Next = index;
        int segments = 2;
        ref MbufHeader tail = ref memory.Header(index);
        while (tail.SegmentLength < length)
        {
            length -= tail.SegmentLength;
            index = tail.Next;
            tail = ref memory.Header(index);
            segments++;
        }

        front.Segments = segments;
        front.Tail = index;
        uint next = tail.Next;
        if (tail.SegmentLength > length)
        {
            next = CutOff(ref tail, index, length, isLast, ref parts);
        }

        tail.Next = 0;
        parts.Next = next;
    }

    /// <summary>Cuts the last mbuf of a part. Returns where the rest is; at the end of the packet there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint CutOff(ref MbufHeader tail, uint index, int kept, bool isLast, ref CutParts parts)
    {
        if (isLast)
        {
            tail.SegmentLength = kept;
            return tail.Next;
        }

        uint pieceIndex = parts.Pieces;
        ref MbufHeader piece = ref At(pieceIndex);
        parts.Pieces = piece.Next;
        if (tail.Kind == StorageKind.Internal)
        {
            CutSegment(ref tail, index, kept, pieceIndex);
            return pieceIndex;
        }

        _cache.CountShare(ref tail);
        piece.Next = tail.Next;
        piece.Data = tail.Data + kept;
        piece.Storage = tail.Storage;
        piece.Flags = tail.Flags & HeaderFlags.OfStorage;
        piece.Type = tail.Type;
        piece.Kind = tail.Kind;
        piece.SegmentLength = tail.SegmentLength - kept;
        tail.SegmentLength = kept;
        return pieceIndex;
    }
}
