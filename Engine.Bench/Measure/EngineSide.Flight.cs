namespace Engine.Mbufs.Bench.Measure;

/// <content>Many packets in flight.</content>
internal sealed partial class EngineSide
{
    private void InFlight(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < count; i += Work.Burst)
        {
            Allocate(mbufs, _packets.AsSpan(i, Work.Burst));
        }

        for (int i = 0; i < count; i += Work.Burst)
        {
            mbufs.Free(_packets.AsSpan(i, Work.Burst));
        }
    }

    private void InFlightWrite(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        ReadOnlySpan<byte> payload = _payload;
        for (int i = 0; i < count; i += Work.Burst)
        {
            Span<Mbuf> burst = _packets.AsSpan(i, Work.Burst);
            Allocate(mbufs, burst);
            mbufs.Prefetch(burst);
            foreach (ref Mbuf handle in burst)
            {
                MbufChain packet = mbufs.Open(handle);
                packet.TryAppend(Work.PayloadLength, out Span<byte> room);

                // A length that the JIT knows, as the C compiler does: plain vector moves.
                payload[..Work.PayloadLength].CopyTo(room);
                handle = packet.Detach();
            }
        }

        for (int i = 0; i < count; i += Work.Burst)
        {
            mbufs.Free(_packets.AsSpan(i, Work.Burst));
        }
    }

    /// <summary>
    /// Frees every packet in a random order, once. A fresh arena hands its packets out in the order of their addresses, which the
    /// processor prefetches; one that has seen traffic does not. The other side shuffles in the same way.
    /// </summary>
    private Repetitions Shuffled(Repetitions repetitions)
    {
        using MbufScope mbufs = _arena.Enter();
        Allocate(mbufs, _packets);
        Shuffle.Apply(_packets.AsSpan());
        mbufs.Free(_packets);
        return repetitions;
    }
}
