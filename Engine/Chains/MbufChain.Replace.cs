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

    /// <summary>The longest mbuf that is copied whole for a part of it; one in a 2 KiB cluster is in any case.</summary>
    private const int LongestWholeCopy = (int)MbufClusterSize.Standard;

    /// <summary>True of an mbuf that is too long to be copied whole for a part of it.</summary>
    private static bool IsLong(ref MbufHeader header)
        => header.SegmentLength > LongestWholeCopy && header.Kind != ZoneId.Cluster;

    /// <summary>What of a long mbuf is copied so that some of its bytes can be written.</summary>
    /// <param name="index">The mbuf.</param>
    /// <param name="from">The first of the bytes, from the mbuf's first on; negative if they start before it.</param>
    /// <param name="to">Their end, which may lie behind the mbuf.</param>
    private CutRange FindCut(uint index, int from, int to)
    {
        int length = At(index).SegmentLength;
        from = Math.Max(0, from);
        to = Math.Min(to, length);
        int needed = to - from;
        int size = needed <= MbufSizes.InternalSize ? MbufSizes.InternalSize : Math.Max(needed, (int)MbufClusterSize.Standard);
        int kept = to <= size ? 0 : from;
        if (index == Index && size == MbufSizes.InternalSize)
        {
            int behindHeadroom = size - Math.Min(_cache.Arena.Layout.Headroom, size);
            size = to <= behindHeadroom ? behindHeadroom : size; // The packet's first bytes keep room before them.
        }

        int copied = Math.Min(size, length - kept);
        return new CutRange(kept, copied, length - kept - copied);
    }

    /// <summary>Takes a replacement for a part of a long mbuf; on failure those before are freed, too.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeCut(uint index, int from, int to, ref ChainBuilder replacements)
    {
        CutRange range = FindCut(index, from, to);
        uint before = replacements.Last;
        if (!TryTakeReplacement(index, count: 1, range.Copied, ref replacements))
        {
            return false;
        }

        At(before == 0 ? replacements.First : At(before).Next).PacketLength = range.Kept;
        if (range.Rest == 0 || replacements.TryAdd(_cache, ZoneId.Mbuf))
        {
            return true;
        }

        replacements.Undo(_cache);
        return false;
    }

    /// <summary>
    /// Fills fresh mbufs with some bytes of an mbuf and puts them behind it, which keeps those before; or, if there are none, gives
    /// it the first fresh one's storage. Those behind become another mbuf's: they stay where they are, in storage that is shared if
    /// the first has a part of it.
    /// </summary>
    /// <param name="index">The mbuf.</param>
    /// <param name="kept">Its bytes before those that are copied.</param>
    /// <param name="copied">How many are copied: not all.</param>
    /// <param name="fresh">Mbufs for them.</param>
    /// <param name="spare">The next of the mbufs that were taken: for the bytes behind, if there are any.</param>
    /// <returns>The next mbuf that was taken, for another run.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint ReplaceCut(uint index, int kept, int copied, ChainBuilder fresh, uint spare)
    {
        ref MbufHeader cut = ref At(index);
        uint behind = cut.Next;
        uint mark = cut.Flags & HeaderFlags.EndOfRecord;
        cut.Flags &= ~mark;
        At(fresh.First).PacketLength = 0;
        CopyInto(fresh.First, index, kept);
        if (kept + copied < cut.SegmentLength)
        {
            ref MbufHeader rest = ref At(spare);
            uint next = rest.Next;
            rest.Next = 0;
            MoveRest(ref cut, kept, kept + copied, ref rest, spare);
            fresh.Add(_cache, spare);
            spare = next;
        }

        if (kept > 0)
        {
            cut.SegmentLength = kept;
            cut.Next = fresh.First;
            Relink(fresh.Last, behind, fresh.Segments);
        }
        else
        {
            ref MbufHeader front = ref At(fresh.First);
            cut.EndPlaces(_cache.Hot.Memory.Step);
            _cache.MoveStorage(ref front, ref cut, index);
            _cache.Hot.Memory.AttachInternal(ref front, fresh.First, 0);
            cut.Next = front.Next;
            front.Next = 0;
            Relink(fresh.Last, behind, fresh.Segments - 1);
            _cache.FreeMbufs(fresh.First);
        }

        At(fresh.Last).Flags |= mark;
        return spare;
    }

    /// <summary>
    /// Gives a fresh mbuf an mbuf's bytes from an offset on, where they are: with its storage, or a share of it if it keeps bytes.
    /// </summary>
    private void MoveRest(ref MbufHeader cut, int kept, int offset, ref MbufHeader rest, uint restIndex)
    {
        int length = cut.SegmentLength - offset;
        rest.Type = cut.Type;
        if (kept > 0)
        {
            _cache.ShareStorage(ref cut, ref rest);
        }
        else
        {
            _cache.MoveStorage(ref cut, ref rest, restIndex);
        }

        rest.Data += offset;
        rest.SegmentLength = length;
    }
}

/// <summary>The bytes of a long mbuf that get storage of their own, and what is left of it on both sides.</summary>
/// <param name="Kept">Bytes at its start, which it keeps.</param>
/// <param name="Copied">Bytes behind them, which are copied.</param>
/// <param name="Rest">Bytes behind those, which stay where they are and become another mbuf's.</param>
internal readonly record struct CutRange(int Kept, int Copied, int Rest);
