using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Mbufs;

/// <summary>
/// The way from indices and offsets to memory: the header array, the data at an offset, the reference counts.
/// </summary>
/// <remarks>
/// Unsafe because nothing here checks a bound in release builds. Sound because an index only ever comes from the engine: a
/// chain's was compared with the capacity when its handle was opened and is compared again with
/// <see cref="CacheHot.LastIndex"/> at each operation, and links, storage indices and data offsets are written by the engine
/// alone, never by the user. Header 0 exists, is never handed out and stands for null.
/// </remarks>
internal readonly unsafe struct RawMemory(byte* address, long countsOffset, long coldOffset)
{
    /// <summary>
    /// Distance of two reference counts: a cache line, so that threads sharing different storage do not disturb each other.
    /// </summary>
    public const int CountStride = 64;

    private readonly byte* _address = address;
    private readonly long _countsOffset = countsOffset;
    private readonly long _coldOffset = coldOffset;

    /// <summary>The header array is at the start of the reservation, which makes its address a shift and an add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref MbufHeader Header(uint index)
        => ref Unsafe.AsRef<MbufHeader>(_address + ((nuint)index * MbufSizes.HeaderSize));

    /// <summary>
    /// The cold line of a header, which lies as far behind it as the array of cold lines behind that of the headers; its
    /// contents are valid only while the header says so.
    /// </summary>
    public ref ColdHeader ColdOf(ref MbufHeader header)
        => ref Unsafe.As<byte, ColdHeader>(ref Unsafe.Add(ref Unsafe.As<MbufHeader, byte>(ref header), (nint)_coldOffset));

    /// <summary>The word by which a free mbuf can be linked to another: that of the next packet.</summary>
    public ref uint LinkOf(uint index) => ref Header(index).NextPacket;

    /// <summary>The bytes at an offset from the base; the caller has checked that the mbuf's storage holds them all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Bytes(long offset, int length)
    {
        Debug.Assert(length >= 0, "The length of a view is never negative.");
        return new Span<byte>(_address + offset, length);
    }

    /// <summary>Zeroes bytes at an offset from the base, which may be more than a span can have; the arena has them.</summary>
    public void Clear(long offset, long length) => NativeMemory.Clear(_address + offset, (nuint)length);

    /// <summary>
    /// Begins to load the line of a header, so that who looks at it later does not wait; nothing on processors that have no such
    /// hint. Sound for every index that the header array has: a hint reads nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchHeader(uint index)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_address + ((nuint)index * MbufSizes.HeaderSize));
        }
    }

    /// <summary>The same of the line at an offset from the base; any offset is sound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchBytes(long offset)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_address + offset);
        }
    }

    /// <summary>Bytes of a value.</summary>
    public static int SizeOf<T>()
        where T : unmanaged
        => sizeof(T);

    /// <summary>The value whose bytes lie in the other order. The size is a constant to the JIT, and all but one branch is gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Reversed<T>(T value)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(uint))
        {
            return Unsafe.BitCast<uint, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, uint>(value)));
        }

        if (sizeof(T) == sizeof(ushort))
        {
            return Unsafe.BitCast<ushort, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, ushort>(value)));
        }

        if (sizeof(T) == sizeof(ulong))
        {
            return Unsafe.BitCast<ulong, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, ulong>(value)));
        }

        return sizeof(T) == sizeof(byte) ? value : ReversedBytes(value);
    }

    private static T ReversedBytes<T>(T value)
        where T : unmanaged
    {
        BytesOf(ref value).Reverse();
        return value;
    }

    /// <summary>The bytes of a value, as they lie in memory.</summary>
    public static Span<byte> BytesOf<T>(ref T value)
        where T : unmanaged
        => MemoryMarshal.AsBytes(new Span<T>(ref value));

    /// <summary>
    /// The bytes at an offset from the base, seen as a value, aligned or not; the caller has checked that the mbuf has them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T ValueAt<T>(long offset)
        where T : unmanaged
        => ref Unsafe.AsRef<T>(_address + offset);

    /// <summary>A copy of the bytes at an offset from the base; the caller has checked that the mbuf has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>(long offset)
        where T : unmanaged
        => Unsafe.ReadUnaligned<T>(_address + offset);

    /// <summary>
    /// Writes a value's bytes at an offset from the base; the caller has checked that the mbuf has them and may be written.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(long offset, T value)
        where T : unmanaged
        => Unsafe.WriteUnaligned(_address + offset, value);

    /// <summary>The address of the data at an offset, for system calls that take vectors of addresses.</summary>
    public nint Pointer(long offset) => (nint)(_address + offset);

    /// <summary>
    /// The number of headers that refer to a cluster, true while any of them has <see cref="HeaderFlags.Shared"/>.
    /// </summary>
    /// <param name="ordinal">The cluster's number among all clusters of all sizes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int Count(long ordinal) => ref Unsafe.AsRef<int>(_address + _countsOffset + (ordinal * CountStride));

    /// <summary>The record of external storage, which is where a cluster has its count.</summary>
    /// <param name="ordinal">The storage's number among all that is counted.</param>
    public ref ExternalRecord External(long ordinal)
        => ref Unsafe.AsRef<ExternalRecord>(_address + _countsOffset + (ordinal * CountStride));

    /// <summary>Where storage that lies outside the reservation starts, as offset from the base.</summary>
    public long OffsetOf(in MbufExternalStorage storage) => (byte*)storage.Address - _address;
}
