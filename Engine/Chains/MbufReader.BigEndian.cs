using System.Buffers.Binary;

namespace Engine.Mbufs;

/// <content>Numbers in network byte order (most significant byte first).</content>
public ref partial struct MbufReader
{
    /// <summary>Reads an unsigned 16-bit number in network byte order (most significant byte first).</summary>
    /// <param name="value">The number; 0 on failure.</param>
    /// <returns>False if the chain has fewer bytes from here on: the reader stays where it is.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away, or laid out anew.</exception>
    /// <remarks>O(1), wherever the bytes lie.</remarks>
    public bool TryReadUInt16BigEndian(out ushort value)
    {
        bool done = TryRead(out ushort read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 16-bit number in network byte order (most significant byte first), and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public readonly bool TryPeekUInt16BigEndian(out ushort value)
    {
        bool done = TryPeek(out ushort read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 16-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public bool TryReadInt16BigEndian(out short value)
    {
        bool done = TryRead(out short read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 16-bit number in network byte order (most significant byte first), and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public readonly bool TryPeekInt16BigEndian(out short value)
    {
        bool done = TryPeek(out short read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 32-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public bool TryReadUInt32BigEndian(out uint value)
    {
        bool done = TryRead(out uint read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 32-bit number in network byte order (most significant byte first), and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public readonly bool TryPeekUInt32BigEndian(out uint value)
    {
        bool done = TryPeek(out uint read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 32-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public bool TryReadInt32BigEndian(out int value)
    {
        bool done = TryRead(out int read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 32-bit number in network byte order (most significant byte first), and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public readonly bool TryPeekInt32BigEndian(out int value)
    {
        bool done = TryPeek(out int read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 64-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public bool TryReadUInt64BigEndian(out ulong value)
    {
        bool done = TryRead(out ulong read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 64-bit number in network byte order (most significant byte first), and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public readonly bool TryPeekUInt64BigEndian(out ulong value)
    {
        bool done = TryPeek(out ulong read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 64-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public bool TryReadInt64BigEndian(out long value)
    {
        bool done = TryRead(out long read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 64-bit number in network byte order (most significant byte first), and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16BigEndian"/>
    public readonly bool TryPeekInt64BigEndian(out long value)
    {
        bool done = TryPeek(out long read);
        value = !BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }
}
