namespace Engine.Mbufs.Tests.Model;

/// <content>What is not bytes: labels, marks that records end, and places that were taken before a step.</content>
internal sealed partial class Churn
{
    private const int WatchedPlaces = 4;

    private readonly Watched[] _watched = new Watched[WatchedPlaces];
    private int _watchedCount;
    private uint _watchedClaim;
    private ModelPacket? _watchedPacket;

    /// <summary>
    /// Every mbuf has the label of its first byte, and the mark if a record ends behind its last; empty ones may have the mark for it.
    /// Then the model knows what it did not.
    /// </summary>
    private void CompareLabels(ModelPacket packet, MbufChain chain)
    {
        Span<byte> labels = packet.Bytes.Labels;
        Span<byte> ends = packet.Bytes.Ends;
        MbufType expected = _arena.Memory.Header(chain.Index).SegmentLength > 0 && labels[0] != ModelBytes.Unknown ? (MbufType)labels[0] : packet.Type;
        Require(chain.Type == expected, "The type is not the packet's.");
        packet.Type = chain.Type;
        RequireSpareTail(chain);
        int start = 0;
        bool hasStrayEnd = packet.Bytes.HasStrayEnd;
        packet.Bytes.HasStrayEnd = false;
        for (uint index = chain.Index; index != 0;)
        {
            ref MbufHeader header = ref _arena.Memory.Header(index);
            int length = header.SegmentLength;
            bool mark = (header.Flags & HeaderFlags.EndOfRecord) != 0;
            index = header.Next;
            if (length == 0)
            {
                packet.Bytes.HasStrayEnd |= mark;
                continue;
            }

            while (index != 0 && _arena.Memory.Header(index).SegmentLength == 0)
            {
                mark |= (_arena.Memory.Header(index).Flags & HeaderFlags.EndOfRecord) != 0;
                index = _arena.Memory.Header(index).Next;
            }

            Require(labels[start] == ModelBytes.Unknown || labels[start] == (byte)header.Type, $"The label of byte {start} did not go with it.");
            Span<byte> here = ends.Slice(start, length);
            Require(
                here.Contains(ModelBytes.Unknown) || (start == 0 && hasStrayEnd) || here.Contains((byte)1) == mark,
                $"A record {(mark ? "ends" : "does not end")} behind byte {start + length} of {packet.Length}, and should not.");
            labels.Slice(start, length).Fill((byte)header.Type);
            here.Clear();
            here[^1] = mark ? (byte)1 : (byte)0;
            start += length;
        }
    }

    /// <summary>An empty last mbuf behind data is known to be: else bytes to come would go there past a mark before it.</summary>
    private void RequireSpareTail(MbufChain chain)
    {
        ref MbufHeader head = ref _arena.Memory.Header(chain.Index);
        ref MbufHeader tail = ref _arena.Memory.Header(head.Tail);
        bool isSpare = tail.SegmentLength == 0 && head.Next != 0 && head.ChainLength > 0;
        Require(!isSpare || (tail.Flags & HeaderFlags.Spare) != 0, "The last mbuf is empty, and not marked so.");
    }

    /// <summary>Takes some places of a packet, as positions and readers do, before a step is done to it.</summary>
    private void Watch(ModelPacket packet, MbufChain chain)
    {
        _watchedPacket = packet;
        _watchedCount = 0;
        _watchedClaim = chain.VerifiedHead().Generation;
        while (_watchedCount < WatchedPlaces && packet.Length > 0 && packet.Segments <= FewMbufs)
        {
            int place = _watchedCount == 0 ? packet.Length : _random.Next(packet.Length + 1);
            int inside = place;
            uint index = chain.Index;
            while (inside > _arena.Memory.Header(index).SegmentLength || (inside == _arena.Memory.Header(index).SegmentLength && place < packet.Length))
            {
                inside -= _arena.Memory.Header(index).SegmentLength;
                index = _arena.Memory.Header(index).Next;
            }

            ref MbufHeader header = ref _arena.Memory.Header(index);
            byte value = place < packet.Length ? packet.Bytes.Span[place] : (byte)0;
            _watched[_watchedCount++] = new Watched(index, header.Stamp, header.Data + inside, place, packet.Length, value);
        }
    }

    /// <summary>Each place still names its byte, or is stale.</summary>
    private void CompareWatched(ModelPacket packet, MbufChain chain)
    {
        if (packet != _watchedPacket)
        {
            return;
        }

        _watchedPacket = null;
        for (int i = 0; i < _watchedCount && chain.VerifiedHead().Generation == _watchedClaim; i++)
        {
            Watched watched = _watched[i];
            if (!chain.IsPlace(watched.Index, watched.Stamp, watched.Place))
            {
                continue;
            }

            int now = chain.BytesBefore(watched.Index) + (int)(watched.Place - _arena.Memory.Header(watched.Index).Data);
            Require(now <= packet.Length, "A place is behind the chain's end.");
            if (now == packet.Length || watched.Offset == watched.Length)
            {
                continue; // The end: what is appended there is named by a place that was the end, and what was cut off leaves it.
            }

            bool isOverwritten = now == watched.Offset && packet.Length >= watched.Length;
            Require(isOverwritten || packet.Bytes.Span[now] == watched.Value, $"A place of byte {watched.Offset} names byte {now}, which is another.");
        }
    }

    private readonly record struct Watched(uint Index, uint Stamp, long Place, int Offset, int Length, byte Value);
}
