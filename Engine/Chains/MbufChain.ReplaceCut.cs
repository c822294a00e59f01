using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// Storage of their own for some bytes of a long mbuf: it is cut, and what comes before and behind them stays where it is.
/// </content>
/// <remarks>
/// A copy costs its bytes, a cut an mbuf and a reference: up to 2 KiB, and what else lies in a 2 KiB cluster and its headroom, whole
/// mbufs are copied, which keeps the layout. Beyond that the copy is cut out, but as large as the storage that its bytes need anyway: an mbuf's own buffer or a 2 KiB cluster.
/// So what is written next, bit by bit, is the packet's own already, and a header at the start comes into one piece.
/// </remarks>
public readonly ref partial struct MbufChain
{
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
