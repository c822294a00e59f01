using System.Buffers.Binary;

namespace Engine.Mbufs;

/// <content>Numbers with their least significant byte first.</content>
public ref partial struct MbufReader
{
    /// <summary>Reads an unsigned 16-bit number, least significant byte first.</summary>
    /// <param name="value">The number; 0 on failure.</param>
    /// <returns>False if the chain has fewer bytes from here on: the reader stays where it is.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away, or laid out anew.</exception>
    /// <remarks>O(1), wherever the bytes lie.</remarks>
    public bool TryReadUInt16LittleEndian(out ushort value)
    {
        bool done = TryRead(out ushort read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 16-bit number, least significant byte first, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public readonly bool TryPeekUInt16LittleEndian(out ushort value)
    {
        bool done = TryPeek(out ushort read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 16-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public bool TryReadInt16LittleEndian(out short value)
    {
        bool done = TryRead(out short read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 16-bit number, least significant byte first, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public readonly bool TryPeekInt16LittleEndian(out short value)
    {
        bool done = TryPeek(out short read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 32-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public bool TryReadUInt32LittleEndian(out uint value)
    {
        bool done = TryRead(out uint read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 32-bit number, least significant byte first, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public readonly bool TryPeekUInt32LittleEndian(out uint value)
    {
        bool done = TryPeek(out uint read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 32-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public bool TryReadInt32LittleEndian(out int value)
    {
        bool done = TryRead(out int read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 32-bit number, least significant byte first, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public readonly bool TryPeekInt32LittleEndian(out int value)
    {
        bool done = TryPeek(out int read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 64-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public bool TryReadUInt64LittleEndian(out ulong value)
    {
        bool done = TryRead(out ulong read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads an unsigned 64-bit number, least significant byte first, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public readonly bool TryPeekUInt64LittleEndian(out ulong value)
    {
        bool done = TryPeek(out ulong read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 64-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public bool TryReadInt64LittleEndian(out long value)
    {
        bool done = TryRead(out long read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }

    /// <summary>Reads a 64-bit number, least significant byte first, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadUInt16LittleEndian"/>
    public readonly bool TryPeekInt64LittleEndian(out long value)
    {
        bool done = TryPeek(out long read);
        value = BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);
        return done;
    }
}
