using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Mbufs.Wire;

/// <content>
/// 64 bytes at a time, where the runtime holds such vectors for fast. The arguments for what is unsafe are the same.
/// </content>
internal static partial class ChecksumKernel
{
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
