using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// The bytes of a work copied, and nothing else: the least that the work can take. Sources and targets are as hot as the work has
/// them; in flight, they lie as far apart as clusters, in a shuffled order.
/// </summary>
internal sealed class CopySide : ISide
{
    private const int Repetition = 8192;

    private readonly Operation _work;
    private readonly byte[] _source = new byte[Sizes.FullLength];
    private readonly byte[] _target = new byte[Sizes.FullLength];
    private readonly long[] _places;
    private readonly Region? _region;

    public CopySide(Operation work)
    {
        _work = work;
        _places = new long[work.Number];
        if (work.Series == "inflight-write64")
        {
            _region = new Region(work.Number * Region.Stride);
            for (int i = 0; i < _places.Length; i++)
            {
                _places[i] = i * Region.Stride;
            }

            Shuffle.Apply(_places.AsSpan());
        }
    }

    public Repetitions? Prepare() => _work.Series switch
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
            for (int k = first; k < Sizes.Segments; k++)
            {
                int place = k * Sizes.SegmentLength;
                _source.AsSpan(place, Sizes.SegmentLength).CopyTo(_target.AsSpan(place));
            }
        }
    }

    private void Write(int count)
    {
        ReadOnlySpan<byte> payload = _source;
        foreach (long place in _places.AsSpan(0, count))
        {
            payload[..Sizes.PayloadLength].CopyTo(_region!.Bytes(place, Sizes.PayloadLength));
        }
    }
}

/// <summary>
/// The bytes that are written into packets in flight, written one behind the other instead, going round a region as large as the
/// clusters: the memory's own bandwidth.
/// </summary>
internal sealed class BandwidthSide(Operation work) : ISide
{
    private readonly Operation _work = work;
    private readonly byte[] _payload = new byte[Sizes.PayloadLength];
    private readonly Region _region = new(work.Number * Region.Stride);
    private long _place;

    public Repetitions? Prepare() => _work.Series == "inflight-write64" ? new Repetitions(Write, _work.Number) : null;

    public void Dispose() => _region.Dispose();

    private void Write(int count)
    {
        ReadOnlySpan<byte> payload = _payload;
        int length = count * Sizes.PayloadLength;
        if (_place + length > _region.Length)
        {
            _place = 0;
        }

        Span<byte> bytes = _region.Bytes(_place, length);
        _place += length;
        for (int i = 0; i < bytes.Length; i += Sizes.PayloadLength)
        {
            payload[..Sizes.PayloadLength].CopyTo(bytes[i..]);
        }
    }
}

/// <summary>
/// The least that reading bytes can cost: vectors of 32 bytes are loaded and added, four at a time, and nothing else. What a
/// checksum is measured against where memory, and not arithmetic, is to be the limit.
/// </summary>
internal sealed class VectorSide : ISide
{
    private const int Length = 65_536;
    private const int Repetition = 64;
    private const int Step = 128;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(Length, pinned: true);

    private readonly Operation _work;

    public VectorSide(Operation work)
    {
        _work = work;
        new Random(Length).NextBytes(_bytes);
    }

    public Repetitions? Prepare() => _work.Name == "checksum-65536" ? new Repetitions(Add, Repetition) : null;

    public void Dispose()
    {
    }

    private void Add(int count)
    {
        Vector256<uint> sum = default;
        for (int i = 0; i < count; i++)
        {
            sum += Sum(_bytes.AsSpan(0, Length));
        }

        if (sum == Vector256<uint>.AllBitsSet)
        {
            throw new BenchException("Random bytes do not add up to ones everywhere.");
        }
    }

    private static Vector256<uint> Sum(ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        Vector256<uint> first = default;
        Vector256<uint> second = default;
        Vector256<uint> third = default;
        Vector256<uint> fourth = default;
        for (nuint place = 0; place < (nuint)bytes.Length; place += Step)
        {
            first += Vector256.LoadUnsafe(ref start, place).AsUInt32();
            second += Vector256.LoadUnsafe(ref start, place + 32).AsUInt32();
            third += Vector256.LoadUnsafe(ref start, place + 64).AsUInt32();
            fourth += Vector256.LoadUnsafe(ref start, place + 96).AsUInt32();
        }

        return first + second + third + fourth;
    }
}

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
