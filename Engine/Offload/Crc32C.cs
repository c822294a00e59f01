using System.Buffers.Binary;
using System.Numerics;

namespace Engine.Mbufs.Wire;

/// <summary>
/// CRC-32C (Castagnoli), SCTP's checksum (RFC 9260, appendix A): by the processor's instruction where it has one.
/// </summary>
internal struct Crc32C : IByteSum
{
    private uint _remainder;

    /// <summary>Nothing added yet.</summary>
    public static Crc32C Start() => new() { _remainder = uint.MaxValue };

    /// <summary>The checksum of what was added, as SCTP stores it: least significant byte first.</summary>
    public readonly uint Value => ~_remainder;

    /// <summary>Adds the bytes that come next. O(bytes), eight at a time.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint remainder = _remainder;
        while (bytes.Length >= sizeof(ulong))
        {
            remainder = BitOperations.Crc32C(remainder, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte next in bytes)
        {
            remainder = BitOperations.Crc32C(remainder, next);
        }

        _remainder = remainder;
    }
}
