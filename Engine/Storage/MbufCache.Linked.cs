using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>A known number of mbufs at once, linked.</content>
public sealed partial class MbufCache
{
    /// <summary>Bytes behind the data position of a fresh mbuf, without a cluster or with one.</summary>
    internal int RoomOf(ZoneId zone)
        => zone == ZoneId.Mbuf ? MbufSizes.InternalSize : Storages[(int)StorageKind.Cluster].Size;

    /// <summary>
    /// Takes so many mbufs of a zone and so many plain ones, all or none, each linked to the next of its kind and without flags;
    /// 0 for none. None at once, if there can never be so many while the caller holds a number of mbufs.
    /// </summary>
    internal bool TryTakeLinked(ZoneId zone, int count, int plainCount, int held, out uint first, out uint firstPlain)
    {
        if (zone != ZoneId.Mbuf
            || !Hot.Magazines[(int)ZoneId.Mbuf].TryPopMany(Hot.PopLimit, count + plainCount, out ReadOnlySpan<Round> rounds))
        {
            (first, firstPlain) = (0, 0);
            bool ever = IsAmple((long)count + plainCount + held) || CanEverTake(zone, count, plainCount, held);
            return ever && TryTakeLinkedSlow(zone, count, plainCount, out first, out firstPlain);
        }

        ArenaMemory memory = Hot.Memory;
        first = Link(memory, rounds[..count]);
        firstPlain = Link(memory, rounds[count..]);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Link(ArenaMemory memory, ReadOnlySpan<Round> rounds)
    {
        uint first = 0;
        foreach (Round round in rounds)
        {
            ref MbufHeader header = ref memory.Header(round.Item);
            header.Flags = 0;
            header.Next = first;
            first = round.Item;
        }

        return first;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeLinkedSlow(ZoneId zone, int count, int plainCount, out uint first, out uint firstPlain)
    {
        firstPlain = 0;
        if (!TryTakeLinkedSlow(zone, count, out first))
        {
            return false;
        }

        if (TryTakeLinkedSlow(ZoneId.Mbuf, plainCount, out firstPlain))
        {
            return true;
        }

        FreeChainSlow(first);
        first = 0;
        return false;
    }

    private bool TryTakeLinkedSlow(ZoneId zone, int count, out uint first)
    {
        first = 0;
        for (; count > 0; count--)
        {
            if (!TryTake(zone, out uint index))
            {
                FreeChainSlow(first);
                first = 0;
                return false;
            }

            ref MbufHeader header = ref Hot.Memory.Header(index);
            header.Flags = 0;
            header.Next = first;
            first = index;
        }

        return true;
    }
}
