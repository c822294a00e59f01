namespace Engine.Mbufs;

/// <content>Copying bytes into a chain, and into private storage first where others share it.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_copyback: writes bytes into the chain at an offset, over what is there; a chain that ends before is extended, and a
    /// gap is filled with zeros. Storage that is shared or read-only is replaced by a private copy first, so that nobody else
    /// sees the change (mbuf(9) corrupts the other packet); of mbufs longer than 2 KiB only where bytes are written, as
    /// <see cref="TryMakeWritable"/> does it. The packet length is raised to the new end if it was less.
    /// </summary>
    /// <param name="offset">Where the first byte goes, from the start of the chain; 0 or more.</param>
    /// <param name="source">The bytes; must not be a view of this chain.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(segments before + bytes), and up to 2 KiB copied at either end of what is written.</remarks>
    public bool TryCopyBack(int offset, ReadOnlySpan<byte> source)
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
}
