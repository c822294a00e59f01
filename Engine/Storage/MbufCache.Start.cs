using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Allocations of more than one piece, all or nothing, and the exceptions of handles.</content>
public sealed partial class MbufCache
{
    /// <summary>An mbuf with a cluster of a given size, as the head of a chain; null when exhausted.</summary>
    internal MbufChain StartCluster(MbufClusterSize size, uint flags)
    {
        StorageKind kind = KindOf(size);
        if (kind == StorageKind.Cluster)
        {
            return StartChain(ZoneId.Packet, flags);
        }

        if (!TryTake((ZoneId)kind, out uint storage))
        {
            TellOfNothing();
            return MbufChain.Null;
        }

        if (!TryTake(ZoneId.Mbuf, out uint index))
        {
            Give((ZoneId)kind, storage);
            TellOfNothing();
            return MbufChain.Null;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        header.Flags = flags;
        AttachCluster(ref header, kind, storage, (int)size);
        return ChainAt(index, header.Generation);
    }

    /// <summary>A chain with room for a number of bytes and none in use; null when exhausted.</summary>
    internal MbufChain StartRoom(int length, uint flags)
    {
        if (!TryTakeRoom(length, held: 0, out ChainParts parts))
        {
            TellOfNothing();
            return MbufChain.Null;
        }

        if (parts.Segments > 1)
        {
            Hot.Memory.Header(parts.Last).Flags |= HeaderFlags.Spare;
        }

        return MakeChain(parts, flags);
    }

    /// <summary>Makes the first of some linked mbufs the head of a chain; their bytes are not counted yet.</summary>
    internal MbufChain MakeChain(ChainParts parts, uint flags)
    {
        ref MbufHeader head = ref Hot.Memory.Header(parts.First);
        head.Flags |= flags;
        head.Tail = parts.Last;
        head.Segments = parts.Segments;
        head.MarkIfIntricate();
        return ChainAt(parts.First, head.Generation);
    }

    /// <summary>
    /// Mbufs and clusters with room for a number of bytes, at least one mbuf, linked but without a head. All or nothing; at
    /// once, if it can never be while the caller holds a number of mbufs.
    /// </summary>
    internal bool TryTakeRoom(int length, int held, out ChainParts parts)
    {
        Debug.Assert(length >= 0, "Callers check that lengths are not negative.");
        parts = default;
        int clusterSize = Storages[(int)StorageKind.Cluster].Size;
        if (!CanEverTakeRoom(length, held))
        {
            return false;
        }

        for (; length > MbufSizes.InternalSize; length -= clusterSize)
        {
            if (!TryTakePart(ZoneId.Packet, ref parts))
            {
                return false;
            }
        }

        return (length <= 0 && parts.Segments > 0) || TryTakePart(ZoneId.Mbuf, ref parts);
    }

    /// <summary>Links one mbuf more behind the others; where there is none, they are freed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTakePart(ZoneId zone, ref ChainParts parts)
    {
        if (!TryTake(zone, out uint index))
        {
            FreeParts(parts);
            return false;
        }

        Hot.Memory.Header(index).Flags = 0;
        AddPart(ref parts, index);
        return true;
    }

    /// <summary>One mbuf with contiguous room for a number of bytes, linked to nothing.</summary>
    internal bool TryTakeContiguous(int length, out uint index)
    {
        if (length <= MbufSizes.InternalSize)
        {
            if (!TryTake(ZoneId.Mbuf, out index))
            {
                return false;
            }
        }
        else if (length <= Storages[(int)StorageKind.Cluster].Size)
        {
            if (!TryTake(ZoneId.Packet, out index))
            {
                return false;
            }
        }
        else
        {
            index = 0;
            if (!TryTakeCluster(length, out StorageKind kind, out uint storage))
            {
                return false;
            }

            if (!TryTake(ZoneId.Mbuf, out index))
            {
                Give((ZoneId)kind, storage);
                return false;
            }

            AttachCluster(ref Hot.Memory.Header(index), kind, storage, length);
        }

        Hot.Memory.Header(index).Flags = 0;
        return true;
    }

    internal void AddPart(ref ChainParts parts, uint index)
    {
        if (parts.First == 0)
        {
            parts.First = index;
        }
        else
        {
            Hot.Memory.Header(parts.Last).Next = index;
        }

        parts.Last = index;
        parts.Segments++;
    }

    /// <summary>Frees mbufs that never became part of a chain.</summary>
    internal void FreeParts(ChainParts parts) => FreeChainSlow(parts.First);

    internal static StorageKind KindOf(MbufClusterSize size)
    {
        switch (size)
        {
            case MbufClusterSize.Standard:
                return StorageKind.Cluster;
            case MbufClusterSize.Page:
                return StorageKind.Page;
            case MbufClusterSize.Jumbo9:
                return StorageKind.Jumbo9;
            case MbufClusterSize.Jumbo16:
                return StorageKind.Jumbo16;
            default:
                ThrowHelper.ClusterSize(size);
                return default;
        }
    }
}
