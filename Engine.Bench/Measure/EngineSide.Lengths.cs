namespace Engine.Mbufs.Bench.Measure;

/// <content>Long packets: what must not depend on the number of their segments.</content>
internal sealed partial class EngineSide
{
    private int _observed;

    private void AppendTail(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        MbufChain packet = mbufs.Open(_held);
        ReadOnlySpan<byte> payload = _payload;
        for (int i = 0; i < count; i++)
        {
            Write(packet, payload);
            packet.TrimEnd(Work.PayloadLength);
        }

        _held = packet.Detach();
    }

    /// <summary>As in a stream: a segment comes behind the last one, and the first one goes.</summary>
    private void AppendKeepingPacketLength(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        MbufChain packet = mbufs.Open(_held);
        for (int i = 0; i < count; i++)
        {
            MbufChain segment = mbufs.AllocatePacket();
            segment.TryAppend(Work.PayloadLength, out _);
            packet.Append(segment);
            packet.TrimStart(Work.PayloadLength);
        }

        _held = packet.Detach();
    }

    private void Length(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        MbufChain packet = mbufs.Open(_held);
        for (int i = 0; i < count; i++)
        {
            // Written where somebody might look, so that no turn of the loop is dropped or shared with the next.
            Volatile.Write(ref _observed, packet.Length + packet.SegmentCount);
        }

        _held = packet.Detach();
    }

    /// <summary>Holds a packet of the work's number of segments.</summary>
    private Repetitions Long(Repetitions repetitions)
    {
        using MbufScope mbufs = _arena.Enter();
        MbufChain packet = mbufs.AllocatePacket();
        Fill(packet, 0, Work.PayloadLength);
        for (int i = 1; i < _work.Number; i++)
        {
            MbufChain segment = mbufs.AllocatePacket();
            Fill(segment, i, Work.PayloadLength);
            packet.Append(segment);
        }

        _held = packet.Detach();
        return repetitions;
    }
}
