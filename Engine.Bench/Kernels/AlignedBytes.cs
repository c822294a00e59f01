using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Kernels;

/// <summary>
/// Bytes that stay where they are and start a cache line: copies and sums take other paths for other alignments, which would
/// change a count of instructions from run to run.
/// </summary>
internal sealed class AlignedBytes
{
    private const int Alignment = 64;

    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _length;

    public AlignedBytes(int length)
    {
        _bytes = GC.AllocateArray<byte>(length + Alignment, pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) & (Alignment - 1));
        _length = length;
    }

    public AlignedBytes(ReadOnlySpan<byte> content)
        : this(content.Length)
    {
        content.CopyTo(Span);
    }

    public Span<byte> Span => _bytes.AsSpan(_start, _length);

    /// <summary>Where the first byte is; it does not move.</summary>
    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, _start);
}
