using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// Writes bytes and numbers into a chain, one after the other: over what is there, then behind it (mbuf(9): m_copyback with an
/// offset that moves). <see cref="MbufChain.GetWriter"/> gives one.
/// </summary>
/// <remarks>
/// <para>Storage that is shared or read-only is replaced by a private copy where it is written, so that nobody else sees the
/// change: mbufs of up to 2 KiB whole, of longer ones a part (<see cref="MbufChain.TryMakeWritable"/>). The packet length is raised to the end of what was written if it was less.</para>
/// <para>A mutable ref struct: pass it by <c>ref</c>. It goes on from the byte that it stopped at, as an <see cref="MbufPosition"/>
/// names it, also where its own write made a private copy. It throws <see cref="MbufStaleException"/> once another operation trimmed
/// that byte off or moved it; <see cref="TrySeek"/> says where to go on then. A write that fails changes nothing and goes
/// nowhere.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public ref partial struct MbufWriter
{
    private MbufCursor _cursor;

    internal MbufWriter(MbufChain chain) => _cursor = new MbufCursor(chain);

    /// <summary>
    /// Bytes from the start of the chain, counted when asked, so that it is right also after bytes came or went before. O(segments before).
    /// </summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away, or the writer's byte is not where it was.</exception>
    public readonly int Position => _cursor.Position;

    /// <summary>Bytes from here to the end of the chain: those that are written over before it grows. O(segments before).</summary>
    /// <inheritdoc cref="Position"/>
    public readonly int Remaining => _cursor.Chain.Length - Position;

    /// <summary>Goes to any place of the chain, counted from its start as it is now.</summary>
    /// <param name="position">Bytes from the start, 0 or more; the chain's length is the end.</param>
    /// <returns>False if the chain is shorter: the writer stays where it is.</returns>
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

    /// <summary>Goes over bytes and leaves them as they are.</summary>
    /// <param name="count">Bytes, 0 or more.</param>
    /// <returns>False if there are fewer: the writer stays where it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <remarks>O(segments gone over).</remarks>
    public bool TryAdvance(int count) => _cursor.TryMove(nameof(count), count);

    /// <summary>Writes bytes here, over what is there, and makes the chain longer where it ends (mbuf(9): m_copyback).</summary>
    /// <param name="source">The bytes; must not be a view of this chain.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was, and the writer stays where it is.</returns>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>
    /// O(bytes) inside one mbuf's writable storage and at the end of the chain; else O(segments before + bytes).
    /// </remarks>
    public bool TryWrite(scoped ReadOnlySpan<byte> source)
    {
        ref MbufHeader here = ref _cursor.Here(out int left);
        if (left < source.Length || !CanWriteInPlace(ref here))
        {
            return TryWriteAcross(ref here, left, source);
        }

        source.CopyTo(_cursor.Memory.Bytes(_cursor.Place, source.Length));
        _cursor.Skip(source.Length);
        return true;
    }

    /// <summary>Writes a byte.</summary>
    /// <param name="value">The byte.</param>
    /// <inheritdoc cref="TryWriteBigEndian"/>
    public bool TryWriteByte(byte value) => TryWriteValue(value);

    /// <summary>For people. Allocates a string; never throws.</summary>
    public override readonly string ToString()
        => $"writer {(_cursor.IsAlive ? $"at byte {Position}" : "whose byte is not there any more")} of a {_cursor.Chain.ToString()}";

    /// <summary>Writes a value in the order in which it lies in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryWriteValue<T>(T value)
        where T : unmanaged
    {
        ref MbufHeader here = ref _cursor.Here(out int left);
        int size = RawMemory.SizeOf<T>();
        if (left < size || !CanWriteInPlace(ref here))
        {
            return TryWriteAcross(ref here, left, RawMemory.BytesOf(ref value));
        }

        _cursor.Memory.Write(_cursor.Place, value);
        _cursor.Skip(size);
        return true;
    }

    /// <summary>True if the mbuf's bytes may be written, and there is no packet length to be raised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool CanWriteInPlace(ref MbufHeader here)
    {
        ref MbufHeader head = ref _cursor.Chain.VerifiedHead();
        bool understated = head.PacketLength < head.ChainLength && (head.Flags & HeaderFlags.PacketHeader) != 0;
        return !understated && _cursor.Chain.Cache.IsWritable(ref here);
    }

    /// <summary>Writes where there is more to do: over several mbufs, into a private copy, behind the end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWriteAcross(ref MbufHeader here, int left, scoped ReadOnlySpan<byte> source)
    {
        MbufChain chain = _cursor.Chain;
        bool atEnd = left == 0; // Else there would be an mbuf with data behind it.
        ref MbufHeader head = ref chain.VerifiedHead();
        bool counted = (head.Flags & HeaderFlags.PacketHeader) == 0 || head.PacketLength == head.ChainLength;
        if (atEnd && counted && here.SegmentLength > 0)
        {
            bool appended = chain.TryAppend(source);
            _cursor.Move(appended ? source.Length : 0);
            return appended;
        }

        // A private copy may be laid out in other pieces than the storage was, and the data of an empty mbuf may begin elsewhere.
        int place = _cursor.Position;
        bool done = atEnd && counted ? chain.TryAppend(source) : chain.TryCopyFrom(place, source);
        if (done)
        {
            _cursor.MoveTo(place + source.Length);
        }

        return done;
    }

    /// <summary>Writes a number of any integer type of the framework in network byte order (most significant byte first).</summary>
    /// <typeparam name="T">The type, whose size says how many bytes are written; not <see cref="nint"/>, whose size the processor decides.</typeparam>
    /// <param name="value">The number.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was, and the writer stays where it is.</returns>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is none of those types.</exception>
    /// <remarks>O(1) in writable storage and at the end, else as <see cref="TryWrite(ReadOnlySpan{byte})"/>.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWriteBigEndian<T>(T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        PacketBytes.CheckInteger<T>();
        return TryWriteValue(BitConverter.IsLittleEndian ? RawMemory.Reversed(value) : value);
    }

    /// <summary>Writes a number of any integer type of the framework, least significant byte first.</summary>
    /// <typeparam name="T">The type, whose size says how many bytes are written; not <see cref="nint"/>, whose size the processor decides.</typeparam>
    /// <param name="value">The number.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was, and the writer stays where it is.</returns>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is none of those types.</exception>
    /// <remarks>O(1) in writable storage and at the end, else as <see cref="TryWrite(ReadOnlySpan{byte})"/>.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWriteLittleEndian<T>(T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        PacketBytes.CheckInteger<T>();
        return TryWriteValue(!BitConverter.IsLittleEndian ? RawMemory.Reversed(value) : value);
    }

    /// <summary>Writes an unsigned 16-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteBigEndian"/>
    public bool TryWriteUInt16BigEndian(ushort value) => TryWriteBigEndian(value);

    /// <summary>Writes a 16-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteBigEndian"/>
    public bool TryWriteInt16BigEndian(short value) => TryWriteBigEndian(value);

    /// <summary>Writes an unsigned 32-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteBigEndian"/>
    public bool TryWriteUInt32BigEndian(uint value) => TryWriteBigEndian(value);

    /// <summary>Writes a 32-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteBigEndian"/>
    public bool TryWriteInt32BigEndian(int value) => TryWriteBigEndian(value);

    /// <summary>Writes an unsigned 64-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteBigEndian"/>
    public bool TryWriteUInt64BigEndian(ulong value) => TryWriteBigEndian(value);

    /// <summary>Writes a 64-bit number in network byte order (most significant byte first).</summary>
    /// <inheritdoc cref="TryWriteBigEndian"/>
    public bool TryWriteInt64BigEndian(long value) => TryWriteBigEndian(value);

    /// <summary>Writes an unsigned 16-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteLittleEndian"/>
    public bool TryWriteUInt16LittleEndian(ushort value) => TryWriteLittleEndian(value);

    /// <summary>Writes a 16-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteLittleEndian"/>
    public bool TryWriteInt16LittleEndian(short value) => TryWriteLittleEndian(value);

    /// <summary>Writes an unsigned 32-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteLittleEndian"/>
    public bool TryWriteUInt32LittleEndian(uint value) => TryWriteLittleEndian(value);

    /// <summary>Writes a 32-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteLittleEndian"/>
    public bool TryWriteInt32LittleEndian(int value) => TryWriteLittleEndian(value);

    /// <summary>Writes an unsigned 64-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteLittleEndian"/>
    public bool TryWriteUInt64LittleEndian(ulong value) => TryWriteLittleEndian(value);

    /// <summary>Writes a 64-bit number, least significant byte first.</summary>
    /// <inheritdoc cref="TryWriteLittleEndian"/>
    public bool TryWriteInt64LittleEndian(long value) => TryWriteLittleEndian(value);
}
