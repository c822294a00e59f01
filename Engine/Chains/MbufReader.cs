using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// Reads bytes and numbers from a chain, one after the other, wherever they lie (mbuf(9): mtod and m_copydata with an offset that
/// moves). <see cref="MbufChain.GetReader"/> gives one.
/// </summary>
/// <remarks>
/// A mutable ref struct: pass it by <c>ref</c>. It goes on from the byte that it stopped at, as an <see cref="MbufPosition"/> names it:
/// bytes that come and go elsewhere make no difference, and bytes appended behind it are read. It throws
/// <see cref="MbufStaleException"/> once that byte was trimmed off or moved; <see cref="TrySeek"/> says where to go on then. A read that
/// fails goes nowhere.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public ref partial struct MbufReader
{
    private MbufCursor _cursor;

    internal MbufReader(MbufChain chain) => _cursor = new MbufCursor(chain);

    /// <summary>
    /// Bytes from the start of the chain, counted when asked, so that it is right also after bytes came or went before. O(segments before).
    /// </summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away, or the reader's byte is not where it was.</exception>
    public readonly int Position => _cursor.Position;

    /// <summary>Bytes from here to the end of the chain. O(segments before).</summary>
    /// <inheritdoc cref="Position"/>
    public readonly int Remaining => _cursor.Chain.Length - Position;

    /// <summary>Goes to any place of the chain, counted from its start as it is now.</summary>
    /// <param name="position">Bytes from the start, 0 or more; the chain's length is the end.</param>
    /// <returns>False if the chain is shorter: the reader stays where it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="position"/> is negative.</exception>
    /// <remarks>O(segments before).</remarks>
    public bool TrySeek(int position)
    {
        bool inside = MbufCursor.IsInside(nameof(position), position, _cursor.Chain.Length);
        if (inside)
        {
            _cursor.MoveTo(position);
        }

        return inside;
    }

    /// <summary>Goes over bytes without reading them.</summary>
    /// <param name="count">Bytes, 0 or more.</param>
    /// <returns>False if there are fewer: the reader stays where it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <remarks>O(segments gone over).</remarks>
    public bool TryAdvance(int count) => _cursor.TryMove(nameof(count), count);

    /// <summary>Copies the next bytes and goes over them (mbuf(9): m_copydata).</summary>
    /// <param name="destination">Receives the bytes; its length says how many. Must not be a view of this chain.</param>
    /// <returns>False if there are fewer: nothing was copied, and the reader stays where it is.</returns>
    /// <remarks>O(bytes + segments).</remarks>
    public bool TryRead(scoped Span<byte> destination)
    {
        if (!_cursor.Has(destination.Length))
        {
            return false;
        }

        _cursor.Read(destination);
        return true;
    }

    /// <summary>Copies the next bytes and does not go over them (mbuf(9): m_copydata).</summary>
    /// <param name="destination">Receives the bytes; its length says how many. Must not be a view of this chain.</param>
    /// <returns>False if there are fewer: nothing was copied.</returns>
    /// <remarks>O(bytes + segments).</remarks>
    public readonly bool TryPeek(scoped Span<byte> destination)
    {
        MbufReader ahead = this;
        return ahead.TryRead(destination);
    }

    /// <summary>Reads a byte.</summary>
    /// <param name="value">The byte; 0 on failure.</param>
    /// <returns>False at the end of the chain.</returns>
    /// <remarks>O(1).</remarks>
    public bool TryReadByte(out byte value) => TryReadValue(out value);

    /// <summary>Reads a byte and does not go over it.</summary>
    /// <param name="value">The byte; 0 on failure.</param>
    /// <returns>False at the end of the chain.</returns>
    /// <remarks>O(1).</remarks>
    public readonly bool TryPeekByte(out byte value) => TryPeekValue(out value);

    /// <summary>For people. Allocates a string; never throws.</summary>
    [SuppressMessage("Usage", "CA2231", Justification = "A ref struct is not compared.")]
    public override readonly string ToString()
        => $"reader {(_cursor.IsAlive ? $"at byte {Position}" : "whose byte is not there any more")} of a {_cursor.Chain.ToString()}";

    /// <summary>The next bytes as a value, in the order in which they lie in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadValue<T>(out T value)
        where T : unmanaged
    {
        _ = ref _cursor.Here(out int left);
        int size = RawMemory.SizeOf<T>();
        if (left < size)
        {
            return TryReadAcross(out value);
        }

        value = _cursor.Memory.Read<T>(_cursor.Place);
        _cursor.Skip(size);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryPeekValue<T>(out T value)
        where T : unmanaged
    {
        MbufReader ahead = this;
        return ahead.TryReadValue(out value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadAcross<T>(out T value)
        where T : unmanaged
    {
        value = default;
        return TryRead(RawMemory.BytesOf(ref value));
    }

    /// <summary>Reads a number of any integer type of the framework in network byte order (most significant byte first).</summary>
    /// <typeparam name="T">The type, whose size says how many bytes are read; not <see cref="nint"/>, whose size the processor decides.</typeparam>
    /// <param name="value">The number; 0 on failure.</param>
    /// <returns>False if the chain has fewer bytes from here on: the reader stays where it is.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is none of those types.</exception>
    /// <remarks>O(1), wherever the bytes lie.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadBigEndian<T>(out T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        PacketBytes.CheckInteger<T>();
        bool done = TryReadValue(out T read);
        value = BitConverter.IsLittleEndian ? RawMemory.Reversed(read) : read;
        return done;
    }

    /// <summary>Reads a number of any integer type of the framework in network byte order (most significant byte first), and does not go over it.</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool TryPeekBigEndian<T>(out T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        MbufReader ahead = this;
        return ahead.TryReadBigEndian(out value);
    }

    /// <summary>Reads a number of any integer type of the framework, least significant byte first.</summary>
    /// <typeparam name="T">The type, whose size says how many bytes are read; not <see cref="nint"/>, whose size the processor decides.</typeparam>
    /// <param name="value">The number; 0 on failure.</param>
    /// <returns>False if the chain has fewer bytes from here on: the reader stays where it is.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is none of those types.</exception>
    /// <remarks>O(1), wherever the bytes lie.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadLittleEndian<T>(out T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        PacketBytes.CheckInteger<T>();
        bool done = TryReadValue(out T read);
        value = !BitConverter.IsLittleEndian ? RawMemory.Reversed(read) : read;
        return done;
    }

    /// <summary>Reads a number of any integer type of the framework, least significant byte first, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool TryPeekLittleEndian<T>(out T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        MbufReader ahead = this;
        return ahead.TryReadLittleEndian(out value);
    }

    /// <summary>Reads an unsigned 16-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public bool TryReadUInt16BigEndian(out ushort value) => TryReadBigEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public readonly bool TryPeekUInt16BigEndian(out ushort value) => TryPeekBigEndian(out value);

    /// <summary>Reads a 16-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public bool TryReadInt16BigEndian(out short value) => TryReadBigEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public readonly bool TryPeekInt16BigEndian(out short value) => TryPeekBigEndian(out value);

    /// <summary>Reads an unsigned 32-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public bool TryReadUInt32BigEndian(out uint value) => TryReadBigEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public readonly bool TryPeekUInt32BigEndian(out uint value) => TryPeekBigEndian(out value);

    /// <summary>Reads a 32-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public bool TryReadInt32BigEndian(out int value) => TryReadBigEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public readonly bool TryPeekInt32BigEndian(out int value) => TryPeekBigEndian(out value);

    /// <summary>Reads an unsigned 64-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public bool TryReadUInt64BigEndian(out ulong value) => TryReadBigEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public readonly bool TryPeekUInt64BigEndian(out ulong value) => TryPeekBigEndian(out value);

    /// <summary>Reads a 64-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public bool TryReadInt64BigEndian(out long value) => TryReadBigEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadBigEndian"/>
    public readonly bool TryPeekInt64BigEndian(out long value) => TryPeekBigEndian(out value);

    /// <summary>Reads an unsigned 16-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public bool TryReadUInt16LittleEndian(out ushort value) => TryReadLittleEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public readonly bool TryPeekUInt16LittleEndian(out ushort value) => TryPeekLittleEndian(out value);

    /// <summary>Reads a 16-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public bool TryReadInt16LittleEndian(out short value) => TryReadLittleEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public readonly bool TryPeekInt16LittleEndian(out short value) => TryPeekLittleEndian(out value);

    /// <summary>Reads an unsigned 32-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public bool TryReadUInt32LittleEndian(out uint value) => TryReadLittleEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public readonly bool TryPeekUInt32LittleEndian(out uint value) => TryPeekLittleEndian(out value);

    /// <summary>Reads a 32-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public bool TryReadInt32LittleEndian(out int value) => TryReadLittleEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public readonly bool TryPeekInt32LittleEndian(out int value) => TryPeekLittleEndian(out value);

    /// <summary>Reads an unsigned 64-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public bool TryReadUInt64LittleEndian(out ulong value) => TryReadLittleEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public readonly bool TryPeekUInt64LittleEndian(out ulong value) => TryPeekLittleEndian(out value);

    /// <summary>Reads a 64-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public bool TryReadInt64LittleEndian(out long value) => TryReadLittleEndian(out value);

    /// <summary>The same, and does not go over it.</summary>
    /// <inheritdoc cref="TryReadLittleEndian"/>
    public readonly bool TryPeekInt64LittleEndian(out long value) => TryPeekLittleEndian(out value);
}
