using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Laying a packet out anew: in as few mbufs as possible, or in many of one length.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Moves a packet into as few mbufs as the arena can give, all of them writable: one, up to 16 KiB, if a cluster so large is
    /// free; else clusters of 16 KiB or of 2 KiB (mbuf(9): m_defrag). A packet that is laid out so already, and a chain without
    /// packet header, are left alone. The packet length is set to the true length first, also if the rest fails.
    /// </summary>
    /// <returns>
    /// False if the arena is exhausted, or if <see cref="MbufStress.DefragmentFailureRate"/> says so: the layout is as it was.
    /// </returns>
    /// <remarks>O(bytes); O(segments) if there is nothing to do.</remarks>
    public bool TryDefragment()
    {
        ref MbufHeader head = ref Head();
        if ((head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            return true;
        }

        head.PacketLength = head.ChainLength;
        bool writable = IsWritableThroughout();
        if (writable && head.Segments - 1 <= (head.ChainLength - 1) / MbufSizes.MaximumContiguous)
        {
            return true;
        }

        ChainBuilder parts = default;
        if (_cache.Arena.Stress.InjectsDefragmentFailure()
            || !_cache.CanEverCopy(head.ChainLength, head.Segments)
            || !parts.TryAddCopy(_cache, head.ChainLength))
        {
            parts.Undo(_cache);
            return false;
        }

        if (writable && head.Segments <= parts.Segments)
        {
            parts.Undo(_cache); // Larger clusters, which would have been an improvement, are not to be had.
            return true;
        }

        ReplaceRun(Index, head.Segments, parts);
        _cache.RunDueRoutines();
        return true;
    }

    /// <summary>
    /// Moves the chain into mbufs of exactly so many bytes each, the last one with the rest, all of them writable; at least one
    /// (mbuf(9): m_fragment). To show that other code bears any layout.
    /// </summary>
    /// <param name="length">Bytes of each mbuf, 1 to 2,048.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is out of its range.</exception>
    /// <remarks>O(bytes + mbufs). Up to <see cref="MbufSizes.InternalSize"/> bytes in plain mbufs, else in 2 KiB clusters.</remarks>
    public bool TrySplitSegments(int length)
    {
        ref MbufHeader head = ref Head();
        if (length is < 1 or > (int)MbufClusterSize.Standard)
        {
            ThrowHelper.FragmentLength(nameof(length), length);
        }

        if (!_cache.TryTakePieces(head.ChainLength, length, head.Segments, out ChainBuilder parts))
        {
            return false;
        }

        ReplaceRun(Index, head.Segments, parts);
        _cache.RunDueRoutines();
        return true;
    }

    internal partial void PrepareOutput()
    {
        int size = IsNull ? 0 : _cache.Arena.Stress.MaximumSegmentLength;
        if (size != 0 && !IsEmpty)
        {
            TrySplitSegments(size);
        }
    }

    private bool IsWritableThroughout()
    {
        uint index = Index;
        while (index != 0 && _cache.IsWritable(ref At(index)))
        {
            index = At(index).Next;
        }

        return index == 0;
    }

    /// <summary>Fresh clusters that <see cref="TryCollapse(int)"/> takes, by size; none first.</summary>
    private static readonly int[] s_freshSizes = [0, 2048, 4096, 9216, 16384];

    /// <summary>The longest mbufs that it moves: only small ones, if that is enough.</summary>
    private static readonly int[] s_longestMoves = [256, 2048, int.MaxValue];

    /// <summary>
    /// Merges neighbours until there are no more mbufs than a limit, for devices that take only so many (mbuf(9): m_collapse).
    /// Mbufs without data go first; bytes move into the writable room before or behind a neighbour's, small mbufs before large
    /// ones; if that is not enough, neighbours move into a fresh cluster together, of 2 KiB or larger; and at last everything
    /// moves, as <see cref="TryDefragment"/> does it.
    /// </summary>
    /// <param name="segments">The most mbufs that may stay, 1 or more.</param>
    /// <returns>
    /// False if the bytes need more mbufs, with the clusters that are free: the chain is as it was (mbuf(9) leaves what it merged
    /// before it failed).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="segments"/> is less than 1.</exception>
    /// <remarks>O(1) if there is nothing to do, else O(segments + bytes moved).</remarks>
    public bool TryCollapse(int segments)
    {
        ref MbufHeader head = ref Head();
        if (segments < 1)
        {
            ThrowHelper.SegmentLimit(nameof(segments), segments);
        }

        int surplus = head.Segments - segments;
        if (surplus <= 0)
        {
            return true;
        }

        for (uint index = Index; index != 0; index = At(index).Next)
        {
            _ = _cache.IsWritable(ref At(index)); // From here on the flags say what may be written, and only we change them.
        }

        bool done = TryMergeNeighbours(surplus) || TryLayOutAnew(ref head, segments);
        _cache.RunDueRoutines();
        return done;
    }

    /// <summary>Attempts, from what costs least: only small mbufs move, more of them, all; then fresh clusters are taken, too.</summary>
    private bool TryMergeNeighbours(int surplus)
    {
        foreach (int fresh in s_freshSizes)
        {
            foreach (int longest in s_longestMoves)
            {
                if (TryMergeNeighbours(surplus, longest, fresh))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Moves everything, if what is free allows a layout that keeps the limit.</summary>
    private bool TryLayOutAnew(ref MbufHeader head, int segments)
    {
        ChainBuilder parts = default;
        bool possible = (head.ChainLength - 1) / MbufSizes.MaximumContiguous < segments;
        bool taken = possible && _cache.CanEverCopy(head.ChainLength, head.Segments) && parts.TryAddCopy(_cache, head.ChainLength);
        if (!taken || parts.Segments > segments)
        {
            parts.Undo(_cache);
            if (taken)
            {
                _cache.DenyCluster(head.ChainLength);
            }

            return false;
        }

        ReplaceRun(Index, head.Segments, parts);
        return true;
    }

    /// <summary>One attempt: sees whether enough groups are found, takes the storage for them, and merges.</summary>
    private bool TryMergeNeighbours(int surplus, int longest, int fresh)
    {
        int left = surplus;
        for (uint index = Index; index != 0 && left > 0;)
        {
            index = At(FindGroup(index, ref left, longest, fresh).Last).Next;
        }

        bool ample = fresh == 0 || _cache.IsAmple(ThreadCache.MostPieces(At(Index).ChainLength) + (2L * At(Index).Segments));
        if (left > 0 || (!ample && !CanEverMerge(surplus, longest, fresh)))
        {
            return false;
        }

        ChainBuilder storage = default;
        left = surplus;
        for (uint index = Index; fresh != 0 && left > 0;)
        {
            MergeGroup group = FindGroup(index, ref left, longest, fresh);
            if (group.IsFresh && !TryTakeForGroup(group, ref storage))
            {
                return false;
            }

            index = At(group.Last).Next;
        }

        left = surplus;
        for (uint index = Index; left > 0;)
        {
            MergeGroup group = FindGroup(index, ref left, longest, fresh);
            index = At(group.Last).Next;
            if (group.Count > 1 && !group.IsFresh)
            {
                Merge(group);
            }
        }

        Replace(storage);
        return true;
    }

    /// <summary>False, and denied, if all of the arena cannot hold the fresh storage of an attempt that finds enough groups.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CanEverMerge(int left, int longest, int fresh)
    {
        var supply = new Supply(_cache, At(Index).Segments);
        bool ever = true;
        for (uint index = Index; left > 0 && ever;)
        {
            MergeGroup group = FindGroup(index, ref left, longest, fresh);
            ever = !group.IsFresh || supply.TryTakeCopy(group.Bytes);
            index = At(group.Last).Next;
        }

        return ever || _cache.DenyForGood(ZoneId.Packet);
    }

    /// <summary>
    /// The group that starts with an mbuf: as many neighbours as can be merged, but no more than are to go. The same at each
    /// asking, until something is merged.
    /// </summary>
    private MergeGroup FindGroup(uint first, ref int surplus, int longest, int fresh)
    {
        var group = new MergeGroup(first, At(first).SegmentLength);
        for (uint index = At(first).Next; index != 0 && surplus > 0; index = At(index).Next)
        {
            ref MbufHeader next = ref At(index);
            if (!TryJoin(ref group, ref next, index, longest, fresh))
            {
                break;
            }

            group.Bytes += next.SegmentLength;
            group.Last = index;
            group.Count++;
            surplus--;
        }

        return group;
    }

    /// <summary>Adds the next mbuf to a group: in the cheapest way that there is, or not at all.</summary>
    private bool TryJoin(ref MergeGroup group, ref MbufHeader next, uint index, int longest, int fresh)
    {
        int length = next.SegmentLength;
        bool isNextMovable = length <= longest;
        bool isGroupMovable = group.Bytes <= longest;
        if (!group.IsFresh)
        {
            if (length == 0)
            {
                return true;
            }

            if (group.Bytes == 0 || (isGroupMovable && next.IsPlainlyWritable && group.Bytes <= _cache.Hot.Memory.RoomBefore(ref next)))
            {
                group.Base = index;
                group.Before = group.Bytes;
                group.Behind = 0;
                return true;
            }

            ref MbufHeader storage = ref At(group.Base);
            if (isNextMovable && storage.IsPlainlyWritable && length <= _cache.Hot.Memory.RoomBehind(ref storage) - group.Behind)
            {
                group.Behind += length;
                return true;
            }

            group.IsFresh = isGroupMovable && isNextMovable && length <= fresh - group.Bytes;
            return group.IsFresh;
        }

        return isNextMovable && length <= fresh - group.Bytes;
    }

    /// <summary>Takes one mbuf with storage for all bytes of a group; on failure those before are freed, too.</summary>
    private bool TryTakeForGroup(in MergeGroup group, ref ChainBuilder storage)
    {
        int before = storage.Segments;
        if (!TryTakeReplacement(group.First, group.Count, group.Bytes, ref storage))
        {
            return false;
        }

        if (storage.Segments - before > 1)
        {
            storage.Undo(_cache); // No cluster so large was free, and several smaller ones are no gain.
            return false;
        }

        return true;
    }

    /// <summary>Moves the bytes of a group into the room around its base.</summary>
    private void Merge(in MergeGroup group)
    {
        ref MbufHeader storage = ref At(group.Base);
        LabelMerged(group);
        (uint source, int offset) = (group.First, 0);
        CopyRun(_cache.Hot.Memory.Bytes(storage.Data - group.Before, group.Before), ref source, ref offset);
        (source, offset) = (storage.Next, 0);
        CopyRun(_cache.Hot.Memory.Bytes(storage.Data + storage.SegmentLength, group.Behind), ref source, ref offset);
        storage.Data -= group.Before;
        storage.SegmentLength += group.Before + group.Behind;

        uint behind = Unlink(group.First, group.Count, out uint surplus);
        ref MbufHeader first = ref At(group.First);
        if (group.Base != group.First)
        {
            ExchangeStorage(ref first, group.First, ref storage, group.Base);
        }

        Debug.Assert((first.Flags & HeaderFlags.Spare) == 0, "A spare mbuf is the last one: nothing behind it is merged into it.");
        Relink(group.First, behind, 1 - group.Count);
        _cache.FreeMbufs(surplus);
    }

    /// <summary>The first of a group gets the label of the first byte, and a mark if one of the group has it.</summary>
    private void LabelMerged(in MergeGroup group)
    {
        ref MbufHeader first = ref At(group.First);
        int had = first.SegmentLength;
        uint index = first.Next;
        for (int i = 1; i < group.Count; i++)
        {
            ref MbufHeader next = ref At(index);
            first.Type = had == 0 && next.SegmentLength > 0 ? next.Type : first.Type;
            had += next.SegmentLength;
            if (had > 0)
            {
                next.MoveMark(ref first);
            }

            index = next.Next;
        }
    }
}

/// <summary>Neighbouring mbufs of a chain whose bytes are to come together in the storage of one of them, or in a fresh one.</summary>
internal struct MergeGroup(uint first, int bytes)
{
    /// <summary>The mbuf that stays.</summary>
    public readonly uint First = first;

    /// <summary>The mbuf whose storage stays, unless it is <see cref="IsFresh"/>.</summary>
    public uint Base = first;

    /// <summary>The last mbuf.</summary>
    public uint Last = first;

    /// <summary>The number of mbufs.</summary>
    public int Count = 1;

    /// <summary>The bytes of all of them.</summary>
    public int Bytes = bytes;

    /// <summary>Bytes that move before those of the base.</summary>
    public int Before;

    /// <summary>Bytes that move behind those of the base.</summary>
    public int Behind;

    /// <summary>All bytes move into a fresh cluster.</summary>
    public bool IsFresh;
}
