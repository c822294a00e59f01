namespace Engine.Mbufs;

/// <content>Finding bytes, wherever the borders between segments lie.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Finds a byte (no counterpart in mbuf(9), where m_apply with a callback would do it).
    /// </summary>
    /// <param name="value">The byte to find.</param>
    /// <param name="start">Where to start, in bytes from the start of the chain; 0 or more.</param>
    /// <returns>The first place at or behind <paramref name="start"/>, from the start of the chain; -1 if there is none, or the
    /// chain ends before.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="start"/> is negative.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments + bytes), several bytes at a time inside a segment.</remarks>
    public int IndexOf(byte value, int start = 0)
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
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments + bytes) for bytes that seldom start what is searched for; at worst times the length of it.</remarks>
    public int IndexOf(ReadOnlySpan<byte> value, int start = 0)
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
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments + bytes), to the first difference.</remarks>
    public bool StartsWith(ReadOnlySpan<byte> value)
        => value.Length <= Head().ChainLength && GoesOn(Index, value);

    /// <summary>True if the chain starts with all bytes of another, whatever the layout (no counterpart in mbuf(9)).</summary>
    /// <param name="other">A chain of this arena or another; with an empty one every chain starts.</param>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
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
}
