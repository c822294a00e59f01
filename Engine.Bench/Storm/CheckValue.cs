using System.Buffers.Binary;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Sixteen bytes at the start of a payload that tell whose it is: a number, and the same number mixed, so that old or foreign
/// bytes do not pass for it.
/// </summary>
internal static class CheckValue
{
    public const int Length = 16;

    /// <summary>Writes the value of a number.</summary>
    public static void Write(Span<byte> room, ulong number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(room, number);
        BinaryPrimitives.WriteUInt64LittleEndian(room[8..], Mix(number));
    }

    /// <summary>The number that bytes hold; false if they hold no value.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        if (bytes.Length < Length)
        {
            return false;
        }

        number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) == Mix(number);
    }

    // The constant of Fibonacci hashing; odd, so that no two numbers mix to the same.
    private static ulong Mix(ulong number) => unchecked((number + 1) * 0x9E3779B97F4A7C15);
}
