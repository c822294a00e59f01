using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// Mbufs that are taken one by one and linked, and are no chain yet: no head, no claim. Whoever cannot take all that is needed undoes
/// what was taken; so an operation has everything, or nothing has happened.
/// </summary>
internal struct ChainBuilder
{
    /// <summary>The first mbuf; 0 for none.</summary>
    public uint First;

    /// <summary>The last mbuf.</summary>
    public uint Last;

    /// <summary>How many there are.</summary>
    public int Segments;

    /// <summary>One mbuf, or linked ones that are given back only.</summary>
    public static ChainBuilder Of(uint index) => new() { First = index, Last = index, Segments = 1 };

    /// <summary>Links an mbuf, which was taken, behind the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ThreadCache cache, uint index)
    {
        if (First == 0)
        {
            First = index;
        }
        else
        {
            cache.Hot.Memory.Header(Last).Next = index;
        }

        Last = index;
        Segments++;
    }

    /// <summary>Takes an mbuf, plain or with a 2 KiB cluster, and links it behind the others, without flags. False if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(ThreadCache cache, ZoneId zone)
    {
        if (!cache.TryTake(zone, out uint index))
        {
            return false;
        }

        cache.Hot.Memory.Header(index).Flags = 0;
        Add(cache, index);
        return true;
    }

    /// <summary>The same for a number of mbufs, all or none: where one is missing, all that the builder has is freed.</summary>
    public bool TryAddMany(ThreadCache cache, ZoneId zone, int count)
    {
        for (; count > 0; count--)
        {
            if (!TryAdd(cache, zone))
            {
                Undo(cache);
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Adds one mbuf for bytes that fit into it or into a 2 KiB cluster, and are counted in it. The first of all keeps headroom also in its
    /// internal buffer, as far as there is room.
    /// </summary>
    public bool TryAddPiece(ThreadCache cache, int length)
    {
        bool small = length <= MbufSizes.InternalSize;
        if (!TryAdd(cache, small ? ZoneId.Mbuf : ZoneId.Packet))
        {
            return false;
        }

        ref MbufHeader header = ref cache.Hot.Memory.Header(Last);
        header.SegmentLength = length;
        if (small && Segments == 1)
        {
            header.Data += Math.Min(cache.Arena.Layout.Headroom, MbufSizes.InternalSize - length);
        }

        return true;
    }

    /// <summary>
    /// Adds mbufs for a number of bytes, which are counted in them, as few as the arena can give: one, if a cluster so large is free; else
    /// clusters of 16 KiB or, where there is none, of 2 KiB. What fits into an mbuf's internal buffer goes there. On failure the caller
    /// undoes everything, these and those before.
    /// </summary>
    public bool TryAddCopy(ThreadCache cache, int length)
    {
        Debug.Assert(length >= 0, "What is copied exists, and its length with it.");
        int clusterSize = cache.Hot.Memory.LayoutOf(ZoneId.Cluster).Size;
        bool jumbo = true;
        do
        {
            int piece = Math.Min(length, MbufSizes.MaximumContiguous);
            if (piece <= clusterSize || !jumbo || !TryAddLarge(cache, piece))
            {
                jumbo &= piece <= clusterSize; // A search that was in vain is not repeated for every piece.
                piece = Math.Min(piece, clusterSize);
                if (!TryAddPiece(cache, piece))
                {
                    return false;
                }
            }

            length -= piece;
        }
        while (length > 0);
        return true;
    }

    /// <summary>
    /// Adds one mbuf with a larger cluster, or with one of 2 KiB that the bytes fill together with its headroom. A miss is no
    /// denial: the caller makes do with smaller ones.
    /// </summary>
    private bool TryAddLarge(ThreadCache cache, int length)
    {
        if (!cache.TryProbeCluster(length, out ZoneId kind, out uint storage) || !cache.TryTakeMbufWith(kind, storage, length, out uint index))
        {
            return false;
        }

        cache.Hot.Memory.Header(index).SegmentLength = length;
        Add(cache, index);
        return true;
    }

    /// <summary>Frees what was taken; the builder is empty again.</summary>
    public void Undo(ThreadCache cache)
    {
        cache.FreeMbufs(First);
        this = default;
    }
}
