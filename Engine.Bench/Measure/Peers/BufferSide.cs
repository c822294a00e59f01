namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// What a .NET program does without the engine: buffers of 2 KiB from a pool, without header, headroom, chain or count.
/// </summary>
internal sealed class BufferSide<TBuffer> : ISide
    where TBuffer : struct, IBuffer<TBuffer>
{
    private const int Repetition = 8192;
    private const int BufferLength = 2048;

    private readonly Work _work;
    private readonly TBuffer[] _buffers;
    private readonly TBuffer[] _produced = new TBuffer[Work.Burst];
    private readonly BurstRing<TBuffer> _ring = new(Work.Ring);
    private readonly byte[] _bytes = new byte[Work.FullLength];
    private Partner? _producer;

    public BufferSide(Work work)
    {
        _work = work;
        _buffers = new TBuffer[Math.Max(work.Number, Work.Burst)];
    }

    public Repetitions? Prepare() => _work.Family switch
    {
        "alloc-free" => new Repetitions(RentReturn, Repetition),
        "burst32" => new Repetitions(Burst, Repetition),
        "inflight" => new Repetitions(InFlight, _work.Number),
        "inflight-write64" => new Repetitions(InFlightWrite, _work.Number),
        "copy-1500" => new Repetitions(Copy, Repetition),
        "handoff-burst32" => HandOff(),
        _ => null,
    };

    public void Dispose()
    {
        _producer?.Dispose();
        while (_ring.TryRead(_buffers.AsSpan(0, Work.Burst)))
        {
            ReturnAll(_buffers.AsSpan(0, Work.Burst));
        }
    }

    private static void RentAll(Span<TBuffer> buffers)
    {
        foreach (ref TBuffer buffer in buffers)
        {
            buffer = TBuffer.Rent(BufferLength);
        }
    }

    private static void ReturnAll(Span<TBuffer> buffers)
    {
        foreach (ref TBuffer buffer in buffers)
        {
            buffer.Return();
        }
    }

    private void RentReturn(int count)
    {
        for (int i = 0; i < count; i++)
        {
            TBuffer.Rent(BufferLength).Return();
        }
    }

    private void Burst(int count)
    {
        Span<TBuffer> burst = _buffers.AsSpan(0, Work.Burst);
        for (int i = 0; i < count; i += Work.Burst)
        {
            RentAll(burst);
            ReturnAll(burst);
        }
    }

    private void InFlight(int count)
    {
        RentAll(_buffers.AsSpan(0, count));
        ReturnAll(_buffers.AsSpan(0, count));
    }

    private void InFlightWrite(int count)
    {
        ReadOnlySpan<byte> payload = _bytes;
        for (int i = 0; i < count; i++)
        {
            _buffers[i] = TBuffer.Rent(BufferLength);
            payload[..Work.PayloadLength].CopyTo(_buffers[i].Bytes);
        }

        ReturnAll(_buffers.AsSpan(0, count));
    }

    private void Copy(int count)
    {
        for (int i = 0; i < count; i++)
        {
            TBuffer copy = TBuffer.Rent(_bytes.Length);
            _bytes.CopyTo(copy.Bytes);
            copy.Return();
        }
    }

    private Repetitions HandOff()
    {
        _producer = new Partner(Produce);
        _producer.Start();
        return new Repetitions(Consume, Repetition, _producer);
    }

    private void Produce()
    {
        Span<TBuffer> burst = _produced;
        for (int i = 0; i < Repetition; i += Work.Burst)
        {
            RentAll(burst);
            while (!_ring.TryWrite(burst))
            {
                if (_producer!.IsEnding)
                {
                    ReturnAll(burst);
                    return;
                }

                Partner.Pause();
            }
        }
    }

    private void Consume(int count)
    {
        Span<TBuffer> burst = _buffers.AsSpan(0, Work.Burst);
        for (int i = 0; i < count; i += Work.Burst)
        {
            while (!_ring.TryRead(burst))
            {
                Partner.Pause();
            }

            ReturnAll(burst);
        }
    }
}
