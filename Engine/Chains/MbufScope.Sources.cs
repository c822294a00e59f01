using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>Packets made of bytes that are there already.</content>
public readonly ref partial struct MbufScope
{
    /// <summary>
    /// A packet with a copy of some bytes (mbuf(9): m_devget). What does not fit an mbuf of its own goes into as few 2 KiB clusters
    /// as hold it. All or nothing.
    /// </summary>
    /// <param name="source">The bytes; at least one.</param>
    /// <param name="headroom">
    /// Free bytes before the first, at least: 0 to <see cref="MbufSizes.InternalSize"/>. A cluster has the arena's headroom if
    /// that is more, as far as the data leaves it.
    /// </param>
    /// <param name="receiveInterface">The interface that received the packet, 0 for none.</param>
    /// <returns>
    /// The packet, owned by the caller; null (<see cref="MbufChain.IsNull"/>) if the arena is exhausted, which is counted.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="source"/> is empty, or <paramref name="headroom"/> is out of
    /// its range.</exception>
    /// <remarks>O(bytes).</remarks>
    [UnscopedRef]
    public MbufChain AllocatePacketFrom(scoped ReadOnlySpan<byte> source, int headroom, ushort receiveInterface)
    {
        if (source.IsEmpty)
        {
            ThrowHelper.NotPositive(nameof(source), 0);
        }

        CheckHeadroom(headroom);
        var bytes = new SpanSource(source);
        return PacketOf(Cache.StartFrom(ref bytes, source.Length, headroom, Packet), receiveInterface);
    }

    /// <summary>
    /// A packet of bytes that a source writes, in order, straight into the packet's segments (mbuf(9): m_devget with a copy
    /// routine). All or nothing.
    /// </summary>
    /// <typeparam name="TSource">The source's type: known at compile time, so that nothing is boxed.</typeparam>
    /// <param name="source">Writes the bytes; not called if the arena is exhausted.</param>
    /// <param name="length">How many bytes there are; 1 or more.</param>
    /// <param name="headroom">
    /// Free bytes before the first, at least: 0 to <see cref="MbufSizes.InternalSize"/>. A cluster has the arena's headroom if
    /// that is more, as far as the data leaves it.
    /// </param>
    /// <param name="receiveInterface">The interface that received the packet, 0 for none.</param>
    /// <returns>
    /// The packet, owned by the caller; null (<see cref="MbufChain.IsNull"/>) if the arena is exhausted, which is counted.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> or <paramref name="headroom"/> is out of its
    /// range.</exception>
    /// <remarks>
    /// O(bytes). If the source throws, nothing stays allocated and the exception goes on. It may use the scope, but not close it:
    /// <see cref="Dispose"/> throws then.
    /// </remarks>
    [UnscopedRef]
    public MbufChain AllocatePacketFrom<TSource>(scoped ref TSource source, int length, int headroom, ushort receiveInterface)
        where TSource : struct, IMbufSource, allows ref struct
    {
        if (length <= 0)
        {
            ThrowHelper.NotPositive(nameof(length), length);
        }

        CheckHeadroom(headroom);
        return PacketOf(Cache.StartFrom(ref source, length, headroom, Packet), receiveInterface);
    }

    /// <summary>
    /// A packet with a copy of the first bytes of a sequence, which moves on behind them (mbuf(9): m_uiotombuf with M_PKTHDR). All
    /// or nothing.
    /// </summary>
    /// <param name="source">The bytes; on success, what is left of them.</param>
    /// <param name="length">
    /// How many bytes to take at most, if there are so many; <see cref="MbufSizes.CopyAll"/> for all of them. None at all
    /// gives one empty mbuf.
    /// </param>
    /// <param name="headroom">
    /// Free bytes before the first, at least: 0 to <see cref="MbufSizes.InternalSize"/>. A cluster has the arena's headroom if
    /// that is more, as far as the data leaves it.
    /// </param>
    /// <returns>
    /// The packet, owned by the caller; null (<see cref="MbufChain.IsNull"/>) if the arena is exhausted, which is counted: the
    /// sequence is as it was.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative, or <paramref name="headroom"/> is out
    /// of its range.</exception>
    /// <exception cref="OverflowException">All of the bytes are asked for, and they are more than 2,147,483,647.</exception>
    /// <remarks>O(bytes).</remarks>
    [UnscopedRef]
    public MbufChain AllocatePacketFrom(scoped ref ReadOnlySequence<byte> source, int length, int headroom)
        => StartFrom(ref source, length, headroom, Packet);

    /// <summary>
    /// A chain without packet header, with a copy of the first bytes of a sequence, which moves on behind them (mbuf(9):
    /// m_uiotombuf without M_PKTHDR). All or nothing.
    /// </summary>
    /// <returns>
    /// The chain, owned by the caller; null (<see cref="MbufChain.IsNull"/>) if the arena is exhausted, which is counted: the
    /// sequence is as it was.
    /// </returns>
    /// <inheritdoc cref="AllocatePacketFrom(ref ReadOnlySequence{byte}, int, int)"/>
    [UnscopedRef]
    public MbufChain AllocateChainFrom(scoped ref ReadOnlySequence<byte> source, int length, int headroom)
        => StartFrom(ref source, length, headroom, Plain);

    /// <summary>
    /// A packet of the bytes that a source writes, behind the arena's headroom, in as few mbufs as the arena can give: one, if a
    /// cluster so large is free; else clusters of 16 KiB or, where there is none, of 2 KiB (mbuf(9): m_devget with a callback and a
    /// length).
    /// </summary>
    /// <typeparam name="TSource">A struct, so that nothing is allocated for it.</typeparam>
    /// <param name="source">Where the bytes come from. It is asked for each of them once, in order, when all memory is there; what it throws
    /// is thrown, and nothing is allocated then.</param>
    /// <param name="length">How many bytes; 0 gives an empty packet.</param>
    /// <returns>The packet, owned by the caller; null if the arena is exhausted, which is counted: the source was not asked.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <remarks>O(bytes). Up to 192 bytes go into a plain mbuf, with as much of the headroom as there is room for.</remarks>
    [UnscopedRef]
    public MbufChain AllocatePacketFrom<TSource>(scoped ref TSource source, int length)
        where TSource : struct, IMbufSource, allows ref struct
    {
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        return PacketOf(Cache.StartFrom(ref source, length, Packet), receiveInterface: 0);
    }

    [UnscopedRef]
    private MbufChain StartFrom(scoped ref ReadOnlySequence<byte> source, int length, int headroom, uint flags)
    {
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        CheckHeadroom(headroom);
        long count = length == MbufSizes.CopyAll ? source.Length : Math.Min(length, source.Length);
        if (count > int.MaxValue)
        {
            ThrowHelper.ChainTooLong(count);
        }

        var bytes = new SequenceSource(source);
        MbufChain chain = PacketOf(Cache.StartFrom(ref bytes, (int)count, headroom, flags), receiveInterface: 0);
        source = chain.IsNull ? source : bytes.Rest;
        return chain;
    }

    /// <summary>The chain of a head that was just made; null for none.</summary>
    [UnscopedRef]
    private MbufChain PacketOf(uint index, ushort receiveInterface)
    {
        if (index == 0)
        {
            return MbufChain.Null;
        }

        ref MbufHeader head = ref _cache.Hot.Memory.Header(index);
        head.ReceiveInterface = receiveInterface;
        return MbufChain.Of(_cache, index, head.Generation);
    }

    private static void CheckHeadroom(int headroom)
    {
        if ((uint)headroom > MbufSizes.InternalSize)
        {
            ThrowHelper.NotHeadroom(nameof(headroom), headroom);
        }
    }

    private readonly ref struct SpanSource(ReadOnlySpan<byte> bytes) : IMbufSource
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public void CopyTo(int offset, scoped Span<byte> destination) => _bytes.Slice(offset, destination.Length).CopyTo(destination);
    }

    private struct SequenceSource(ReadOnlySequence<byte> bytes) : IMbufSource
    {
        public ReadOnlySequence<byte> Rest { get; private set; } = bytes;

        public void CopyTo(int offset, scoped Span<byte> destination)
        {
            Rest.Slice(0, destination.Length).CopyTo(destination);
            Rest = Rest.Slice(destination.Length);
        }
    }
}
