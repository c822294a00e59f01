namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// The bytes that are written into packets in flight, written one behind the other instead, going round a region as large as the
/// clusters: the memory's own bandwidth.
/// </summary>
internal sealed class BandwidthSide : ISide
{
    private readonly Work _work;
    private readonly byte[] _payload = new byte[Work.PayloadLength];
    private readonly Region _region;
    private long _place;

    public BandwidthSide(Work work)
    {
        _work = work;
        _region = new Region(work.Number * Region.Stride);
    }

    public Repetitions? Prepare() => _work.Family == "inflight-write64" ? new Repetitions(Write, _work.Number) : null;

    public void Dispose() => _region.Dispose();

    private void Write(int count)
    {
        ReadOnlySpan<byte> payload = _payload;
        int length = count * Work.PayloadLength;
        if (_place + length > _region.Length)
        {
            _place = 0;
        }

        Span<byte> bytes = _region.Bytes(_place, length);
        _place += length;
        for (int i = 0; i < bytes.Length; i += Work.PayloadLength)
        {
            payload[..Work.PayloadLength].CopyTo(bytes[i..]);
        }
    }
}
