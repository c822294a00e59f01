using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>The byte order of the machine that wrote a capture.</summary>
internal readonly record struct CaptureByteOrder(bool IsBigEndian)
{
    /// <summary>The first two bytes as a number.</summary>
    public ushort UInt16(ReadOnlySpan<byte> bytes)
        => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    /// <summary>The first four bytes as a number.</summary>
    public uint UInt32(ReadOnlySpan<byte> bytes)
        => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>The first eight bytes as a number.</summary>
    public long Int64(ReadOnlySpan<byte> bytes)
        => IsBigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);
}
