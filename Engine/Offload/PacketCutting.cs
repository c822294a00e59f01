using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Cutting a packet into parts, each with a header of its own in front: all memory is taken, or none.
/// </summary>
internal static class PacketCutting
{
    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>
        /// Cuts the packet, which is one and longer than the plan says, and puts its parts on the queue; or does nothing.
        /// </summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public MbufOffloadStatus Cut<THeader>(ref CutPlan plan, ref THeader headers, MbufQueue queue)
            where THeader : struct, IPartHeader
        {
            ref MbufHeader head = ref chain.At(chain.Index);
            if (!queue.HasRoomFor(plan.Parts))
            {
                return MbufOffloadStatus.QueueFull;
            }

            if (plan.FrontZone == ZoneId.Packet && plan.FirstHeaderLength > chain.Cache.RoomOf(ZoneId.Packet) - CutPlan.LinkRoom)
            {
                return MbufOffloadStatus.HeaderTooLong;
            }

            chain.Survey(ref head, ref plan);
            MbufOffloadStatus status = chain.TakeParts(ref head, plan, queue, out CutParts parts);
            if (status != MbufOffloadStatus.Done)
            {
                return status;
            }

            uint mark = chain.At(head.Tail).Flags & HeaderFlags.EndOfRecord;
            chain.At(head.Tail).Flags &= ~mark;
            parts.Next = head.Next;
            if (plan.NeedsFront)
            {
                chain.MoveBehindFront(ref head, plan.HeaderLength, ref parts);
            }

            chain.Distribute(ref head, plan, ref headers, ref parts);
            if ((head.Flags & HeaderFlags.Cold) != 0)
            {
                chain.CorrectHeaderLengths(ref head, plan);
            }

            chain.At(chain.At(parts.Last).Tail).Flags |= mark;
            queue.AddParts(chain.Cache, chain.Index, parts.Last, plan.Parts, plan.TotalLength);
            if ((parts.Dropped | parts.Next) != 0)
            {
                chain.FreeRest(parts);
            }

            return MbufOffloadStatus.Done;
        }

        /// <summary>Frees what no part got. Packet and queue are done with: free routines may do what they like.</summary>
        private void FreeRest(in CutParts parts)
        {
            chain.Cache.FreeMbufs(parts.Dropped);
            chain.Cache.FreeMbufs(parts.Next);
            chain.Cache.RunDueRoutines();
        }

        /// <summary>Frees what was taken, before any of it was used.</summary>
        private void ReturnTaken(in CutParts parts)
        {
            chain.Cache.FreeMbufs(parts.Fronts);
            chain.Cache.FreeMbufs(parts.Pieces);
        }

        /// <summary>
        /// What the parts need: whether the header can stay where it is, and how many borders lie inside of mbufs.
        /// </summary>
        private void Survey(ref MbufHeader head, ref CutPlan plan)
        {
            RawMemory memory = chain.Cache.Hot.Memory.Raw;
            int border = plan.HeaderLength + plan.FirstPayload;
            int end = plan.HeaderLength + plan.PayloadLength;
            int step = plan.LaterPayload;
            int cuts = 0;
            plan.NeedsFront = head.SegmentLength < plan.HeaderLength
                || (plan.Parts > 1 && head.SegmentLength > border)
                || chain.Cache.Hot.Memory.RoomBefore(ref head) < plan.Growth + CutPlan.LinkRoom
                || !chain.Cache.IsWritable(ref head);
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
            if (!chain.TryTakeParts(ref head, plan, out parts))
            {
                return MbufOffloadStatus.Exhausted;
            }

            if (!queue.HasRoomFor(plan.Parts))
            {
                chain.ReturnTaken(parts);
                return MbufOffloadStatus.QueueFull;
            }

            return MbufOffloadStatus.Done;
        }

        private bool TryTakeParts(ref MbufHeader head, in CutPlan plan, out CutParts parts)
        {
            parts = default;
            int fronts = plan.Parts - 1 + (plan.NeedsFront ? 1 : 0);
            if (!chain.Cache.TryTakeLinked(plan.FrontZone, fronts, plan.Cuts, head.Segments, out parts.Fronts, out parts.Pieces))
            {
                return false;
            }

            uint later = plan.NeedsFront ? chain.At(parts.Fronts).Next : parts.Fronts;
            if ((head.Flags & HeaderFlags.Cold) == 0 || chain.TryCopyHeader(ref head, later))
            {
                return true;
            }

            chain.ReturnTaken(parts);
            return false;
        }

        /// <summary>Copies the packet header into linked mbufs, tags included.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private bool TryCopyHeader(ref MbufHeader head, uint front)
        {
            for (; front != 0; front = chain.At(front).Next)
            {
                if (!chain.Cache.TryCopyPacketHeader(ref head, ref chain.At(front)))
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
            ref MbufHeader behind = ref chain.At(index);
            parts.Fronts = behind.Next;
            behind.Next = head.Next;
            behind.Type = head.Type;
            ZoneId kind = behind.Kind;
            uint storage = behind.Storage;
            chain.Cache.MoveStorage(ref head, ref behind, index);
            if (kind == ZoneId.Mbuf)
            {
                chain.Cache.Hot.Memory.AttachInternal(ref head, chain.Index, 0);
            }
            else
            {
                chain.Cache.Hot.Memory.AttachCluster(ref head, kind, storage, 0);
            }

            head.Data += chain.Cache.Hot.Memory.RoomBehind(ref head) - headerLength;
            head.SegmentLength = headerLength;
            parts.Next = index;
            chain.MoveHeaderBytes(chain.Cache.Hot.Memory.BytesOf(ref head), ref parts);
        }

        /// <summary>Copies the first bytes of the payload's mbufs, which are the header's, and takes them off there.</summary>
        private void MoveHeaderBytes(Span<byte> header, ref CutParts parts)
        {
            while (true)
            {
                ref MbufHeader source = ref chain.At(parts.Next);
                int count = Math.Min(source.SegmentLength, header.Length);
                chain.Cache.Hot.Memory.Bytes(source.Data, count).CopyTo(header);
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

        /// <summary>Makes all parts, links them as a queue does, and leaves what no part got.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Distribute<THeader>(ref MbufHeader head, in CutPlan plan, ref THeader headers, ref CutParts parts)
            where THeader : struct, IPartHeader
        {
            RawMemory memory = chain.Cache.Hot.Memory.Raw;
            chain.StartFirst(ref head, plan, ref parts);
            Span<byte> original = memory.Bytes(head.Data, plan.HeaderLength);
            uint flags = (head.Flags & HeaderFlags.OfPacket & ~(uint)plan.Marks)
                | (uint)plan.Flags | HeaderFlags.Head | HeaderFlags.SlowFree;
            int place = chain.Cache.RoomOf(plan.FrontZone) - plan.LaterHeaderLength;
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
                chain.SetHeader(ref front, plan, plan.LaterHeaderLength + length);
                front.ChecksumData = plan.LaterChecksumData;
                chain.Distribute(memory, ref front, length, isLast: left == 0, ref parts);
                headers.WriteLater(memory.Bytes(data, plan.LaterHeaderLength), original, offset, length, isLast: left == 0);
                last.NextPacket = index;
                last = ref front;
                parts.Last = index;
                offset += length;
            }

            last.NextPacket = 0;
            chain.FinishFirst(ref head, plan, ref headers);
            last.Flags |= (uint)plan.LastFlags;
        }

        /// <summary>Gives the first part its payload. Its header stays as it is, for the others.</summary>
        private void StartFirst(ref MbufHeader head, in CutPlan plan, ref CutParts parts)
        {
            int payload = Math.Min(head.SegmentLength - plan.HeaderLength, plan.FirstPayload);

            // Less than there was only if it is the one part, and more lies behind it.
            head.SegmentLength = plan.HeaderLength + payload;
            parts.Last = chain.Index;
            if (payload == plan.FirstPayload)
            {
                head.Next = 0;
                head.Tail = chain.Index;
                head.Segments = 1;
            }
            else
            {
                chain.Distribute(chain.Cache.Hot.Memory.Raw, ref head, plan.FirstPayload - payload, isLast: plan.Parts == 1, ref parts);
            }
        }

        private void FinishFirst<THeader>(ref MbufHeader head, in CutPlan plan, ref THeader headers)
            where THeader : struct, IPartHeader
        {
            head.Data -= plan.Growth;
            head.SegmentLength += plan.Growth;
            head.Flags = (head.Flags & ~(uint)plan.Marks) | (uint)(plan.Flags | plan.FirstFlags);
            chain.SetHeader(ref head, plan, plan.FirstHeaderLength + plan.FirstPayload);
            head.ChecksumData = plan.FirstChecksumData;
            head.UpdateSlowFree();
            Span<byte> header = chain.Cache.Hot.Memory.Bytes(head.Data, plan.FirstHeaderLength);
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
                chain.Cache.Hot.Memory.ColdOf(ref part).SegmentSize = 0;
            }
        }

        /// <summary>
        /// Links the next bytes of the payload, at least one, behind a header. The mbuf in which they end is cut: what lies behind
        /// them goes into one that was taken for it, or is nobody's if no part follows.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Distribute(RawMemory memory, ref MbufHeader front, int length, bool isLast, ref CutParts parts)
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
                next = chain.CutOff(ref tail, index, length, isLast, ref parts);
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
            ref MbufHeader piece = ref chain.At(pieceIndex);
            parts.Pieces = piece.Next;
            if (tail.IsInternal)
            {
                chain.CutSegment(ref tail, index, kept, pieceIndex);
                return pieceIndex;
            }

            chain.Cache.CountShare(ref tail);
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
}
