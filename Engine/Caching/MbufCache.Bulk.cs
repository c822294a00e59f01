using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Many packets at once, and what is said of handles that name none.</content>
public sealed partial class MbufCache
{
    /// <summary>
    /// Frees the packets of all handles that are live; null ones are skipped. From the end, so that the next allocation of as
    /// many gets them in the same order.
    /// </summary>
    /// <returns>The lowest place of a handle that is neither live nor null, or -1.</returns>
    internal int FreeMany(ReadOnlySpan<Mbuf> packets)
    {
        if (Hot.LastIndex == 0)
        {
            ThrowHelper.ScopeClosed();
        }

        int wrong = -1;
        int end = packets.Length;
        while (end > 0)
        {
            end = FreePairs(packets[..end]);
            if (end > 0)
            {
                // What is left at the end is not a packet of one cluster, or the magazine is full.
                end--;
                BeginFreeingMany();
                wrong = TryFree(packets[end]) ? wrong : end;
            }
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
    /// <returns>How many handles are left, from the start; the last of them is something else.</returns>
    private int FreePairs(ReadOnlySpan<Mbuf> packets)
    {
        ArenaMemory memory = Hot.Memory;
        uint firstSlot = Hot.FirstSlot;
        uint lastIndex = Hot.LastIndex;
        Span<uint> room = Hot.Magazines[(int)ZoneId.Packet].BeginPush(Hot.Ceiling);
        int pushed = 0;
        int i = packets.Length - 1;
        for (; i >= 0 && pushed < room.Length; i--)
        {
            Mbuf packet = packets[i];
            uint index = packet.Slot - firstSlot;
            if (index - 1 >= lastIndex)
            {
                break;
            }

            ref MbufHeader header = ref memory.Header(index);
            if (header.Generation != packet.Generation || !IsPlainPair(ref header))
            {
                break;
            }

            header.SetResetInPlace(Hot.FreshCluster + (header.Storage * Hot.ClusterStride));
            room[pushed] = index;
            pushed++;
        }

        Hot.Magazines[(int)ZoneId.Packet].EndPush(pushed);
        return i + 1;
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

    /// <summary>Packets one by one, where the loaded magazine has too few for all of them. All or nothing.</summary>
    internal bool TryTakeManySlow(Span<Mbuf> packets)
    {
        if (Hot.LastIndex == 0)
        {
            ThrowHelper.ScopeClosed();
        }

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
