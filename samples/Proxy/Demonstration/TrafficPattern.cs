using System.Numerics;
using System.Runtime.InteropServices;

namespace Proxy;

/// <summary>
/// The bytes that the demonstration sends: a megabyte of noise, of which a message with a given seed is the part that begins
/// there, going round. Sender and receiver know each byte of it without having exchanged it, and comparing costs less than
/// copying.
/// </summary>
internal static class TrafficPattern
{
    private const int Length = 1 << 20;
    private const int RandomSeed = 1986;

    private static readonly byte[] s_noise = Make();

    /// <summary>The bytes of a message from a position on: as many as lie in one piece, at most the count.</summary>
    public static ReadOnlySpan<byte> At(uint seed, int position, int count)
    {
        int start = (int)((seed + (uint)position) % Length);
        return s_noise.AsSpan(start, Math.Min(count, Length - start));
    }

    /// <summary>CRC-32C over bytes, continued from the checksum of those before.</summary>
    public static uint Checksum(uint before, ReadOnlySpan<byte> bytes)
    {
        foreach (ulong eight in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            before = BitOperations.Crc32C(before, eight);
        }

        foreach (byte one in bytes[(bytes.Length & ~7)..])
        {
            before = BitOperations.Crc32C(before, one);
        }

        return before;
    }

    private static byte[] Make()
    {
        byte[] noise = new byte[Length];
        new Random(RandomSeed).NextBytes(noise);
        return noise;
    }
}
