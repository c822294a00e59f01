namespace Engine.Mbufs.Bench.Measure;

/// <content>One packet at a time, or a burst.</content>
internal sealed partial class EngineSide
{
    private void AllocateFree(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.Free();
        }
    }

    private void Burst(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < count; i += Work.Burst)
        {
            Span<Mbuf> burst = _packets.AsSpan(i / Work.Burst % Work.Places * Work.PlaceStep, Work.Burst);
            Allocate(mbufs, burst);
            mbufs.Free(burst);
        }
    }

    private void PrependTrim(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        packet.TryAppend(_payload);
        for (int i = 0; i < count; i++)
        {
            packet.TryPrepend(Work.HeaderLength, out _);
            packet.TrimStart(Work.HeaderLength);
        }
    }

    /// <summary>The headroom is used up first; the mbuf that then comes in front is freed by the trim.</summary>
    private void PrependNoRoom(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        packet.TryAppend(_payload);
        packet.TryPrepend(packet.Headroom, out _);
        for (int i = 0; i < count; i++)
        {
            packet.TryPrepend(Work.HeaderLength, out _);
            packet.TrimStart(Work.HeaderLength);
        }
    }

    private void ShareFree(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, 1, Work.FullLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            share.Free();
        }
    }

    private bool CheckShare()
    {
        using MbufScope mbufs = _arena.Enter();
        MbufChain packet = Build(mbufs, 1, Work.FullLength);
        using MbufChain share = packet.Share();
        packet.Free();
        return share.SequenceEqual(Built(1, Work.FullLength));
    }

    private void Copy(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, 1, Work.FullLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain copy = packet.Duplicate();
            copy.Free();
        }
    }

    private bool CheckCopy()
    {
        using MbufScope mbufs = _arena.Enter();
        MbufChain packet = Build(mbufs, 1, Work.FullLength);
        using MbufChain copy = packet.Duplicate();
        packet.Free();
        return copy.SequenceEqual(Built(1, Work.FullLength));
    }

    private static void Allocate(in MbufScope mbufs, Span<Mbuf> burst)
    {
        if (!mbufs.TryAllocatePackets(burst))
        {
            throw new BenchException("A burst was denied: the arena is smaller than what is in flight.");
        }
    }
}
