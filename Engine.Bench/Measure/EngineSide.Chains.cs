namespace Engine.Mbufs.Bench.Measure;

/// <content>Packets of several segments.</content>
internal sealed partial class EngineSide
{
    private void Chain(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        ReadOnlySpan<byte> payload = _payload;
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Write(packet, payload);
            for (int k = 1; k < Work.Segments; k++)
            {
                MbufChain segment = mbufs.AllocatePacket();
                Write(segment, payload);
                packet.Append(segment);
            }

            packet.Free();
        }
    }

    private static void Write(MbufChain segment, ReadOnlySpan<byte> payload)
    {
        segment.TryAppend(Work.PayloadLength, out Span<byte> room);
        payload[..Work.PayloadLength].CopyTo(room);
    }

    private void ChainLinearize(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.TryAppend(Work.SegmentLength, out _);
            for (int k = 1; k < Work.Segments; k++)
            {
                MbufChain segment = mbufs.AllocatePacket();
                segment.TryAppend(Work.SegmentLength, out _);
                packet.Append(segment);
            }

            // The room behind the first segment is enough, so three of the four are copied, as the peer does.
            packet.TryPullUp(Work.FullLength, out _);
            packet.Free();
        }
    }

    private bool CheckLinearize()
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, Work.Segments, Work.SegmentLength);
        return packet.TryPullUp(Work.FullLength, out ReadOnlySpan<byte> view)
            && packet.SegmentCount == 1
            && view.SequenceEqual(Built(Work.Segments, Work.SegmentLength));
    }

    private void CopyOut(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, Work.Segments, Work.SegmentLength);
        Span<byte> bytes = stackalloc byte[Work.FullLength];
        for (int i = 0; i < count; i++)
        {
            packet.TryCopyTo(0, bytes);
        }
    }

    private bool CheckCopyOut()
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, Work.Segments, Work.SegmentLength);
        Span<byte> bytes = stackalloc byte[Work.FullLength];
        return packet.TryCopyTo(0, bytes) && bytes.SequenceEqual(Built(Work.Segments, Work.SegmentLength));
    }

    private void SplitConcatenate(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, 2, Work.HalfLength);
        for (int i = 0; i < count; i++)
        {
            packet.TrySplit(Work.HalfLength, out MbufChain rest);
            packet.Append(rest);
        }
    }

    private bool CheckSplit()
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, 2, Work.HalfLength);
        if (!packet.TrySplit(Work.HalfLength, out MbufChain rest) || packet.Length != rest.Length)
        {
            return false;
        }

        packet.Append(rest);
        return packet.SequenceEqual(Built(2, Work.HalfLength));
    }

    private void Parse(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, 2, Work.ParsedFirst);
        Span<byte> headers = stackalloc byte[Work.ParsedLength];
        for (int i = 0; i < count; i++)
        {
            packet.TryCopyTo(0, headers);
        }
    }

    private bool CheckParse()
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, 2, Work.ParsedFirst);
        Span<byte> headers = stackalloc byte[Work.ParsedLength];
        return packet.TryCopyTo(0, headers) && Built(2, Work.ParsedFirst).AsSpan().StartsWith(headers);
    }

    private void PullUp(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.TryAppend(Work.ParsedFirst, out _);
            MbufChain segment = mbufs.AllocateMbufWithCluster();
            segment.TryAppend(Work.PayloadLength, out _);
            packet.Append(segment);
            packet.TryPullUp(Work.ParsedLength, out _);
            packet.Free();
        }
    }

    private bool CheckPullUp()
    {
        using MbufScope mbufs = _arena.Enter();
        using MbufChain packet = Build(mbufs, 2, Work.ParsedFirst);
        return packet.TryPullUp(Work.ParsedLength, out ReadOnlySpan<byte> view)
            && Built(2, Work.ParsedFirst).AsSpan().StartsWith(view)
            && packet.SequenceEqual(Built(2, Work.ParsedFirst));
    }
}
