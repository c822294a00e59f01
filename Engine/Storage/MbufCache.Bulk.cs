using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Many packets freed at once, or asked for in advance, and what is said of handles that name none.</content>
public sealed partial class MbufCache
{
    /// <summary>Frees the packets of all handles that are live; null ones are skipped.</summary>
    /// <returns>The first place of a handle that is neither live nor null, or -1.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal int FreeMany(ReadOnlySpan<Mbuf> packets)
    {
        int wrong = Hot.IsFarReaching ? FreeFar(packets) : FreeNear(packets);
        EndFreeingMany();
        Settle();
        Arena.Quarantine?.ThrowIfSpoiled();
        return wrong;
    }

    /// <summary>The same with the headers on their way, so many at a time that the last of them is not yet displaced.</summary>
    private int FreeFar(ReadOnlySpan<Mbuf> packets)
    {
        int wrong = -1;
        for (int start = 0; start < packets.Length; start += Magazine.Capacity)
        {
            ReadOnlySpan<Mbuf> some = packets.Slice(start, Math.Min(packets.Length - start, Magazine.Capacity));
            PrefetchHeaders(some);
            int found = FreeNear(some);
            wrong = wrong < 0 && found >= 0 ? start + found : wrong;
        }

        return wrong;
    }

    /// <summary>In the common case one run of plain pairs, and nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FreeNear(ReadOnlySpan<Mbuf> packets)
    {
        int wrong = -1;
        for (int next = FreePairs(packets); next < packets.Length; next += FreePairs(packets[next..]))
        {
            // What comes next is not a packet of one cluster, or the magazine is full.
            BeginFreeingMany();
            wrong = TryFree(packets[next]) || wrong >= 0 ? wrong : next;
            next++;
        }

        return wrong;
    }

    /// <summary>
    /// The loop of the common case: live packets of one mbuf with its own cluster, while the loaded magazine has room. The
    /// rounds are counted once, at the end.
    /// </summary>
    /// <returns>How many were freed, from the start; the next one is something else, or there is no room for it.</returns>
    private int FreePairs(ReadOnlySpan<Mbuf> packets)
    {
        ArenaMemory memory = Hot.Memory;
        uint firstSlot = Hot.FirstSlot;
        uint lastIndex = Hot.LastIndex;
        ulong step = (ulong)Hot.Step << 32;
        long freshCluster = Hot.FreshCluster;
        long clusterStride = Hot.ClusterStride;
        uint limit = Hot.FreeLimit;
        Span<Round> room = Hot.Magazines[(int)ZoneId.Packet].BeginPush();
        int count = Math.Min(packets.Length, room.Length);
        packets = packets[..count];
        room = room[..count];
        int freed = 0;
        for (; freed < packets.Length; freed++)
        {
            Round live = packets[freed].ToRound(firstSlot);
            if (live.Item - 1 >= lastIndex)
            {
                break;
            }

            ref MbufHeader header = ref memory.Header(live.Item);
            Round free = live.Later(step);
            if (header.Generation != live.Generation || !IsPlainPair(ref header) || free.Generation >= limit)
            {
                break;
            }

            header.SetResetInPlace(free.Generation, freshCluster + (header.Storage * clusterStride));
            room[freed] = free;
        }

        Hot.Magazines[(int)ZoneId.Packet].EndPush(freed);
        return freed;
    }

    /// <summary>
    /// The headers first, all of them, and then what they say of the data: by then the first of them is there.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Prefetch(ReadOnlySpan<Mbuf> packets)
    {
        PrefetchHeaders(packets);
        ArenaMemory memory = Hot.Memory;
        uint firstSlot = Hot.FirstSlot;
        uint lastIndex = Hot.LastIndex;
        foreach (Mbuf packet in packets)
        {
            uint index = packet.Slot - firstSlot;
            if (index - 1 < lastIndex)
            {
                memory.PrefetchBytes(memory.Header(index).Data);
            }
        }
    }

    private void PrefetchHeaders(ReadOnlySpan<Mbuf> packets)
    {
        ArenaMemory memory = Hot.Memory;
        uint firstSlot = Hot.FirstSlot;
        uint lastIndex = Hot.LastIndex;
        foreach (Mbuf packet in packets)
        {
            uint index = packet.Slot - firstSlot;
            if (index - 1 < lastIndex)
            {
                memory.PrefetchHeader(index);
            }
        }
    }

    private bool TryFree(Mbuf packet)
    {
        uint index = packet.Slot - Hot.FirstSlot;
        if (index - 1 >= Hot.LastIndex)
        {
            return packet.IsNull;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        if (header.Generation != packet.Generation || !header.IsLiveHead || (Arena.IsChecked && !TryExchangeClaim(ref header, packet.Generation)))
        {
            return false;
        }

        FreeQuietly(ref header, index);
        return true;
    }

    /// <summary>
    /// Checked mode: takes a claim such that of two threads that have it, and try at the same moment, one succeeds.
    /// </summary>
    internal bool TryExchangeClaim(ref MbufHeader header, uint generation)
        => Interlocked.CompareExchange(ref header.Generation, generation + Hot.Step, generation) == generation;

    /// <summary>
    /// True for the head of a chain of one mbuf that is the only one to refer to its 2 KiB cluster; false for whatever is no head,
    /// which only a handle that was made up names.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlainPair(ref MbufHeader head)
    {
        bool plain = head.OwnFlags == HeaderFlags.Head >> 24;
        Debug.Assert(
            !plain || (head.Next == 0 && head.Kind == StorageKind.Cluster),
            "A head is marked when it becomes more than a pair.");
        return plain;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void ThrowNotInRange(Mbuf packet)
    {
        if (IsUncarved(packet))
        {
            ThrowHelper.Stale();
        }

        ThrowHelper.NotOfThisArena(packet);
    }

    /// <summary>
    /// True for a handle of this arena's id that names an mbuf which it could have and never had: the claim of a disposed arena, or
    /// one that was made up.
    /// </summary>
    private bool IsUncarved(Mbuf packet) => packet.Slot - Hot.FirstSlot - 1 < (uint)Arena.Layout.Limits[(int)ZoneId.Mbuf];

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void ThrowNotFreed(Mbuf packet)
    {
        if (packet.Slot - Hot.FirstSlot - 1 >= Hot.LastIndex && !IsUncarved(packet))
        {
            ThrowHelper.NotOfThisArena(packet);
        }

        ThrowHelper.DoubleFree();
    }
}
