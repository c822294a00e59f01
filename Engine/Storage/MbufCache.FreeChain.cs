using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Freeing whole chains: the common shapes in short loops, everything else mbuf by mbuf.</content>
public sealed partial class MbufCache
{
    /// <summary>Frees a chain whose head's claim the caller has verified.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void FreeChain(ref MbufHeader head, uint slot)
    {
        if (!TryFreePair(ref head, slot))
        {
            FreeChainAndSettle(slot & CacheHot.AnyItem);
        }
    }

    /// <summary>The fast path: one mbuf with its own 2 KiB cluster, into the hand or the loaded magazine.</summary>
    /// <param name="head">The head.</param>
    /// <param name="slot">Its index, with the number of this opening above it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryFreePair(ref MbufHeader head, uint slot)
    {
        uint generation = head.Generation + Hot.Step;
        if (IsPlainPair(ref head) && generation < Hot.FreeLimit
            && (Hot.Hand.TryPush(slot, generation)
                || Hot.Magazines[(int)ZoneId.Packet].TryPushLoaded(slot & CacheHot.AnyItem, generation)))
        {
            head.SetResetInPlace(generation, Hot.FreshCluster + (head.Storage * Hot.ClusterStride));
            return true;
        }

        return false;
    }

    /// <summary>
    /// The rest of a strict free; in checked mode the moment to tell of a spoiled poison, since nothing is half done.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void FreeChainAndCheck(ref MbufHeader head, uint index)
    {
        if (!head.IsLiveHead)
        {
            ThrowHelper.DoubleFree();
        }

        if (head.Next == 0 && head.Kind == StorageKind.Internal && (head.Flags & HeaderFlags.Cold) == 0)
        {
            FreePlain(ref head, index);
        }
        else
        {
            FreeLinked(index);
        }

        Settle();
        Arena.Quarantine?.ThrowIfSpoiled();
    }

    /// <summary>
    /// Frees one chain of many; <see cref="Settle"/> comes after the last of them, so that a routine that throws keeps none of
    /// them from being freed.
    /// </summary>
    internal void FreeQuietly(ref MbufHeader head, uint index)
    {
        if (!TryFreePair(ref head, index + Hot.Opening))
        {
            FreeChainSlow(index);
        }
    }

    /// <summary>Frees a chain and calls the free routines of external storage that ended with it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void FreeChainAndSettle(uint index)
    {
        FreeLinked(index);
        Settle();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FreeChainSlow(uint index) => FreeLinked(index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FreeLinked(uint index)
    {
        ArenaMemory memory = Hot.Memory;
        while (index != 0)
        {
            ref MbufHeader header = ref memory.Header(index);
            uint next = header.Next;
            uint left = next != 0 && IsOwnPair(ref header) ? FreeLinkedPairs(index) : index;
            if (left == index)
            {
                FreeMbufInline(ref header, index);
                left = next;
            }

            index = left;
        }
    }

    /// <summary>
    /// The loop of the common chain: mbufs with 2 KiB clusters of their own, while the loaded magazine has room. Counted once, at
    /// the end.
    /// </summary>
    /// <returns>The first that is something else, 0 for none.</returns>
    private uint FreeLinkedPairs(uint index)
    {
        ArenaMemory memory = Hot.Memory;
        long freshCluster = Hot.FreshCluster;
        long clusterStride = Hot.ClusterStride;
        uint step = Hot.Step;
        uint limit = Hot.FreeLimit;
        Span<Round> room = Hot.Magazines[(int)ZoneId.Packet].BeginPush();
        int freed = 0;
        while (index != 0 && freed < room.Length)
        {
            ref MbufHeader header = ref memory.Header(index);
            uint generation = header.Generation + step;
            if (!IsOwnPair(ref header) || generation >= limit)
            {
                break;
            }

            uint next = header.Next;
            header.SetResetPair(generation, index, freshCluster + (header.Storage * clusterStride));
            room[freed] = new Round(index, generation);
            freed++;
            index = next;
        }

        Hot.Magazines[(int)ZoneId.Packet].EndPush(freed);
        return index;
    }

    /// <summary>True for an mbuf of any chain that is the only one to refer to its 2 KiB cluster, with nothing on its cold line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOwnPair(ref MbufHeader header)
        => header.Kind == StorageKind.Cluster && (header.Flags & (HeaderFlags.Shared | HeaderFlags.Cold)) == 0;
}
