namespace Engine.Mbufs;

/// <content>Finding bytes, wherever the borders between segments lie.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>Finds a byte from the start on (no counterpart in mbuf(9)).</summary>
    /// <inheritdoc cref="IndexOf(byte, int)"/>
    public int IndexOf(byte value) => IndexOf(value, 0);

    /// <summary>Finds a sequence of bytes from the start on, also where it goes over the borders of segments (no counterpart in mbuf(9)).</summary>
    /// <inheritdoc cref="IndexOf(ReadOnlySpan{byte}, int)"/>
    public int IndexOf(ReadOnlySpan<byte> value) => IndexOf(value, 0);

    /// <summary>
    /// Finds a byte (no counterpart in mbuf(9), where m_apply with a callback would do it).
    /// </summary>
    /// <param name="value">The byte to find.</param>
    /// <param name="start">Where to start, in bytes from the start of the chain; 0 or more.</param>
    /// <returns>The first place at or behind <paramref name="start"/>, from the start of the chain; -1 if there is none, or the
    /// chain ends before.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="start"/> is negative.</exception>
    /// <remarks>O(segments + bytes), several bytes at a time inside a segment.</remarks>
    public int IndexOf(byte value, int start)
    {
        _ = ref HeadToSearch(start);
        int position = 0;
        for (uint index = Index; index != 0; index = At(index).Next)
        {
            ReadOnlySpan<byte> bytes = _cache.Hot.Memory.BytesOf(ref At(index));
            int skip = Math.Max(0, start - position);
            int found = skip < bytes.Length ? bytes[skip..].IndexOf(value) : -1;
            if (found >= 0)
            {
                return position + skip + found;
            }

            position += bytes.Length;
        }

        return -1;
    }

    /// <summary>
    /// Finds a sequence of bytes, also where it goes over the borders of segments (no counterpart in mbuf(9)).
    /// </summary>
    /// <param name="value">The bytes to find; none are found at once.</param>
    /// <param name="start">Where to start, in bytes from the start of the chain; 0 or more.</param>
    /// <returns>Where the first one at or behind <paramref name="start"/> starts, from the start of the chain; -1 if there is
    /// none, or the chain ends before.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="start"/> is negative.</exception>
    /// <remarks>O(segments + bytes) for bytes that seldom start what is searched for; at worst times the length of it.</remarks>
    public int IndexOf(ReadOnlySpan<byte> value, int start)
    {
        ref MbufHeader head = ref HeadToSearch(start);
        if (value.IsEmpty)
        {
            return start <= head.ChainLength ? start : -1;
        }

        int position = 0;
        for (uint index = Index; index != 0; index = At(index).Next)
        {
            ReadOnlySpan<byte> bytes = _cache.Hot.Memory.BytesOf(ref At(index));
            int skip = Math.Max(0, start - position);
            int found = skip < bytes.Length ? Find(bytes[skip..], At(index).Next, value) : -1;
            if (found >= 0)
            {
                return position + skip + found;
            }

            position += bytes.Length;
        }

        return -1;
    }

    /// <summary>True if the chain starts with these bytes (no counterpart in mbuf(9)).</summary>
    /// <param name="value">The bytes; with none of them every chain starts.</param>
    /// <remarks>O(segments + bytes), to the first difference.</remarks>
    public bool StartsWith(ReadOnlySpan<byte> value)
        => value.Length <= Head().ChainLength && GoesOn(Index, value);

    /// <summary>True if the chain starts with all bytes of another, whatever the layout (no counterpart in mbuf(9)).</summary>
    /// <param name="other">A chain of this arena or another; with an empty one every chain starts.</param>
    /// <remarks>O(segments + bytes), to the first difference.</remarks>
    public bool StartsWith(MbufChain other)
    {
        int length = other.Head().ChainLength;
        return length <= Head().ChainLength && CompareCommon(other) == 0;
    }

    private ref MbufHeader HeadToSearch(int start)
    {
        ref MbufHeader head = ref Head();
        if (start < 0)
        {
            ThrowHelper.Negative(nameof(start), start);
        }

        return ref head;
    }

    /// <summary>
    /// Where a sequence starts in the bytes of one mbuf, whether it ends in them or in those of the mbufs behind.
    /// </summary>
    private int Find(ReadOnlySpan<byte> bytes, uint next, ReadOnlySpan<byte> value)
    {
        int place = bytes.IndexOf(value);
        if (place >= 0)
        {
            return place;
        }

        // Too near to the end to be whole: each place that the first byte is at may be one.
        place = Math.Max(0, bytes.Length - value.Length + 1);
        while (place < bytes.Length)
        {
            int first = bytes[place..].IndexOf(value[0]);
            if (first < 0)
            {
                break;
            }

            place += first;
            ReadOnlySpan<byte> end = bytes[place..];
            if (value.StartsWith(end) && GoesOn(next, value[end.Length..]))
            {
                return place;
            }

            place++;
        }

        return -1;
    }

    /// <summary>True if the bytes from the start of one mbuf on are these.</summary>
    private bool GoesOn(uint index, ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            if (index == 0)
            {
                return false;
            }

            ref MbufHeader header = ref At(index);
            int length = Math.Min(header.SegmentLength, value.Length);
            if (!_cache.Hot.Memory.BytesOf(ref header)[..length].SequenceEqual(value[..length]))
            {
                return false;
            }

            value = value[length..];
            index = header.Next;
        }

        return true;
    }

    /// <summary>True if the chain holds exactly these bytes (no counterpart in mbuf(9)).</summary>
    /// <param name="bytes">The bytes.</param>
    /// <remarks>O(1) if the lengths differ, else O(segments + bytes), to the first difference.</remarks>
    public bool SequenceEqual(ReadOnlySpan<byte> bytes) => bytes.Length == Head().ChainLength && GoesOn(Index, bytes);

    /// <summary>
    /// True if both chains hold the same bytes, whatever their layout, headers and flags (no counterpart in mbuf(9)).
    /// </summary>
    /// <param name="other">A chain of this arena or another.</param>
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
