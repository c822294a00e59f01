namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// The bytes of a work copied, and nothing else: the least that the work can take. Sources and targets are as hot as the work has
/// them; in flight, they lie as far apart as clusters, in a shuffled order.
/// </summary>
internal sealed class CopySide : ISide
{
    private const int Repetition = 8192;

    private readonly Work _work;
    private readonly byte[] _source = new byte[Work.FullLength];
    private readonly byte[] _target = new byte[Work.FullLength];
    private readonly long[] _places;
    private readonly Region? _region;

    public CopySide(Work work)
    {
        _work = work;
        _places = new long[work.Number];
        if (work.Family == "inflight-write64")
        {
            _region = new Region(work.Number * Region.Stride);
            for (int i = 0; i < _places.Length; i++)
            {
                _places[i] = i * Region.Stride;
            }

            Shuffle.Apply(_places.AsSpan());
        }
    }

    public Repetitions? Prepare() => _work.Family switch
    {
        "inflight-write64" => new Repetitions(Write, _work.Number),
        "copy-1500" => new Repetitions(Copy, Repetition),
        "copy-out-1500x4" => new Repetitions(count => CopySegments(count, 0), Repetition),
        "chain4-linearize" => new Repetitions(count => CopySegments(count, 1), Repetition),
        _ => null,
    };

    public void Dispose() => _region?.Dispose();

    private void Copy(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _source.CopyTo(_target, 0);
        }
    }

    /// <summary>All segments, or all but the first, which stays where it is.</summary>
    private void CopySegments(int count, int first)
    {
        for (int i = 0; i < count; i++)
        {
            for (int k = first; k < Work.Segments; k++)
            {
                int place = k * Work.SegmentLength;
                _source.AsSpan(place, Work.SegmentLength).CopyTo(_target.AsSpan(place));
            }
        }
    }

    private void Write(int count)
    {
        ReadOnlySpan<byte> payload = _source;
        foreach (long place in _places.AsSpan(0, count))
        {
            payload[..Work.PayloadLength].CopyTo(_region!.Bytes(place, Work.PayloadLength));
        }
    }
}
