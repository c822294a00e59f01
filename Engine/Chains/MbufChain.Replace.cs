using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// Fresh storage in the place of old, in two steps: all that is needed is taken, or nothing; then, without fail, it is filled and
/// put in.
/// </content>
/// <remarks>
/// A replacement is one or more linked mbufs for a run of neighbours, or for the middle of one mbuf, which is cut, and a last one for
/// what comes behind. Its first mbuf knows the run by fields that have no other meaning outside a head: the index of the first in
/// <see cref="MbufHeader.Tail"/>, the number of mbufs in <see cref="MbufHeader.Segments"/>, their bytes, or those of the middle, in
/// <see cref="MbufHeader.ChainLength"/>, and those before it in <see cref="MbufHeader.PacketLength"/>. So the second step need not ask
/// again what may be written, which another thread's free may have changed meanwhile.
/// </remarks>
public readonly ref partial struct MbufChain
{
    internal partial bool TryTakeReplacements(int start, int end, out ChainBuilder replacements)
    {
        replacements = default;
        int position = 0;
        for (uint index = Index; index != 0 && position < end;)
        {
            ref MbufHeader header = ref At(index);
            int length = header.SegmentLength;
            if (Overlaps(length, position, start, end) && !_cache.IsWritable(ref header))
            {
                if (replacements.Segments == 0 && !CanEverReplace(start, end))
                {
                    return false;
                }

                bool taken = IsLong(ref header)
                    ? TryTakeCut(index, start - position, end - position, ref replacements)
                    : TryTakeReplacement(index, count: 1, length, ref replacements);
                if (!taken)
                {
                    return false;
                }
            }

            position += length;
            index = header.Next;
        }

        return true;
    }

    /// <summary>
    /// False, and denied, if all of the arena, but for this chain's own mbufs, cannot hold the replacements and what the chain is to
    /// grow by. Every mbuf is gone over only where a rough count leaves doubt.
    /// </summary>
    private bool CanEverReplace(int start, int end)
    {
        ref MbufHeader head = ref At(Index);
        return _cache.IsAmple(ThreadCache.MostPieces(Math.Max(end, head.ChainLength)) + (2L * head.Segments) + 1)
            || CanEverReplaceSlow(start, end);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CanEverReplaceSlow(int start, int end)
    {
        ref MbufHeader head = ref At(Index);
        var supply = new Supply(_cache, head.Segments);
        bool ever = true;
        int position = 0;
        for (uint index = Index; index != 0 && position < end && ever;)
        {
            ref MbufHeader header = ref At(index);
            int length = header.SegmentLength;
            if (Overlaps(length, position, start, end) && !_cache.IsWritable(ref header))
            {
                CutRange range = IsLong(ref header) ? FindCut(index, start - position, end - position) : new CutRange(0, length, 0);
                ever = supply.TryTakeCopy(range.Copied) && supply.TryTakePlain(range.Rest > 0 ? 1 : 0);
            }

            position += length;
            index = header.Next;
        }

        uint point = FillPoint(ref head);
        int missing = Math.Max(0, end - head.ChainLength);
        missing -= (int)Math.Min(PlainRoomFrom(point, missing), missing);
        missing -= FindOwnRoom(point, missing);
        return (ever && (missing == 0 || supply.TryTakeRoom(missing))) || _cache.DenyForGood(ZoneId.Packet);
    }

    /// <summary>Takes a replacement for a run of mbufs; on failure those before are freed, too.</summary>
    private bool TryTakeReplacement(uint index, int count, int length, ref ChainBuilder replacements)
    {
        uint before = replacements.Last;
        if (!replacements.TryAddCopy(_cache, length))
        {
            replacements.Undo(_cache);
            return false;
        }

        ref MbufHeader first = ref At(before == 0 ? replacements.First : At(before).Next);
        first.Tail = index;
        first.Segments = count;
        first.ChainLength = length;
        return true;
    }

    internal partial void Replace(ChainBuilder replacements)
    {
        if (replacements.First != 0 && At(At(Index).Tail).IsMarkedRoom)
        {
            MoveMarkFromRoom(this);
        }

        for (uint index = replacements.First; index != 0;)
        {
            ref MbufHeader first = ref At(index);
            uint last = index;
            int segments = 1;
            for (int left = first.ChainLength - first.SegmentLength; left > 0; left -= At(last).SegmentLength)
            {
                last = At(last).Next;
                segments++;
            }

            uint next = At(last).Next;
            var fresh = new ChainBuilder { First = index, Last = last, Segments = segments };
            At(last).Next = 0;
            if (first.Segments == 1 && At(first.Tail).SegmentLength > first.ChainLength)
            {
                next = ReplaceCut(first.Tail, first.PacketLength, first.ChainLength, fresh, next);
            }
            else
            {
                ReplaceRun(first.Tail, first.Segments, fresh);
            }

            index = next;
        }
    }

    /// <summary>
    /// Fills fresh mbufs with the bytes of a run of mbufs and puts them in their place. The first of the run stays, with the
    /// storage of the first fresh one; the others are freed, and so is the old storage.
    /// </summary>
    private void ReplaceRun(uint index, int count, ChainBuilder fresh)
    {
        CopyInto(fresh.First, index);
        ref MbufHeader first = ref At(index);
        ref MbufHeader front = ref At(fresh.First);
        if (front.SegmentLength > 0)
        {
            first.Type = front.Type;
            first.Flags = (first.Flags & ~HeaderFlags.EndOfRecord) | (front.Flags & HeaderFlags.EndOfRecord);
        }

        uint behind = Unlink(index, count, out uint surplus);
        uint followers = front.Next;
        front.Next = surplus;
        ExchangeStorage(ref first, index, ref front, fresh.First);
        Debug.Assert((first.Flags & HeaderFlags.Spare) == 0, "A spare mbuf is empty and no head: nothing of it is to be replaced.");
        uint last = index;
        if (followers != 0)
        {
            first.Next = followers;
            last = fresh.Last;
        }

        Relink(last, behind, fresh.Segments - count);
        _cache.FreeMbufs(fresh.First);
    }

    /// <summary>Takes the mbufs of a run but its first out of the chain, which is open behind it until it is linked anew.</summary>
    /// <returns>The mbuf behind the run, 0 for none.</returns>
    private uint Unlink(uint index, int count, out uint surplus)
    {
        uint last = index;
        for (int i = 1; i < count; i++)
        {
            last = At(last).Next;
        }

        uint behind = At(last).Next;
        surplus = count > 1 ? At(index).Next : 0;
        At(last).Next = 0;
        At(index).Next = 0;
        return behind;
    }

    /// <summary>Closes the chain behind a run that is done.</summary>
    private void Relink(uint last, uint behind, int change)
    {
        ref MbufHeader head = ref At(Index);
        Debug.Assert(behind != 0 || At(last).Next == 0, "What is last has nothing behind it.");
        At(last).Next = behind;
        if (behind == 0)
        {
            MoveTail(ref head, last);
        }

        head.Segments += change;
        head.UpdateSlowFree();
    }

    private static bool Overlaps(int length, int position, int start, int end)
        => length > 0 && start < end && position < end && position + length > start;
}
