using CommunityToolkit.HighPerformance.Buffers;

namespace Engine.Mbufs.Bench.Measure;

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
