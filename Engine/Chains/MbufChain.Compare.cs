namespace Engine.Mbufs;

/// <content>Comparing bytes, wherever the borders between segments lie.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>True if the chain holds exactly these bytes (no counterpart in mbuf(9)).</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(1) if the lengths differ, else O(segments + bytes), to the first difference.</remarks>
    public bool SequenceEqual(ReadOnlySpan<byte> bytes) => bytes.Length == Head().ChainLength && GoesOn(Index, bytes);

    /// <summary>
    /// True if both chains hold the same bytes, whatever their layout, headers and flags (no counterpart in mbuf(9)).
    /// </summary>
    /// <param name="other">A chain of this arena or another.</param>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
    /// <remarks>O(1) if the lengths differ, else O(segments + bytes), to the first difference.</remarks>
    public bool SequenceEqual(MbufChain other)
    {
        int length = other.Head().ChainLength;
        return length == Head().ChainLength && CompareCommon(other) == 0;
    }

    /// <summary>
    /// Compares the chain's bytes with others, as unsigned numbers from the first on (no counterpart in mbuf(9)).
    /// </summary>
    /// <param name="bytes">The bytes to compare with.</param>
    /// <returns>
    /// Negative if this chain comes first, positive if it comes second, 0 if the bytes are the same. Of two of which one is the
    /// start of the other, the shorter comes first.
    /// </returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments + bytes), to the first difference.</remarks>
    public int SequenceCompareTo(ReadOnlySpan<byte> bytes)
    {
        int order = Head().ChainLength.CompareTo(bytes.Length);
        for (uint index = Index; index != 0 && !bytes.IsEmpty; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            int length = Math.Min(header.SegmentLength, bytes.Length);
            int difference = _cache.Hot.Memory.BytesOf(ref header)[..length].SequenceCompareTo(bytes[..length]);
            if (difference != 0)
            {
                return difference;
            }

            bytes = bytes[length..];
        }

        return order;
    }

    /// <summary>
    /// Compares the bytes of two chains, as unsigned numbers from the first on, whatever their layout (no counterpart in
    /// mbuf(9)).
    /// </summary>
    /// <param name="other">A chain of this arena or another.</param>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
    /// <inheritdoc cref="SequenceCompareTo(ReadOnlySpan{byte})"/>
    public int SequenceCompareTo(MbufChain other)
    {
        int order = Head().ChainLength.CompareTo(other.Head().ChainLength);
        int difference = CompareCommon(other);
        return difference != 0 ? difference : order;
    }

    /// <summary>Compares as many bytes as the shorter of two chains has, from the first on.</summary>
    private int CompareCommon(MbufChain other)
    {
        ref MbufHeader mine = ref Head();
        ref MbufHeader theirs = ref other.Head();
        ReadOnlySpan<byte> bytes = _cache.Hot.Memory.BytesOf(ref mine);
        ReadOnlySpan<byte> others = other._cache.Hot.Memory.BytesOf(ref theirs);
        while (true)
        {
            while (bytes.IsEmpty)
            {
                if (mine.Next == 0)
                {
                    return 0;
                }

                mine = ref At(mine.Next);
                bytes = _cache.Hot.Memory.BytesOf(ref mine);
            }

            while (others.IsEmpty)
            {
                if (theirs.Next == 0)
                {
                    return 0;
                }

                theirs = ref other.At(theirs.Next);
                others = other._cache.Hot.Memory.BytesOf(ref theirs);
            }

            int length = Math.Min(bytes.Length, others.Length);
            int difference = bytes[..length].SequenceCompareTo(others[..length]);
            if (difference != 0)
            {
                return difference;
            }

            bytes = bytes[length..];
            others = others[length..];
        }
    }
}
