using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Adds up bytes as 16-bit words in the processor's own byte order: what the Internet checksum is made of. As many at a time as
/// the processor's vectors hold; each form gives a sum that folds to the same 16 bits.
/// </summary>
/// <remarks>
/// Unsafe because vectors are loaded from references without bounds checks. Sound because every load is of a whole vector that
/// ends at or before a place that was compared with the span's end, and starts at or behind its start.
/// </remarks>
internal static partial class ChecksumKernel
{
    /// <summary>
    /// Bytes that are summed before the lanes of 32 bits are emptied: each vector of words adds less than 2^17 to a lane, and
    /// the lanes of all accumulators together are to fit 32 bits, too.
    /// </summary>
    private const int Block = 64 * 1024;

    private const int Widest = 64;

    private const int Wide = 32;

    private const int Narrow = 16;

    /// <summary>
    /// From place n on, as a vector of the widest kind: n bytes of ones at its end, zeros before. From 32 + n on for the next.
    /// </summary>
    private static ReadOnlySpan<byte> Masks =>
    [
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];

    /// <summary>The sum of the words; an odd last byte is a word with a zero byte behind it. Not folded, below 2^62.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        if (Portability.IsForced)
        {
            return SumScalar(bytes);
        }

        if (Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && bytes.Length >= Widest)
        {
            return SumVector512(bytes);
        }

        if (Avx2.IsSupported && bytes.Length >= Wide)
        {
            return SumVector256(bytes);
        }

        return SumShort(bytes);
    }

    private static ulong SumShort(ReadOnlySpan<byte> bytes)
        => Vector128.IsHardwareAccelerated && bytes.Length >= Narrow ? SumVector128(bytes) : SumScalar(bytes);

    /// <summary>32 bytes at a time, of which there are at least so many.</summary>
    internal static ulong SumVector256(ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        nuint even = (nuint)bytes.Length & ~(nuint)1;
        nuint whole = even & ~(nuint)(Wide - 1);
        ulong sum = (bytes.Length & 1) == 0 ? 0 : LastByte(bytes[^1]);
        for (nuint place = 0; place < whole; place += Block)
        {
            nuint end = Math.Min(whole, place + Block);
            sum += SumBlock(ref start, place, end, end == whole ? even : end);
        }

        return sum;
    }

    /// <summary>
    /// One block of whole vectors, and the words behind the last one, for which the last vector of the span is loaded once
    /// more, shifted, and what was summed already masked out. The multiplier takes signed words: their top bit is exchanged,
    /// one instruction multiplies by one and adds neighbours into lanes of 32 bits, and 0x8000 is given back for each word at
    /// the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SumBlock(ref byte start, nuint place, nuint end, nuint even)
    {
        Vector256<short> bias = Vector256.Create(short.MinValue);
        Vector256<int> first = Vector256<int>.Zero;
        Vector256<int> second = Vector256<int>.Zero;
        Vector256<int> third = Vector256<int>.Zero;
        Vector256<int> fourth = Vector256<int>.Zero;
        nuint words = (end - place) / sizeof(short);
        if (end != even)
        {
            Vector256<short> mask = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(Masks), Wide + (even - end)).AsInt16();
            fourth = AddNeighbours((Vector256.LoadUnsafe(ref start, even - Wide).AsInt16() & mask) ^ bias);
            words += Wide / sizeof(short);
        }

        for (; end - place >= 4 * Wide; place += 4 * Wide)
        {
            first += AddNeighbours(Vector256.LoadUnsafe(ref start, place).AsInt16() ^ bias);
            second += AddNeighbours(Vector256.LoadUnsafe(ref start, place + Wide).AsInt16() ^ bias);
            third += AddNeighbours(Vector256.LoadUnsafe(ref start, place + (2 * Wide)).AsInt16() ^ bias);
            fourth += AddNeighbours(Vector256.LoadUnsafe(ref start, place + (3 * Wide)).AsInt16() ^ bias);
        }

        for (; place < end; place += Wide)
        {
            first += AddNeighbours(Vector256.LoadUnsafe(ref start, place).AsInt16() ^ bias);
        }

        return (ulong)(Vector256.Sum(first + second + (third + fourth)) + ((long)words * -short.MinValue));
    }

    private static Vector256<int> AddNeighbours(Vector256<short> words)
        => Avx2.MultiplyAddAdjacent(words, Vector256<short>.One);

    /// <summary>16 bytes at a time: low and high words into lanes of 32 bits.</summary>
    internal static ulong SumVector128(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        while (bytes.Length >= Narrow)
        {
            ref byte start = ref MemoryMarshal.GetReference(bytes);
            int count = Math.Min(bytes.Length, Block) & -Narrow;
            Vector128<uint> low = Vector128<uint>.Zero;
            Vector128<uint> high = Vector128<uint>.Zero;
            for (nuint place = 0; place < (nuint)count; place += Narrow)
            {
                Vector128<uint> words = Vector128.LoadUnsafe(ref start, place).AsUInt32();
                low += words & Vector128.Create((uint)ushort.MaxValue);
                high += words >>> 16;
            }

            sum += (ulong)Vector128.Sum(low) + Vector128.Sum(high);
            bytes = bytes[count..];
        }

        return sum + SumScalar(bytes);
    }

    /// <summary>Eight bytes at a time, as halves of 32 bits each: 64 have room for the carries of all there can be.</summary>
    internal static ulong SumScalar(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        while (bytes.Length >= sizeof(ulong))
        {
            ulong eight = MemoryMarshal.Read<ulong>(bytes);
            sum += (uint)eight + (eight >> 32);
            bytes = bytes[sizeof(ulong)..];
        }

        while (bytes.Length >= sizeof(ushort))
        {
            sum += MemoryMarshal.Read<ushort>(bytes);
            bytes = bytes[sizeof(ushort)..];
        }

        return bytes.IsEmpty ? sum : sum + LastByte(bytes[0]);
    }

    /// <summary>A byte in front of a zero byte, as a word in the processor's order.</summary>
    private static uint LastByte(byte last) => BitConverter.IsLittleEndian ? last : (uint)last << 8;

    /// <summary>64 bytes at a time, of which there are at least so many.</summary>
    internal static ulong SumVector512(ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        nuint even = (nuint)bytes.Length & ~(nuint)1;
        nuint whole = even & ~(nuint)(Widest - 1);
        ulong sum = (bytes.Length & 1) == 0 ? 0 : LastByte(bytes[^1]);
        for (nuint place = 0; place < whole; place += Block)
        {
            nuint end = Math.Min(whole, place + Block);
            sum += SumWidestBlock(ref start, place, end, end == whole ? even : end);
        }

        return sum;
    }

    /// <summary>As <see cref="SumBlock(ref byte, nuint, nuint, nuint)"/> does it, with vectors twice as wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SumWidestBlock(ref byte start, nuint place, nuint end, nuint even)
    {
        Vector512<short> bias = Vector512.Create(short.MinValue);
        Vector512<int> first = Vector512<int>.Zero;
        Vector512<int> second = Vector512<int>.Zero;
        Vector512<int> third = Vector512<int>.Zero;
        Vector512<int> fourth = Vector512<int>.Zero;
        nuint words = (end - place) / sizeof(short);
        if (end != even)
        {
            Vector512<short> mask = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Masks), even - end).AsInt16();
            fourth = AddNeighbours((Vector512.LoadUnsafe(ref start, even - Widest).AsInt16() & mask) ^ bias);
            words += Widest / sizeof(short);
        }

        for (; end - place >= 4 * Widest; place += 4 * Widest)
        {
            first += AddNeighbours(Vector512.LoadUnsafe(ref start, place).AsInt16() ^ bias);
            second += AddNeighbours(Vector512.LoadUnsafe(ref start, place + Widest).AsInt16() ^ bias);
            third += AddNeighbours(Vector512.LoadUnsafe(ref start, place + (2 * Widest)).AsInt16() ^ bias);
            fourth += AddNeighbours(Vector512.LoadUnsafe(ref start, place + (3 * Widest)).AsInt16() ^ bias);
        }

        for (; place < end; place += Widest)
        {
            first += AddNeighbours(Vector512.LoadUnsafe(ref start, place).AsInt16() ^ bias);
        }

        return (ulong)(Vector512.Sum(first + second + (third + fourth)) + ((long)words * -short.MinValue));
    }

    private static Vector512<int> AddNeighbours(Vector512<short> words)
        => Avx512BW.MultiplyAddAdjacent(words, Vector512<short>.One);
}

/// <summary>What is added up over the segments of a chain.</summary>
internal interface IByteSum
{
    /// <summary>Adds the bytes that come next.</summary>
    void Add(ReadOnlySpan<byte> bytes);
}
