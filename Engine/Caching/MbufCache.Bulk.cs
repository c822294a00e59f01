using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Many packets at once, and what is said of handles that name none.</content>
public sealed partial class MbufCache
{
    /// <summary>Frees the packets of all handles that are live; null ones are skipped.</summary>
    /// <returns>The first place of a handle that is neither live nor null, or -1.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal int FreeMany(ReadOnlySpan<Mbuf> packets)
    {
        if (Hot.LastIndex == 0)
        {
            ThrowHelper.ScopeClosed();
        }

        int wrong = -1;
        for (int next = FreePairs(packets); next < packets.Length; next += FreePairs(packets[next..]))
        {
            // What comes next is not a packet of one cluster, or the magazine is full.
            BeginFreeingMany();
            wrong = TryFree(packets[next]) || wrong >= 0 ? wrong : next;
            next++;
        }

        EndFreeingMany();
        Settle();
        Arena.Quarantine?.ThrowIfSpoiled();
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
        long freshCluster = Hot.FreshCluster;
        long clusterStride = Hot.ClusterStride;
        Span<Round> room = Hot.Magazines[(int)ZoneId.Packet].BeginPush(Hot.Ceiling);
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
            if (header.Generation != live.Generation || !IsPlainPair(ref header))
            {
                break;
            }

            Round free = live.Next;
            header.SetResetInPlace(free.Generation, freshCluster + (header.Storage * clusterStride));
            room[freed] = free;
        }

        Hot.Magazines[(int)ZoneId.Packet].EndPush(freed);
        return freed;
    }

    private bool TryFree(Mbuf packet)
    {
        uint index = packet.Slot - Hot.FirstSlot;
        if (index - 1 >= Hot.LastIndex)
        {
            return packet.IsNull && Hot.LastIndex != 0;
        }

        ref MbufHeader header = ref Hot.Memory.Header(index);
        if (header.Generation != packet.Generation)
        {
            return false;
        }

        FreeQuietly(ref header, index);
        return true;
    }

    /// <summary>True for a chain of one mbuf that is the only one to refer to its 2 KiB cluster.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlainPair(ref MbufHeader head)
    {
        bool plain = (head.Flags & (HeaderFlags.Shared | HeaderFlags.Intricate)) == 0;
        Debug.Assert(!plain || (head.Next == 0 && head.Kind == StorageKind.Cluster), "A head is marked when it becomes more than a pair.");
        return plain;
    }

    /// <summary>Packets where the loaded magazine has too few for all of them. All or nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool TryTakeManySlow(Span<Mbuf> packets)
    {
        if (Hot.LastIndex == 0)
        {
            ThrowHelper.ScopeClosed();
        }

        return (Hot.Floor == 0 && TryTakeAcross(packets)) || TryTakeOneByOne(packets);
    }

    /// <summary>
    /// Packets from both magazines, or from those and one of the depot. False, with nothing taken, if these are not enough.
    /// </summary>
    private bool TryTakeAcross(Span<Mbuf> packets)
    {
        ref MagazinePair pair = ref Hot.Magazines[(int)ZoneId.Packet];
        int held = pair.Count + pair.PreviousCount;
        Magazine full = default;
        bool exchanges = packets.Length > held;
        if (exchanges && (packets.Length - held > Magazine.Capacity || !Arena.Zones[(int)ZoneId.Packet].Full.TryPop(out full)))
        {
            return false;
        }

        int taken = TakeLoaded(packets);
        if (taken < packets.Length)
        {
            pair.Swap();
            taken += TakeLoaded(packets[taken..]);
        }

        if (exchanges)
        {
            Arena.EmptyMagazines.Give(pair.LoadFull(full));
            Arena.NoteHighWater(ZoneId.Packet);
            taken += TakeLoaded(packets[taken..]);
        }

        Debug.Assert(taken == packets.Length, "There were enough before any was taken.");
        return true;
    }

    /// <summary>As many packets as are asked for, or as the loaded magazine has.</summary>
    private int TakeLoaded(Span<Mbuf> packets)
    {
        ref MagazinePair pair = ref Hot.Magazines[(int)ZoneId.Packet];
        int count = Math.Min(packets.Length, pair.Count);
        bool popped = pair.TryPopMany(0, count, out ReadOnlySpan<Round> rounds);
        Debug.Assert(popped, "No more is asked for than the magazine has.");
        HandOut(rounds, packets, Hot.FirstSlot);
        return count;
    }

    /// <summary>
    /// The handles of free pairs. Nothing of them is touched: what is free is a whole packet already, and its generation is here.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void HandOut(ReadOnlySpan<Round> rounds, Span<Mbuf> packets, uint firstSlot)
    {
        for (int i = 0; i < rounds.Length && i < packets.Length; i++)
        {
            packets[i] = rounds[i].ToHandle(firstSlot);
        }
    }

    private bool TryTakeOneByOne(Span<Mbuf> packets)
    {
        ChainParts taken = default;
        for (int i = 0; i < packets.Length; i++)
        {
            if (!TryTake(ZoneId.Packet, out uint index))
            {
                FreeParts(taken);
                TellOfNothing();
                return false;
            }

            Hot.Memory.Header(index).Flags = 0;
            AddPart(ref taken, index);
        }

        uint next = taken.First;
        foreach (ref Mbuf packet in packets)
        {
            ref MbufHeader header = ref Hot.Memory.Header(next);
            packet = new Mbuf(Hot.FirstSlot + next, header.Generation);
            header.Flags = HeaderFlags.Head | HeaderFlags.PacketHeader;
            next = header.Next;
            header.Next = 0;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void ThrowNotInRange(Mbuf packet)
    {
        if (Hot.LastIndex == 0)
        {
            ThrowHelper.ScopeClosed();
        }

        ThrowHelper.NotOfThisArena(packet);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void ThrowNotFreed(Mbuf packet)
    {
        if (packet.Slot - Hot.FirstSlot - 1 >= Hot.LastIndex)
        {
            ThrowNotInRange(packet);
        }

        ThrowHelper.DoubleFree(scopeClosed: false);
    }
}
