using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Many packets at once, all or none.</content>
public sealed partial class MbufCache
{
    /// <summary>Packets where the loaded magazine has too few for all of them. All or nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool TryTakeManySlow(Span<Mbuf> packets)
    {
        if (!IsOpen)
        {
            ThrowHelper.ScopeClosed();
        }

        if (!IsAmple(packets.Length))
        {
            DenyForEver(ZoneId.Packet);
            TellOfNothing();
            return false;
        }

        return (Hot.PopLimit != 0 && TryTakeAcross(packets)) || TryTakeOneByOne(packets);
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
        if (exchanges && (packets.Length - held > Magazine.Capacity || Arena.IsShort(ZoneId.Packet) || !Arena.Zones[(int)ZoneId.Packet].Full.TryPop(out full)))
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
        bool popped = pair.TryPopMany(CacheHot.AnyItem, count, out ReadOnlySpan<Round> rounds);
        Debug.Assert(popped, "No more is asked for than the magazine has.");
        Magazine.HandOut(rounds, packets, Hot.FirstSlot);
        return count;
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
}
