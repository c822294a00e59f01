namespace Engine.Mbufs.Tests.Model;

/// <content>New packets without bytes, of every kind.</content>
internal sealed partial class Churn
{
    private Outcome Allocate(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        CountFailures();
        int way = Noted(_random.Next(5));
        using MbufChain chain = way switch
        {
            0 => mbufs.Allocate(),
            1 => mbufs.AllocateHeader(),
            2 => mbufs.AllocateZeroed(),
            3 => mbufs.Allocate(TimeSpan.Zero),
            _ => mbufs.AllocateZeroed(TimeSpan.Zero),
        };
        if (chain.IsNull)
        {
            return NoMbuf();
        }

        ModelPacket packet = NewPacket(hasHeader: way == 1);
        Require(chain.Tailroom == MbufSizes.InternalSize, "A plain mbuf has the room of its buffer.");
        if (way is 2 or 4)
        {
            Require(chain.TryExtend(MbufSizes.InternalSize, out Span<byte> room) && !room.ContainsAnyExcept((byte)0), "The room is zeroed.");
            packet.Append(room);
        }

        Add(packet, chain);
        return Outcome.Done;
    }

    private Outcome AllocateWithCluster(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        MbufClusterSize size = s_sizes[Noted(_random.Next(s_sizes.Length))];
        bool hasHeader = OneIn(2);
        int way = Noted(_random.Next(3));
        size = way == 0 ? MbufClusterSize.Standard : size;
        CountFailures();
        using MbufChain chain = (way, hasHeader) switch
        {
            (0, true) => mbufs.AllocatePacket(),
            (0, false) => mbufs.AllocateCluster(),
            (1, true) => mbufs.AllocatePacket(size),
            (1, false) => mbufs.AllocateCluster(size),
            (_, true) => mbufs.AllocatePacket(size, TimeSpan.Zero),
            (_, false) => mbufs.AllocateCluster(size, TimeSpan.Zero),
        };
        if (chain.IsNull)
        {
            return NoMbuf(size switch
            {
                MbufClusterSize.Standard => MbufZone.Clusters,
                MbufClusterSize.Page => MbufZone.PageClusters,
                MbufClusterSize.Jumbo9 => MbufZone.Jumbo9Clusters,
                _ => MbufZone.Jumbo16Clusters,
            });
        }

        Require(chain.Headroom == _settings.Kind.Headroom && chain.Tailroom == (int)size, "A cluster has its headroom and its size.");
        Add(NewPacket(hasHeader), chain);
        return Outcome.Done;
    }

    /// <summary>One mbuf with contiguous room, in whatever holds it.</summary>
    private Outcome AllocateContiguous(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        int length = RandomContiguous();
        bool hasHeader = OneIn(2);
        CountFailures();
        using MbufChain chain = hasHeader ? mbufs.AllocateContiguousPacket(length) : mbufs.AllocateContiguous(length);
        if (chain.IsNull)
        {
            RequireFailure();
            return Outcome.Exhausted;
        }

        Require(chain.SegmentCount == 1 && chain.Tailroom >= length, "The room is there, in one mbuf.");
        Add(NewPacket(hasHeader), chain);
        return Outcome.Done;
    }

    /// <summary>Room in as many mbufs as it takes.</summary>
    private Outcome AllocateRoom(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        int length = RandomLength();
        bool hasHeader = OneIn(2);
        CountFailures();
        using MbufChain chain = hasHeader ? mbufs.AllocateChain(length) : mbufs.AllocateChainWithoutHeader(length);
        if (chain.IsNull)
        {
            RequireFailure();
            return Outcome.Exhausted;
        }

        Require(chain.Tailroom >= length, "The room is there.");
        Add(NewPacket(hasHeader), chain);
        return Outcome.Done;
    }

    private Outcome AllocateMany(in MbufScope mbufs)
    {
        int count = Noted(_random.Next(8));
        if (_packets.Count + count > _settings.MostPackets)
        {
            return Outcome.Idle;
        }

        Span<Mbuf> handles = _handles.AsSpan(0, count);
        handles.Clear();
        CountFailures();
        if (!mbufs.TryAllocatePackets(handles))
        {
            RequireFailure();
            Require(!handles.ContainsAnyExcept(default(Mbuf)), "Nothing was allocated.");
            return Outcome.Exhausted;
        }

        foreach (Mbuf handle in handles)
        {
            Add(NewPacket(hasHeader: true), mbufs.Open(handle));
        }

        return Outcome.Done;
    }

    /// <summary>More empty room behind what there is.</summary>
    private Outcome AddRoom(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int length = RandomLength();
        if (!chain.TryAddRoom(length))
        {
            return Exhausted(packet, chain);
        }

        Require(chain.Tailroom >= length, "There is room for what was asked for, on top of what is left in the last mbuf.");
        if (length > 0 && packet.Segments == 1)
        {
            packet.Flags &= ~MbufFlags.EndOfRecord; // The mark is the last mbuf's, which the head no longer is.
        }

        return Done(packet, chain);
    }

    /// <summary>A cluster for an mbuf that has none and no data.</summary>
    private Outcome AttachCluster(in MbufScope mbufs)
    {
        if (PickEmpty() is not { } packet || _arena.Memory.Header(packet.Index).Kind != StorageKind.Internal)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufClusterSize size = OneIn(2) ? MbufClusterSize.Standard : s_sizes[Noted(_random.Next(s_sizes.Length))];
        bool isAttached = size == MbufClusterSize.Standard ? chain.TryAttachCluster() : chain.TryAttachCluster(size);
        if (!isAttached)
        {
            return Exhausted(packet, chain);
        }

        Require(chain.Headroom == _settings.Kind.Headroom, "The data starts behind the headroom.");
        return Done(packet, chain);
    }

    private Outcome AlignToEnd(in MbufScope mbufs)
    {
        if (PickEmpty() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        if (!chain.IsWritable)
        {
            Close(packet, chain);
            return Outcome.Idle;
        }

        ref MbufHeader head = ref _arena.Memory.Header(chain.Index);
        int capacity = chain.Cache.CapacityOf(ref head);
        int length = Noted(_random.Next(Math.Min(capacity, 300) + 1));
        chain.AlignToEnd(length);
        int behind = chain.Cache.RoomBehind(ref head);
        Require(behind >= length && (behind < length + 8 || head.Kind == StorageKind.External), "The room ends with the storage.");
        return Done(packet, chain);
    }

    /// <summary>A packet whose first mbuf has no data; null if none is found in a few attempts.</summary>
    private ModelPacket? PickEmpty()
    {
        for (int attempt = 0; attempt < 8; attempt++)
        {
            if (Pick() is { } packet && _arena.Memory.Header(packet.Index).SegmentLength == 0)
            {
                return packet;
            }
        }

        return null;
    }
}
