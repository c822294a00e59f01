namespace Engine.Mbufs;

/// <summary>The walk behind m_sanity and the arena's audit.</summary>
internal static class ChainSanity
{
    /// <summary>The first untruth of a chain, in a sentence; null if there is none.</summary>
    public static string? FindProblem(MbufArena arena, uint headIndex)
    {
        ref MbufHeader head = ref arena.Memory.Header(headIndex);
        if ((head.Flags & HeaderFlags.Head) == 0)
        {
            return $"Mbuf {headIndex} is not marked as the head of a chain.";
        }

        long length = 0;
        int segments = 0;
        uint last = 0;
        for (uint index = headIndex; index != 0; index = arena.Memory.Header(index).Next)
        {
            if (index > arena.Layout.Limits[(int)ZoneId.Mbuf])
            {
                return $"Mbuf {last} links to {index}, which the arena does not have.";
            }

            ref MbufHeader header = ref arena.Memory.Header(index);
            segments++;
            if (segments > head.Segments)
            {
                return $"The chain of mbuf {headIndex} has more than the {head.Segments} segments that its head knows, or is a ring.";
            }

            if (FindSegmentProblem(arena, ref header, index, isHead: index == headIndex) is { } problem)
            {
                return problem;
            }

            length += header.SegmentLength;
            last = index;
        }

        if ((head.Flags & HeaderFlags.SlowFree) == 0
            && (head.Next != 0 || head.Kind != ZoneId.Cluster || (head.Flags & HeaderFlags.Cold) != 0))
        {
            return $"Mbuf {headIndex} is taken for a single mbuf with a 2 KiB cluster and no more, and is not.";
        }

        return FindTagProblem(arena, ref head, headIndex) is { } tagProblem ? tagProblem
            : segments != head.Segments ? $"The head of mbuf {headIndex} knows {head.Segments} segments; there are {segments}."
            : last != head.Tail ? $"The head of mbuf {headIndex} takes {head.Tail} for its tail; it is {last}."
            : length != head.ChainLength ? $"The head of mbuf {headIndex} knows {head.ChainLength} bytes; there are {length}."
            : null;
    }

    private static string? FindTagProblem(MbufArena arena, ref MbufHeader head, uint headIndex)
    {
        if ((head.Flags & HeaderFlags.Cold) == 0)
        {
            return null;
        }

        if ((head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            return $"Mbuf {headIndex} has the rest of a packet header, and no packet header.";
        }

        int tags = 0;
        for (uint index = arena.Memory.ColdOf(ref head).FirstTag; index != 0; index = arena.Memory.Header(index).Next)
        {
            tags++;
            if (index > arena.Layout.Limits[(int)ZoneId.Mbuf] || tags > arena.Layout.Limits[(int)ZoneId.Mbuf])
            {
                return $"The tags of mbuf {headIndex} lead to mbuf {index}, which the arena does not have, or in a ring.";
            }

            const uint Marks = HeaderFlags.Tag | HeaderFlags.Attached | HeaderFlags.Head | HeaderFlags.Free;
            if ((arena.Memory.Header(index).Flags & Marks) != (HeaderFlags.Tag | HeaderFlags.Attached))
            {
                return $"Mbuf {index} is among the tags of mbuf {headIndex} and does not have the marks of one.";
            }
        }

        return null;
    }

    private static string? FindSegmentProblem(MbufArena arena, ref MbufHeader header, uint index, bool isHead)
    {
        if ((header.Flags & HeaderFlags.Free) != 0)
        {
            return $"Mbuf {index} is free and in a chain at the same time.";
        }

        const uint OfHeads = HeaderFlags.Head | HeaderFlags.PacketHeader | HeaderFlags.Cold;
        if ((!isHead && (header.Flags & OfHeads) != 0) || (header.Flags & HeaderFlags.Tag) != 0)
        {
            return $"Mbuf {index} is inside a chain and has the marks of a {((header.Flags & HeaderFlags.Tag) != 0 ? "tag" : "head")}.";
        }

        if ((header.Flags & HeaderFlags.Spare) != 0 && (header.Next != 0 || header.SegmentLength != 0))
        {
            return $"Mbuf {index} has the mark of a spare last mbuf, and is not the last or not empty.";
        }

        if (header.Kind > ZoneId.External)
        {
            return $"Mbuf {index} has storage of unknown kind {header.Kind:d}.";
        }

        long slabs = header.IsInternal ? arena.Layout.Limits[0] + 1 : arena.Layout.Limits[(int)header.Kind];
        if (header.Storage >= slabs || (header.IsInternal && header.Storage != index))
        {
            return $"Mbuf {index} has storage {header.Storage} of kind {header.Kind}, which is not its own.";
        }

        long start = arena.Memory.StartOf(ref header);
        return header.SegmentLength < 0 || header.Data < start || header.Data + header.SegmentLength > start + arena.Memory.CapacityOf(ref header)
            ? $"The data of mbuf {index} ({header.SegmentLength} bytes at {header.Data - start}) is not inside its storage of {arena.Memory.CapacityOf(ref header)} bytes."
            : null;
    }
}
