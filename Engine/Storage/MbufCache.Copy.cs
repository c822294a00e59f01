using System.Diagnostics;

namespace Engine.Mbufs;

/// <content>Fresh mbufs for bytes that are there already: each comes with its part of them counted as data.</content>
public sealed partial class MbufCache
{
    /// <summary>
    /// Adds mbufs for a number of bytes, as few as the arena can give: one, if a cluster so large is free; else clusters of 16 KiB
    /// or, where there is none, of 2 KiB. What fits into an mbuf's internal buffer goes there. On failure the caller frees the
    /// parts, these and those before.
    /// </summary>
    internal bool TryAddCopy(ref ChainParts parts, int length)
    {
        Debug.Assert(length >= 0, "What is copied exists, and its length with it.");
        int clusterSize = Storages[(int)StorageKind.Cluster].Size;
        bool jumbo = true;
        do
        {
            int piece = Math.Min(length, MbufSizes.LargestContiguous);
            if (piece <= clusterSize || !jumbo || !TryAddLarge(ref parts, piece))
            {
                jumbo &= piece <= clusterSize; // A search that was in vain is not repeated for every piece.
                piece = Math.Min(piece, clusterSize);
                if (!TryAddPiece(ref parts, piece))
                {
                    return false;
                }
            }

            length -= piece;
        }
        while (length > 0);
        return true;
    }

    /// <summary>Adds one plain mbuf. On failure the caller frees the parts.</summary>
    internal bool TryAddPlain(ref ChainParts parts)
    {
        if (!TryTake(ZoneId.Mbuf, out uint index))
        {
            return false;
        }

        Hot.Memory.Header(index).Flags = 0;
        AddPart(ref parts, index);
        return true;
    }

    /// <summary>Counts as denied that a copy came into more mbufs than was bearable: a larger cluster was missed.</summary>
    internal void DenyLarge(int length)
    {
        ZoneId zone = SmallestClusterFor(length);
        CountMiss(zone);
        NoteLimit(zone);
    }

    /// <summary>
    /// Mbufs of exactly so many bytes each, 1 to what a 2 KiB cluster holds, and the last one with the rest; at least one. All or
    /// nothing; at once, if it can never be while the caller holds a number of mbufs.
    /// </summary>
    internal bool TryTakePieces(int length, int piece, int held, out ChainParts parts)
    {
        parts = default;
        if (!IsAmple((length / piece) + 1L + held) && !CanEverTakePieces(length, piece, held))
        {
            return false;
        }

        do
        {
            int part = Math.Min(length, piece);
            if (!TryAddPiece(ref parts, part))
            {
                FreeParts(parts);
                return false;
            }

            length -= part;
        }
        while (length > 0);
        return true;
    }

    /// <summary>
    /// Adds one mbuf for bytes that fit into it or into a 2 KiB cluster. The first of all keeps headroom also in its internal
    /// buffer, as far as there is room.
    /// </summary>
    private bool TryAddPiece(ref ChainParts parts, int length)
    {
        bool small = length <= MbufSizes.InternalSize;
        if (!TryTake(small ? ZoneId.Mbuf : ZoneId.Packet, out uint index))
        {
            return false;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        header.Flags = 0;
        header.SegmentLength = length;
        if (small && parts.Segments == 0)
        {
            header.Data += Math.Min(Arena.Layout.Headroom, MbufSizes.InternalSize - length);
        }

        AddPart(ref parts, index);
        return true;
    }

    /// <summary>
    /// Adds one mbuf with a larger cluster, or with one of 2 KiB that the bytes fill together with its headroom. A miss is no
    /// denial: the caller makes do with smaller ones.
    /// </summary>
    private bool TryAddLarge(ref ChainParts parts, int length)
    {
        if ((Hot.PopLimit == 0 && IsStruck(SmallestClusterFor(length))) || !TryProbeClusters(length, out StorageKind kind, out uint storage))
        {
            return false;
        }

        if (!TryTake(ZoneId.Mbuf, out uint index))
        {
            Give((ZoneId)kind, storage);
            return false;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        AttachCluster(ref header, kind, storage, length);
        header.Flags = 0;
        header.SegmentLength = length;
        AddPart(ref parts, index);
        return true;
    }
}
