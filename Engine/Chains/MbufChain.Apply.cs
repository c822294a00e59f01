using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>Handing bytes out to a function, piece by piece.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>m_apply: calls a visitor with each contiguous piece of a range, in order, for reading.</summary>
    /// <typeparam name="TVisitor">Best a struct, so that the calls are direct; a ref struct may be declared <c>scoped</c>, so
    /// that the compiler lets it see views of this chain.</typeparam>
    /// <param name="offset">The first byte, from the start of the chain; 0 or more.</param>
    /// <param name="length">Bytes, 0 or more; for none, the visitor is not called.</param>
    /// <param name="visitor">Called until it returns something else than 0.</param>
    /// <param name="result">What the visitor returned last; 0 if it was not called.</param>
    /// <returns>False if the chain is shorter: the visitor was not called.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="length"/> is
    /// negative.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away, before or by the visitor.</exception>
    /// <remarks>O(segments before + pieces), and the visitor's own work.</remarks>
    [UnscopedRef]
    public bool TryApply<TVisitor>(int offset, int length, ref TVisitor visitor, out int result)
        where TVisitor : IMbufVisitor, allows ref struct
    {
        result = 0;
        if (!HasRange(ref Head(), offset, length))
        {
            return false;
        }

        var cursor = new MbufCursor(this);
        cursor.Move(offset);
        while (length > 0 && result == 0)
        {
            ReadOnlySpan<byte> bytes = cursor.Take(length);
            length -= bytes.Length;
            result = visitor.Visit(bytes);
        }

        return true;
    }

    /// <summary>
    /// m_apply with a function that writes: calls a transformer with each contiguous piece of a range, in order. Storage of the
    /// range that is shared or read-only is replaced by a private copy first, as <see cref="TryMakeWritable"/> does it, so that nobody
    /// else sees the change (mbuf(9) leaves that to the caller).
    /// </summary>
    /// <typeparam name="TTransformer">Best a struct, so that the calls are direct; a ref struct may be declared <c>scoped</c>, so
    /// that the compiler lets it see views of this chain.</typeparam>
    /// <param name="offset">The first byte, from the start of the chain; 0 or more.</param>
    /// <param name="length">Bytes, 0 or more; for none, the transformer is not called.</param>
    /// <param name="transformer">Called until it returns something else than 0; what it wrote until then stays.</param>
    /// <param name="result">What the transformer returned last; 0 if it was not called.</param>
    /// <returns>
    /// False if the chain is shorter or the arena is exhausted: the transformer was not called, and the chain is as it was.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="length"/> is
    /// negative.</exception>
    /// <exception cref="InvalidOperationException">The transformer shared the bytes that come next, or made them read-only; what was
    /// changed before stays.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away, before or by the transformer.</exception>
    /// <remarks>
    /// O(segments before + pieces), and the transformer's own work; a copy of the range where it may not be written.
    /// </remarks>
    [UnscopedRef]
    public bool TryApplyInPlace<TTransformer>(int offset, int length, ref TTransformer transformer, out int result)
        where TTransformer : IMbufTransformer, allows ref struct
    {
        result = 0;
        if (!HasRange(ref Head(), offset, length) || !TryTakeReplacements(offset, offset + length, out ChainBuilder replacements))
        {
            return false;
        }

        // Before foreign code runs, which may throw or close the scope: nothing is due afterwards.
        Replace(replacements);
        _cache.RunDueRoutines();
        var cursor = new MbufCursor(this);
        cursor.Move(offset);
        while (length > 0 && result == 0)
        {
            ref MbufHeader header = ref cursor.Here(out int left);
            if (!_cache.IsWritable(ref header))
            {
                ThrowHelper.SharedMeanwhile();
            }

            Span<byte> bytes = cursor.Take(length, left);
            length -= bytes.Length;
            result = transformer.Transform(bytes);
        }

        return true;
    }
}
