using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>A known number of mbufs at once, linked.</content>
public sealed partial class MbufCache
{
    /// <summary>Bytes behind the data position of a fresh mbuf, without a cluster or with one.</summary>
    internal int RoomOf(ZoneId zone)
        => zone == ZoneId.Mbuf ? MbufSizes.InternalSize : Storages[(int)StorageKind.Cluster].Size;

    /// <summary>Takes so many mbufs, all or none, each linked to the next and without flags; 0 for none.</summary>
    internal bool TryTakeLinked(ZoneId zone, int count, out uint first)
    {
        if (!Hot.Magazines[(int)zone].TryPopMany(Hot.Floor, count, out ReadOnlySpan<uint> items))
        {
            return TryTakeLinkedSlow(zone, count, out first);
        }

        first = 0;
        foreach (uint item in items)
        {
            ref MbufHeader header = ref Hot.Memory.Header(item);
            header.Flags = 0;
            header.Next = first;
            first = item;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeLinkedSlow(ZoneId zone, int count, out uint first)
    {
        first = 0;
        if (count > Arena.Zones[(int)zone].Limit)
        {
            CountMiss(zone); // Never to be had: do not take everything first to find that out.
            Arena.NoteLimit(zone);
            return false;
        }

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
