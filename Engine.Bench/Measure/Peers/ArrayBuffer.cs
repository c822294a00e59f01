using System.Buffers;

namespace Engine.Mbufs.Bench.Measure;

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
