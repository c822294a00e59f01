using System.Buffers;
using System.Runtime.InteropServices;

using CommunityToolkit.HighPerformance.Buffers;
using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// What a .NET program does without the engine: buffers of 2 KiB from a pool, without header, headroom, chain or count.
/// </summary>
internal sealed class BufferSide<TBuffer>(Operation work) : ISide
    where TBuffer : struct, IBuffer<TBuffer>
{
    private const int Repetition = 8192;
    private const int BufferLength = 2048;

    private readonly Operation _work = work;
    private readonly TBuffer[] _buffers = new TBuffer[Math.Max(work.Number, Sizes.Burst)];
    private readonly TBuffer[] _produced = new TBuffer[Sizes.Burst];
    private readonly Ring<TBuffer> _ring = new(Sizes.Ring);
    private readonly byte[] _bytes = new byte[Sizes.FullLength];
    private Partner? _producer;

    public Repetitions? Prepare() => _work.Series switch
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
        while (_ring.Read(_buffers.AsSpan(0, Sizes.Burst)) > 0)
        {
            ReturnAll(_buffers.AsSpan(0, Sizes.Burst));
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
        Span<TBuffer> burst = _buffers.AsSpan(0, Sizes.Burst);
        for (int i = 0; i < count; i += Sizes.Burst)
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
            payload[..Sizes.PayloadLength].CopyTo(_buffers[i].Bytes);
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
        for (int i = 0; i < Repetition; i += Sizes.Burst)
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
        Span<TBuffer> burst = _buffers.AsSpan(0, Sizes.Burst);
        for (int i = 0; i < count; i += Sizes.Burst)
        {
            while (_ring.Read(burst) == 0)
            {
                Partner.Pause();
            }

            ReturnAll(burst);
        }
    }
}

/// <summary>
/// The community toolkit's owners: <see cref="SpanOwner{T}"/>, which allocates nothing, where a buffer does not outlive its
/// block; else <see cref="MemoryOwner{T}"/>, an object.
/// </summary>
internal sealed class ToolkitSide(Operation work) : ISide
{
    private const int Repetition = 8192;
    private const int BufferLength = 2048;

    private readonly Operation _work = work;
    private readonly BufferSide<OwnerBuffer> _owners = new(work);
    private readonly byte[] _bytes = new byte[Sizes.FullLength];

    public Repetitions? Prepare() => _work.Name switch
    {
        "alloc-free" => new Repetitions(RentReturn, Repetition),
        "copy-1500" => new Repetitions(Copy, Repetition),
        _ => _owners.Prepare(),
    };

    public void Dispose() => _owners.Dispose();

    private void RentReturn(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using SpanOwner<byte> buffer = SpanOwner<byte>.Allocate(BufferLength);
        }
    }

    private void Copy(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using SpanOwner<byte> copy = SpanOwner<byte>.Allocate(_bytes.Length);
            _bytes.CopyTo(copy.Span);
        }
    }
}

/// <summary>A buffer of a pool, as its users rent and return it. Structs implement it, so that the JIT sees through it.</summary>
internal interface IBuffer<TSelf>
    where TSelf : struct, IBuffer<TSelf>
{
    /// <summary>Its bytes: as many as were asked for, or more.</summary>
    Span<byte> Bytes { get; }

    static abstract TSelf Rent(int length);

    void Return();
}

/// <summary>An array of <see cref="ArrayPool{T}.Shared"/>.</summary>
internal readonly struct ArrayBuffer : IBuffer<ArrayBuffer>
{
    private readonly byte[] _array;

    private ArrayBuffer(byte[] array)
    {
        _array = array;
    }

    public Span<byte> Bytes => _array;

    public static ArrayBuffer Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length));

    public void Return() => ArrayPool<byte>.Shared.Return(_array);
}

/// <summary>Memory of <see cref="MemoryPool{T}.Shared"/>.</summary>
internal readonly struct MemoryBuffer : IBuffer<MemoryBuffer>
{
    private readonly IMemoryOwner<byte> _owner;

    private MemoryBuffer(IMemoryOwner<byte> owner)
    {
        _owner = owner;
    }

    public Span<byte> Bytes => _owner.Memory.Span;

    public static MemoryBuffer Rent(int length) => new(MemoryPool<byte>.Shared.Rent(length));

    public void Return() => _owner.Dispose();
}

/// <summary>A block of <see cref="NativeMemory"/>: the C library's malloc.</summary>
/// <remarks>Unsafe, because that is how it is used.</remarks>
internal readonly unsafe struct NativeBuffer : IBuffer<NativeBuffer>
{
    private readonly byte* _address;
    private readonly int _length;

    private NativeBuffer(byte* address, int length)
    {
        _address = address;
        _length = length;
    }

    public Span<byte> Bytes => new(_address, _length);

    public static NativeBuffer Rent(int length) => new((byte*)NativeMemory.Alloc((nuint)length), length);

    public void Return() => NativeMemory.Free(_address);
}

/// <summary>A <see cref="MemoryOwner{T}"/> of the community toolkit.</summary>
internal readonly struct OwnerBuffer : IBuffer<OwnerBuffer>
{
    private readonly MemoryOwner<byte> _owner;

    private OwnerBuffer(MemoryOwner<byte> owner)
    {
        _owner = owner;
    }

    public Span<byte> Bytes => _owner.Span;

    public static OwnerBuffer Rent(int length) => new(MemoryOwner<byte>.Allocate(length));

    public void Return() => _owner.Dispose();
}
