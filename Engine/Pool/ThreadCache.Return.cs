using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// What is freed goes back to its magazine, and full magazines to the depot. The slow path is where checked mode, clearing and
/// requests to flush are looked after.
/// </content>
internal sealed partial class ThreadCache
{
    /// <summary>Gives an item that is already reset back to its zone; an mbuf, plain or paired, with its generation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(ZoneId zone, uint item, uint generation = 0)
    {
        Debug.Assert(zone != ZoneId.Packet || IsFreePair(item, generation), "A pair is reset and comes with its generation.");
        if (generation >= Hot.FreeLimit
            || !(zone == ZoneId.Packet
                ? Hot.Front.TryPush(item + Hot.Opening, generation) || Hot.Magazines[(int)zone].TryPushLoaded(item, generation)
                : Hot.Magazines[(int)zone].TryPush(item, generation)))
        {
            ReturnSlow(zone, item);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReturnSlow(ZoneId zone, uint item)
    {
        if (Arena.IsChecked)
        {
            Arena.Quarantine!.Admit(this, zone, item);
            if (Arena.HasWaiters)
            {
                Arena.Signal(); // A flush would find nothing to move; whoever waits takes it out of quarantine.
            }
        }
        else
        {
            if (Arena.ClearsOnFree)
            {
                Hot.Memory.ClearContents(zone, item);
            }

            PushOrRest(zone, item);
        }

        if (Volatile.Read(ref _flushRequested))
        {
            FlushOnRequest();
        }
        else if (Hot.FreeLimit == 0 && IsOpen && Arena.HasFastFrees)
        {
            RestoreLimits(); // Another flushed the cache while its owner slept, or was inside a scope of another one.
        }
    }

    /// <summary>Puts an item that was freed into the magazines, or lets it rest.</summary>
    public void PushOrRest(ZoneId zone, uint item)
    {
        if (IsTired(zone, item))
        {
            Arena.Rest(this, zone, item);
        }
        else
        {
            Push(zone, item);
        }
    }

    /// <summary>True for an mbuf, plain or paired, that is to rest: see <see cref="MbufHeader.FirstTired"/>.</summary>
    public bool IsTired(ZoneId zone, uint item)
        => zone is ZoneId.Mbuf or ZoneId.Packet && Hot.Memory.Header(item).Generation >= MbufHeader.FirstTired;

    /// <summary>Puts an item into the magazines, past the raised limits; a full pair is exchanged with the depot.</summary>
    public void Push(ZoneId zone, uint item)
    {
        ref MagazinePair pair = ref Hot.Magazines[(int)zone];
        uint generation = Hot.Memory.GenerationOf(zone, item);
        if (pair.TryPushLoaded(item, generation))
        {
            return;
        }

        if (pair.PreviousCount < Magazine.Capacity)
        {
            pair.Swap();
        }
        else
        {
            PushFull(zone, pair.LoadEmpty(Arena.EmptyMagazines.Take()));
        }

        bool pushed = pair.TryPushLoaded(item, generation);
        Debug.Assert(pushed, "A pair that was just exchanged has room.");
    }

    /// <summary>True if a header is as that of a free pair has to be, and its generation that of a round.</summary>
    public bool IsFreePair(uint index, uint generation)
    {
        ref MbufHeader header = ref Hot.Memory.Header(index);
        return header.Generation == generation && header.Flags == HeaderFlags.FreePair && header.Kind == ZoneId.Cluster
            && header.Next == 0 && header.ChainLength == 0;
    }

    private void PushFull(ZoneId zone, Magazine full)
    {
        Zone depot = Arena.Zones[(int)zone];
        if (zone == ZoneId.Packet && (depot.Full.Depth + 1) * Magazine.Capacity > Arena.Layout.PacketShare)
        {
            for (int round = 0; round < Magazine.Capacity; round++)
            {
                uint pair = full.Round(round).Item;
                Hot.Memory.SplitPair(pair, out uint cluster);
                Push(ZoneId.Mbuf, pair);
                Push(ZoneId.Cluster, cluster);
            }

            Arena.EmptyMagazines.Return(full);
        }
        else
        {
            depot.Full.Push(full);
        }

        if (Arena.HasWaiters)
        {
            Arena.Signal(); // [guard: PushLooksForWaiters]
        }
    }
}
