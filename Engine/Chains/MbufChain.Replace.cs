using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// Fresh storage in the place of old, in two steps: all that is needed is taken, or nothing; then, without fail, it is filled and
/// put in.
/// </content>
/// <remarks>
/// A replacement is one or more linked mbufs for a <see cref="ReplacedRun"/>, and a last one for what is cut off behind it. Its first
/// mbuf knows the run by fields that have no other meaning outside a head: the index of the first in <see cref="MbufHeader.Tail"/>, the
/// number of mbufs in <see cref="MbufHeader.Segments"/>, the bytes that are copied in <see cref="MbufHeader.ChainLength"/>, those kept
/// before them in <see cref="MbufHeader.PacketLength"/>. So the second step need not ask again what may be written, which another
/// thread's free may have changed meanwhile.
/// </remarks>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Takes a replacement for each mbuf between two offsets that may not be written, or for its part of the range. All or nothing.
    /// </summary>
    /// <param name="start">The first byte that is to be writable.</param>
    /// <param name="end">The end of these bytes, inside the chain.</param>
    /// <param name="replacements">For <see cref="Replace"/>, or to be freed.</param>
    /// <param name="growth">Bytes that the chain is to grow by at its end, which is the caller's to do.</param>
    /// <param name="most">Mbufs are replaced whole, and neighbours that may not be written get one replacement together up to this
    /// many bytes; 0 if they are cut instead, where they are long.</param>
    private bool TryTakeReplacements(int start, int end, out ChainParts replacements, int growth = 0, int most = 0)
    {
        replacements = default;
        int position = 0;
        for (uint index = Index; index != 0 && position < end;)
        {
            ref MbufHeader header = ref At(index);
            uint next = header.Next;
            int length = header.SegmentLength;
            if (Overlaps(length, position, start, end) && !_cache.IsWritable(ref header))
            {
                if (replacements.Segments == 0 && !CanEverReplace(start, end, growth, most))
                {
                    return false;
                }

                ReplacedRun run = FindRun(index, start - position, end - position, most, ref next, ref length);
                if (!TryTakeReplacement(run, ref replacements))
                {
                    return false;
                }
            }

            position += length;
            index = next;
        }

        return true;
    }

    /// <summary>What is replaced together with an mbuf that may not be written.</summary>
    /// <param name="index">The mbuf.</param>
    /// <param name="from">The first byte that is to be writable, from the mbuf's first on; may be negative.</param>
    /// <param name="to">The end of these bytes; may lie behind the mbuf.</param>
    /// <param name="most">See <see cref="TryTakeReplacements"/>.</param>
    /// <param name="next">The mbuf behind it; behind the run then.</param>
    /// <param name="length">The mbuf's bytes; those of the run then.</param>
    private ReplacedRun FindRun(uint index, int from, int to, int most, ref uint next, ref int length)
    {
        int count = 1;
        if (most == 0 && length > LongestWholeCopy && At(index).Kind != StorageKind.Cluster)
        {
            return FindCut(index, Math.Max(0, from), Math.Min(to, length), length);
        }

        while (next != 0 && At(next).SegmentLength <= most - length && !_cache.IsWritable(ref At(next)))
        {
            length += At(next).SegmentLength;
            next = At(next).Next;
            count++;
        }

        return new ReplacedRun { First = index, Count = count, Copied = length };
    }

    /// <summary>
    /// False, and denied, if all of the arena, but for this chain's own mbufs, cannot hold the replacements and what the chain is to
    /// grow by. Every mbuf is gone over only where a rough count leaves doubt.
    /// </summary>
    private bool CanEverReplace(int start, int end, int growth, int most)
    {
        ref MbufHeader head = ref At(Index);
        return _cache.IsAmple(MbufCache.MostPieces(head.ChainLength) + MbufCache.MostPieces(growth) + (2L * head.Segments))
            || CanEverReplaceSlow(start, end, growth, most);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CanEverReplaceSlow(int start, int end, int growth, int most)
    {
        ref MbufHeader head = ref At(Index);
        var supply = new Supply(_cache, head.Segments);
        bool ever = true;
        int position = 0;
        for (uint index = Index; index != 0 && position < end && ever;)
        {
            ref MbufHeader header = ref At(index);
            uint next = header.Next;
            int length = header.SegmentLength;
            if (Overlaps(length, position, start, end) && !_cache.IsWritable(ref header))
            {
                ReplacedRun run = FindRun(index, start - position, end - position, most, ref next, ref length);
                ever = supply.TryTakeCopy(run.Copied) && supply.TryTakePlain(run.Rest > 0 ? 1 : 0);
            }

            position += length;
            index = next;
        }

        long missing = growth - PlainRoomFrom(FillPoint(ref head), growth);
        return (ever && (missing <= 0 || supply.TryTakeRoom(missing))) || _cache.DenyForEver(ZoneId.Packet);
    }

    /// <summary>Takes a replacement for a run; on failure those before are freed, too.</summary>
    private bool TryTakeReplacement(in ReplacedRun run, ref ChainParts replacements)
    {
        uint before = replacements.Last;
        if (!_cache.TryAddCopy(ref replacements, run.Copied) || (run.Rest > 0 && !_cache.TryAddPlain(ref replacements)))
        {
            _cache.FreeParts(replacements);
            return false;
        }

        ref MbufHeader first = ref At(before == 0 ? replacements.First : At(before).Next);
        first.Tail = run.First;
        first.Segments = run.Count;
        first.ChainLength = run.Copied;
        first.PacketLength = run.Kept;
        return true;
    }

    /// <summary>Puts replacements where they belong. Contents stay; lengths stay where a replacement is one mbuf for one.</summary>
    private void Replace(ChainParts replacements)
    {
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
            var fresh = new ChainParts { First = index, Last = last, Segments = segments };
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
    private void ReplaceRun(uint index, int count, ChainParts fresh)
    {
        CopyInto(fresh.First, index);
        ref MbufHeader first = ref At(index);
        ref MbufHeader front = ref At(fresh.First);
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
        _cache.FreeParts(new ChainParts { First = fresh.First });
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
        head.MarkIfIntricate();
    }

    private static bool Overlaps(int length, int position, int start, int end)
        => length > 0 && start < end && position < end && position + length > start;
}
