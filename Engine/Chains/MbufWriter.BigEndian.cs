using System.Buffers.Binary;

namespace Engine.Mbufs;

/// <content>Numbers in network byte order (most significant byte first).</content>
public ref partial struct MbufWriter
{
    /// <summary>Writes an unsigned 16-bit number in network byte order (most significant byte first).</summary>
    /// <param name="value">The number.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was, and the writer stays where it is.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away, or laid out anew.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1) in writable storage and at the end, else as <see cref="TryWrite(ReadOnlySpan{byte})"/>.</remarks>
    public bool TryWriteUInt16BigEndian(ushort value)
        => TryWrite(!BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a 16-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteUInt16BigEndian"/>
    public bool TryWriteInt16BigEndian(short value)
        => TryWrite(!BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes an unsigned 32-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteUInt16BigEndian"/>
    public bool TryWriteUInt32BigEndian(uint value)
        => TryWrite(!BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a 32-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteUInt16BigEndian"/>
    public bool TryWriteInt32BigEndian(int value)
        => TryWrite(!BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes an unsigned 64-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteUInt16BigEndian"/>
    public bool TryWriteUInt64BigEndian(ulong value)
        => TryWrite(!BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a 64-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteUInt16BigEndian"/>
    public bool TryWriteInt64BigEndian(long value)
        => TryWrite(!BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
}
