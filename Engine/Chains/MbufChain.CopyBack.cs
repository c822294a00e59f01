using System.Diagnostics;

namespace Engine.Mbufs;

/// <content>Copying bytes into a chain, and into private storage first where others share it.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_copyback: writes bytes into the chain at an offset, over what is there; a chain that ends before is extended, and a
    /// gap is filled with zeros. Storage that is shared or read-only is replaced by a private copy first, so that nobody else
    /// sees the change (mbuf(9) corrupts the other packet). The packet length is raised to the new end if it was less.
    /// </summary>
    /// <param name="offset">Where the first byte goes, from the start of the chain; 0 or more.</param>
    /// <param name="source">The bytes; must not be a view of this chain.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(segments before + bytes).</remarks>
    public bool TryCopyBack(int offset, ReadOnlySpan<byte> source)
    {
        ref MbufHeader head = ref Head();
        if (offset < 0)
        {
            ThrowHelper.Negative(nameof(offset), offset);
        }

        int end = Sum(offset, source.Length);
        int oldLength = head.ChainLength;
        if (!TryTakeReplacements(offset, Math.Min(end, oldLength), out ChainParts replacements))
        {
            return false;
        }

        if (end > oldLength && !TryGrow(ref head, end - oldLength, out _, out _))
        {
            _cache.FreeParts(replacements);
            return false;
        }

        Replace(offset, Math.Min(end, oldLength), replacements);
        if (offset > oldLength)
        {
            Overwrite(_index, oldLength, offset - oldLength, default);
        }

        Overwrite(_index, offset, source.Length, source);
        if ((head.Flags & HeaderFlags.PacketHeader) != 0 && head.PacketLength < end)
        {
            head.PacketLength = end;
        }

        _cache.Settle();
        return true;
    }

    /// <summary>
    /// Replaces storage between two offsets that may not be written by private copies; contents and lengths stay.
    /// </summary>
    private void Replace(int start, int end, ChainParts replacements)
    {
        int position = 0;
        uint spare = replacements.First;
        for (uint index = _index; spare != 0 && position < end; index = At(index).Next)
        {
            // By the flags alone, which only we clear: the same mbufs, in the same order, as the replacements were taken for.
            ref MbufHeader header = ref At(index);
            if (!header.IsPlainlyWritable && Overlaps(ref header, position, start, end))
            {
                ref MbufHeader replacement = ref At(spare);
                spare = replacement.Next;
                ReplaceStorage(ref header, ref replacement);
            }

            position += header.SegmentLength;
        }

        _cache.FreeParts(replacements);
    }

    /// <summary>One mbuf with a cluster for each mbuf between the offsets that may not be written. All or nothing.</summary>
    private bool TryTakeReplacements(int start, int end, out ChainParts replacements)
    {
        replacements = default;
        int position = 0;
        for (uint index = _index; index != 0 && position < end; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            if (Overlaps(ref header, position, start, end) && !_cache.IsWritable(ref header))
            {
                // Always a cluster, also for few bytes: only external storage can change hands without another copy.
                int size = Math.Max(header.SegmentLength, MbufSizes.SmallestInCluster);
                if (!_cache.TryTakeContiguous(size, out uint replacement))
                {
                    _cache.FreeParts(replacements);
                    return false;
                }

                _cache.AddPart(ref replacements, replacement);
            }

            position += header.SegmentLength;
        }

        return true;
    }

    private static bool Overlaps(ref MbufHeader header, int position, int start, int end)
        => start < end && header.SegmentLength > 0 && position < end && position + header.SegmentLength > start;

    /// <summary>Copies a segment's bytes into the replacement's cluster and exchanges the two mbufs' storage.</summary>
    private void ReplaceStorage(ref MbufHeader header, ref MbufHeader replacement)
    {
        int length = header.SegmentLength;
        Debug.Assert(replacement.Kind != StorageKind.Internal, "A replacement brings a cluster.");
        Span<byte> target = _cache.Hot.Memory.Bytes(replacement.Data, length);
        _cache.BytesOf(ref header).CopyTo(target);
        MbufHeader old = header;
        header.Kind = replacement.Kind;
        header.Storage = replacement.Storage;
        header.Data = replacement.Data;
        header.Flags = (header.Flags & ~HeaderFlags.OfStorage) | HeaderFlags.Intricate;
        replacement.Kind = old.Kind;
        replacement.Storage = old.Storage;
        replacement.Flags |= old.Flags & HeaderFlags.OfStorage;
    }
}
