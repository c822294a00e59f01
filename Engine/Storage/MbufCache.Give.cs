using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Giving items back. What goes into a magazine is reset first, while its line is hot.</content>
public sealed partial class MbufCache
{
    /// <summary>
    /// Frees one mbuf: its reference to its storage, and itself, as a pair if it held the last reference of a 2 KiB cluster.
    /// </summary>
    internal void FreeMbuf(ref MbufHeader header, uint index) => FreeMbufInline(ref header, index);

    /// <summary>The same, for the loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FreeMbufInline(ref MbufHeader header, uint index)
    {
        if ((header.Flags & HeaderFlags.Cold) != 0)
        {
            DropCold(ref header);
        }

        if (header.Kind == StorageKind.Internal || !ReleaseReference(ref header))
        {
            FreePlain(ref header, index);
        }
        else if (header.Kind == StorageKind.Cluster)
        {
            uint generation = header.Generation + Hot.Step;
            header.SetResetPair(generation, index, Hot.FreshCluster + (header.Storage * Hot.ClusterStride));
            Give(ZoneId.Packet, index, generation);
        }
        else
        {
            StorageKind kind = header.Kind;
            uint storage = header.Storage;
            FreePlain(ref header, index);
            GiveStorage(kind, storage);
        }
    }

    /// <summary>Frees an mbuf that refers to no storage but its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FreePlain(ref MbufHeader header, uint index)
    {
        uint generation = header.Generation + Hot.Step;
        header.SetResetPlain(generation, index, _firstInternal + ((long)index * MbufSizes.InternalSize));
        Give(ZoneId.Mbuf, index, generation);
    }

    /// <summary>Gives an item that is already reset back to its zone; an mbuf, plain or paired, with its generation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Give(ZoneId zone, uint item, uint generation = 0)
    {
        Debug.Assert(zone != ZoneId.Packet || IsFreePair(item, generation), "A pair is reset and comes with its generation.");
        if (generation >= Hot.FreeLimit
            || !(zone == ZoneId.Packet
                ? Hot.Hand.TryPush(item + Hot.Opening, generation) || Hot.Magazines[(int)zone].TryPushLoaded(item, generation)
                : Hot.Magazines[(int)zone].TryPush(item, generation)))
        {
            GiveSlow(zone, item);
        }
    }

    /// <summary>The reset state of an mbuf that is freed with its cluster attached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ResetPair(ref MbufHeader header, uint index)
    {
        header.SetResetPair(header.Generation + Hot.Step, index, Hot.FreshCluster + (header.Storage * Hot.ClusterStride));
    }

    /// <summary>The reset state of an mbuf without external storage.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ResetPlain(ref MbufHeader header, uint index)
        => header.SetResetPlain(header.Generation + Hot.Step, index, _firstInternal + ((long)index * MbufSizes.InternalSize));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveSlow(ZoneId zone, uint item)
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
                Arena.ClearContents(zone, item);
            }

            Return(zone, item);
        }

        if (Volatile.Read(ref _asked))
        {
            ServeRequest();
        }
        else if (Hot.FreeLimit == 0 && IsOpen && Arena.HasFastFrees)
        {
            RestoreLimits(); // Another flushed the cache while its owner slept, or was inside a scope of another one.
        }
    }

    /// <summary>Puts an item that was freed into the magazines, or lets it rest.</summary>
    internal void Return(ZoneId zone, uint item)
    {
        if (IsTired(zone, item))
        {
            Arena.Rest(this, zone, item);
        }
        else
        {
            Put(zone, item);
        }
    }

    /// <summary>True for an mbuf, plain or paired, that is to rest: see <see cref="MbufHeader.FirstTired"/>.</summary>
    internal bool IsTired(ZoneId zone, uint item)
        => zone is ZoneId.Mbuf or ZoneId.Packet && Hot.Memory.Header(item).Generation >= MbufHeader.FirstTired;

    /// <summary>Puts an item into the magazines, past the raised limits; a full pair is exchanged with the depot.</summary>
    internal void Put(ZoneId zone, uint item)
    {
        ref MagazinePair pair = ref Hot.Magazines[(int)zone];
        uint generation = RoundOf(zone, item).Generation;
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
            GiveFull(zone, pair.LoadEmpty(Arena.EmptyMagazines.Take()));
        }

        bool pushed = pair.TryPushLoaded(item, generation);
        Debug.Assert(pushed, "A pair that was just exchanged has room.");
    }

    /// <summary>The round of an item that is free and reset.</summary>
    internal Round RoundOf(ZoneId zone, uint item)
        => new(item, zone == ZoneId.Packet ? Hot.Memory.Header(item).Generation : 0);

    /// <summary>True if a header is as that of a free pair has to be, and its generation that of a round.</summary>
    private bool IsFreePair(uint index, uint generation)
    {
        ref MbufHeader header = ref Hot.Memory.Header(index);
        return header.Generation == generation && header.Flags == HeaderFlags.FreePair && header.Kind == StorageKind.Cluster
            && header.Next == 0 && header.ChainLength == 0;
    }

    private void GiveFull(ZoneId zone, Magazine full)
    {
        Zone depot = Arena.Zones[(int)zone];
        if (zone == ZoneId.Packet && (depot.Full.Depth + 1) * Magazine.Capacity > Arena.Layout.PacketShare)
        {
            for (int round = 0; round < Magazine.Capacity; round++)
            {
                uint pair = full.Round(round).Item;
                SplitPair(pair, out uint cluster);
                Put(ZoneId.Mbuf, pair);
                Put(ZoneId.Cluster, cluster);
            }

            Arena.EmptyMagazines.Give(full);
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

    /// <summary>Takes the cluster off a free pair; the mbuf is plain and free afterwards.</summary>
    internal void SplitPair(uint index, out uint cluster)
    {
        ref MbufHeader header = ref Hot.Memory.Header(index);
        cluster = header.Storage;
        ResetPlain(ref header, index);
    }

    /// <summary>Attaches a free cluster to a free plain mbuf; the mbuf is a free pair afterwards.</summary>
    internal void MakePair(uint index, uint cluster)
    {
        ref MbufHeader header = ref Hot.Memory.Header(index);
        header.Storage = cluster;
        ResetPair(ref header, index);
    }
}
