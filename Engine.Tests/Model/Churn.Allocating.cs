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
        int way = Noted(_random.Next(6));
        using MbufChain chain = way switch
        {
            0 => mbufs.AllocateMbuf(),
            1 => mbufs.Waiting(TimeSpan.Zero).AllocateMbuf(),
            2 => mbufs.AllocatePacketWithoutCluster(),
            3 => mbufs.Waiting(TimeSpan.Zero).AllocatePacketWithoutCluster(),
            4 => mbufs.AllocateZeroedMbuf(),
            _ => mbufs.Waiting(TimeSpan.Zero).AllocateZeroedMbuf(),
        };
        if (chain.IsNull)
        {
            return NoMbuf();
        }

        ModelPacket packet = NewPacket(hasHeader: way is 2 or 3);
        Require(chain.Tailroom == MbufSizes.InternalSize, "A plain mbuf has the room of its buffer.");
        if (way is 4 or 5)
        {
            Require(chain.TryAppend(MbufSizes.InternalSize, out Span<byte> room) && !room.ContainsAnyExcept((byte)0), "The room is zeroed.");
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
        int way = Noted(_random.Next(4));
        size = way < 2 ? MbufClusterSize.Standard : size;
        CountFailures();
        using MbufChain chain = (way, hasHeader) switch
        {
            (0, true) => mbufs.AllocatePacket(),
            (0, false) => mbufs.AllocateMbufWithCluster(),
            (1, true) => mbufs.Waiting(TimeSpan.Zero).AllocatePacket(),
            (1, false) => mbufs.Waiting(TimeSpan.Zero).AllocateMbufWithCluster(),
            (2, true) => mbufs.AllocatePacket(size),
            (2, false) => mbufs.AllocateMbufWithCluster(size),
            (_, true) => mbufs.Waiting(TimeSpan.Zero).AllocatePacket(size),
            (_, false) => mbufs.Waiting(TimeSpan.Zero).AllocateMbufWithCluster(size),
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
    private Outcome AllocateContiguousMbuf(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        int length = RandomContiguous();
        bool hasHeader = OneIn(2);
        CountFailures();
        using MbufChain chain = (hasHeader, OneIn(2)) switch
        {
            (true, true) => mbufs.AllocateContiguousPacket(length),
            (true, false) => mbufs.Waiting(TimeSpan.Zero).AllocateContiguousPacket(length),
            (false, true) => mbufs.AllocateContiguousMbuf(length),
            (false, false) => mbufs.Waiting(TimeSpan.Zero).AllocateContiguousMbuf(length),
        };
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
        using MbufChain chain = (hasHeader, OneIn(2)) switch
        {
            (true, true) => mbufs.AllocatePacket(length),
            (true, false) => mbufs.Waiting(TimeSpan.Zero).AllocatePacket(length),
            (false, true) => mbufs.AllocateChain(length),
            (false, false) => mbufs.Waiting(TimeSpan.Zero).AllocateChain(length),
        };
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
}
