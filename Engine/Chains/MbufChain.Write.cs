using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Making bytes the packet's own.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Replaces storage that is shared or read-only by private copies, so that every mbuf can be written; what can be is left alone
    /// (mbuf(9): m_unshare). Neighbours that are replaced come together in one cluster if they fit into 2 KiB, larger ones keep
    /// their length if a cluster so large is free. Afterwards nothing here is read-only (mbuf(9) leaves the mark on the copy).
    /// </summary>
    /// <returns>False if the arena is exhausted: the chain is as it was (mbuf(9) frees it).</returns>
    /// <remarks>O(segments + bytes replaced). Needs memory only if something is shared or read-only.</remarks>
    public bool TryUnshare()
    {
        ref MbufHeader head = ref Head();
        if (!TryTakeWholeReplacements(ref head, out ChainBuilder replacements))
        {
            return false;
        }

        Replace(replacements);
        ReleaseEmpty();
        _cache.RunDueRoutines();
        return true;
    }

    /// <summary>
    /// Replaces storage that is shared or read-only by private copies where it holds bytes of a range, so that these can be written
    /// (mbuf(9): m_makewritable). Mbufs of up to 2 KiB are replaced whole, one for one. Longer ones are cut in up to three: the
    /// first mbuf keeps the bytes before the range, or has the copy if there are none, and the bytes behind become another one's;
    /// they stay where they are, shared. The copy is no smaller than the storage that it takes: an mbuf's own buffer, or a cluster
    /// of 2 KiB.
    /// </summary>
    /// <param name="offset">The first byte, from the start of the chain; 0 or more.</param>
    /// <param name="length">Bytes, 0 or more; <see cref="MbufSizes.CopyAll"/> for all that follow.</param>
    /// <returns>False if the chain ends before, or if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="length"/> is
    /// negative.</exception>
    /// <remarks>
    /// O(segments before + bytes copied): the range, and up to 2 KiB at either end. Needs memory only if something is shared or
    /// read-only.
    /// </remarks>
    public bool TryMakeWritable(int offset, int length)
    {
        ref MbufHeader head = ref Head();
        if (!TryFindEnd(ref head, offset, length, out int end) || !TryTakeReplacements(offset, end, out ChainBuilder replacements))
        {
            return false;
        }

        Replace(replacements);
        _cache.RunDueRoutines();
        return true;
    }

    /// <summary>Takes replacements for all mbufs with data that may not be written, whole, in runs of neighbours.</summary>
    private bool TryTakeWholeReplacements(ref MbufHeader head, out ChainBuilder replacements)
    {
        replacements = default;
        for (uint index = Index; index != 0;)
        {
            ref MbufHeader header = ref At(index);
            uint next = header.Next;
            int length = header.SegmentLength;
            if (length > 0 && !_cache.IsWritable(ref header))
            {
                if (replacements.Segments == 0 && !CanEverUnshare(ref head))
                {
                    return false;
                }

                int count = FindRun(ref next, ref length);
                if (!TryTakeReplacement(index, count, length, ref replacements))
                {
                    return false;
                }
            }

            index = next;
        }

        return true;
    }

    /// <summary>
    /// Goes over the mbufs behind one that may not be written which share one replacement with it, of up to 2 KiB. Returns how many
    /// all of them are.
    /// </summary>
    private int FindRun(ref uint next, ref int length)
    {
        int count = 1;
        while (next != 0 && At(next).SegmentLength <= (int)MbufClusterSize.Standard - length && !_cache.IsWritable(ref At(next)))
        {
            length += At(next).SegmentLength;
            next = At(next).Next;
            count++;
        }

        return count;
    }

    /// <summary>False, and denied, if all of the arena, but for this chain's own mbufs, cannot hold the replacements.</summary>
    private bool CanEverUnshare(ref MbufHeader head)
        => _cache.IsAmple(ThreadCache.MostPieces(head.ChainLength) + (2L * head.Segments)) || CanEverUnshareSlow(ref head);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CanEverUnshareSlow(ref MbufHeader head)
    {
        var supply = new Supply(_cache, head.Segments);
        bool ever = true;
        for (uint index = Index; index != 0 && ever;)
        {
            ref MbufHeader header = ref At(index);
            uint next = header.Next;
            int length = header.SegmentLength;
            if (length > 0 && !_cache.IsWritable(ref header))
            {
                FindRun(ref next, ref length);
                ever = supply.TryTakeCopy(length);
            }

            index = next;
        }

        return ever || _cache.DenyForGood(ZoneId.Packet);
    }

    /// <summary>The end of a range that may reach to the end of the chain. False if the chain ends before.</summary>
    private static bool TryFindEnd(ref MbufHeader head, int offset, int length, out int end)
    {
        if (offset < 0)
        {
            ThrowHelper.Negative(nameof(offset), offset);
        }

        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        bool fits = length == MbufSizes.CopyAll ? offset <= head.ChainLength : (long)offset + length <= head.ChainLength;
        end = !fits ? 0 : length == MbufSizes.CopyAll ? head.ChainLength : offset + length;
        return fits;
    }

    /// <summary>Storage without data that may not be written is of no use: the mbuf's internal buffer takes its place.</summary>
    private void ReleaseEmpty()
    {
        for (uint index = Index; index != 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            if (header.SegmentLength == 0 && !_cache.IsWritable(ref header))
            {
                header.EndPlaces(_cache.Hot.Memory.Step);
                MbufHeader old = header;
                _cache.Hot.Memory.AttachInternal(ref header, index, 0);
                _cache.ReleaseStorage(ref old);
            }
        }
    }

    /// <summary>
    /// Writes bytes into the chain at an offset, over what is there; a chain that ends before is extended, and a gap is filled with
    /// zeros (mbuf(9): m_copyback). Storage that is shared or read-only is replaced by a private copy first, so that nobody else
    /// sees the change (mbuf(9) corrupts the other packet); of mbufs longer than 2 KiB only where bytes are written, as <see
    /// cref="TryMakeWritable"/> does it. The packet length is raised to the new end if it was less.
    /// </summary>
    /// <param name="offset">Where the first byte goes, from the start of the chain; 0 or more.</param>
    /// <param name="source">The bytes; must not be a view of this chain.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(segments before + bytes), and up to 2 KiB copied at either end of what is written.</remarks>
    public bool TryCopyFrom(int offset, ReadOnlySpan<byte> source)
    {
        ref MbufHeader head = ref Head();
        if (offset < 0)
        {
            ThrowHelper.Negative(nameof(offset), offset);
        }

        int end = Sum(offset, source.Length);
        int oldLength = head.ChainLength;
        if (!TryTakeReplacements(offset, end, out ChainBuilder replacements))
        {
            return false;
        }

        if (end > oldLength && !TryGrow(ref head, end - oldLength, out _, out _, decided: replacements.Segments > 0))
        {
            replacements.Undo(_cache);
            return false;
        }

        Replace(replacements);
        if (offset > oldLength)
        {
            Overwrite(Index, oldLength, offset - oldLength, default);
        }

        Overwrite(Index, offset, source.Length, source);
        if ((head.Flags & HeaderFlags.PacketHeader) != 0 && head.PacketLength < end)
        {
            head.PacketLength = end;
        }

        _cache.RunDueRoutines();
        return true;
    }

    /// <summary>Calls a visitor with each contiguous piece of a range, in order, for reading (mbuf(9): m_apply).</summary>
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
    public bool TryVisit<TVisitor>(int offset, int length, ref TVisitor visitor, out int result)
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
    /// Calls a transformer with each contiguous piece of a range, in order (mbuf(9): m_apply with a function that writes). Storage
    /// of the range that is shared or read-only is replaced by a private copy first, as <see cref="TryMakeWritable"/> does it, so
    /// that nobody else sees the change (mbuf(9) leaves that to the caller).
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
    public bool TryTransform<TTransformer>(int offset, int length, ref TTransformer transformer, out int result)
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
