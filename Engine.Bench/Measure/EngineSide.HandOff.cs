namespace Engine.Mbufs.Bench.Measure;

/// <content>Packets allocated on one core and freed on another.</content>
internal sealed partial class EngineSide
{
    private readonly BurstRing<Mbuf> _ring = new(Work.Ring);
    private readonly Mbuf[] _produced = new Mbuf[Work.Burst];
    private Partner? _producer;

    /// <summary>The other thread allocates without end; this one takes bursts out of the ring and frees them.</summary>
    private Repetitions HandOff()
    {
        _producer = new Partner(Produce);
        _producer.Start();
        return new Repetitions(Consume, Repetition, _producer);
    }

    private void Produce()
    {
        using MbufScope mbufs = _arena.Enter();
        Span<Mbuf> burst = _produced;
        for (int i = 0; i < Repetition; i += Work.Burst)
        {
            Allocate(mbufs, burst);
            while (!_ring.TryWrite(burst))
            {
                if (_producer!.IsEnding)
                {
                    mbufs.Free(burst);
                    return;
                }

                Partner.Pause();
            }
        }
    }

    private void Consume(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        Span<Mbuf> burst = _packets.AsSpan(0, Work.Burst);
        for (int i = 0; i < count; i += Work.Burst)
        {
            while (!_ring.TryRead(burst))
            {
                Partner.Pause();
            }

            mbufs.Free(burst);
        }
    }

    private void EndHandOff()
    {
        _producer?.Dispose();
        _producer = null;
        using MbufScope mbufs = _arena.Enter();
        while (_ring.TryRead(_packets.AsSpan(0, Work.Burst)))
        {
            mbufs.Free(_packets.AsSpan(0, Work.Burst));
        }
    }
}
