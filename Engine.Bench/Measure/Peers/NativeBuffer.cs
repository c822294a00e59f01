using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Measure;

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
