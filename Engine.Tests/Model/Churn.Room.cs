namespace Engine.Mbufs.Tests.Model;

/// <content>Room that is taken in advance, and where it is.</content>
internal sealed partial class Churn
{
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
        return Done(packet, chain);
    }

    /// <summary>A cluster for an mbuf that has none and no data.</summary>
    private Outcome AttachCluster(in MbufScope mbufs)
    {
        if (PickEmpty() is not { } packet || !_arena.Memory.Header(packet.Index).IsInternal)
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
        int capacity = chain.Cache.Hot.Memory.CapacityOf(ref head);
        int length = Noted(_random.Next(Math.Min(capacity, 300) + 1));
        chain.AlignToEnd(length);
        int behind = chain.Cache.Hot.Memory.RoomBehind(ref head);
        Require(behind >= length && (behind < length + 8 || head.Kind == ZoneId.External), "The room ends with the storage.");
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
