using System.Buffers.Binary;

namespace Engine.Mbufs;

/// <content>Numbers with their least significant byte first.</content>
public ref partial struct MbufWriter
{
    /// <summary>Writes an unsigned 16-bit number, least significant byte first.</summary>
    /// <param name="value">The number.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was, and the writer stays where it is.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away, or laid out anew.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1) in writable storage and at the end, else as <see cref="TryWrite(ReadOnlySpan{byte})"/>.</remarks>
    public bool TryWriteUInt16LittleEndian(ushort value)
        => TryWrite(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a 16-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteUInt16LittleEndian"/>
    public bool TryWriteInt16LittleEndian(short value)
        => TryWrite(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes an unsigned 32-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteUInt16LittleEndian"/>
    public bool TryWriteUInt32LittleEndian(uint value)
        => TryWrite(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a 32-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteUInt16LittleEndian"/>
    public bool TryWriteInt32LittleEndian(int value)
        => TryWrite(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes an unsigned 64-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteUInt16LittleEndian"/>
    public bool TryWriteUInt64LittleEndian(ulong value)
        => TryWrite(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a 64-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteUInt16LittleEndian"/>
    public bool TryWriteInt64LittleEndian(long value)
        => TryWrite(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
}
