using System.Buffers;

namespace Engine.Mbufs.Bench.Measure;

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
