namespace Engine.Mbufs.Bench.Measure;

/// <summary>Native memory on huge pages, all of it touched, for measuring what memory itself can do.</summary>
internal sealed class Region : IDisposable
{
    /// <summary>Bytes from one place to the next, where packets are meant: a cluster with headroom.</summary>
    public const long Stride = 2240;

    private readonly NativeRegion _region;
    private readonly RawMemory _memory;

    public Region(long length)
    {
        _region = new NativeRegion(length, hugePages: true, prefault: true, Portability.IsForced);
        _memory = _region.Open(0, 0);
    }

    /// <summary>Bytes.</summary>
    public long Length => _region.Length;

    public Span<byte> Bytes(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)offset, (ulong)(Length - length), nameof(offset));
        return _memory.Bytes(offset, length);
    }

    public void Dispose() => _region.Free();
}
