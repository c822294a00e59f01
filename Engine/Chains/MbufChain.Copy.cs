namespace Engine.Mbufs;

/// <content>Copying bytes out of a chain.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>m_copydata: copies bytes out of the chain, wherever they lie.</summary>
    /// <param name="offset">The first byte to copy, from the start of the chain; 0 or more.</param>
    /// <param name="destination">Receives the bytes; its length says how many. Must not be a view of this chain.</param>
    /// <returns>False if the chain ends before that: nothing was copied.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments before + bytes).</remarks>
    public bool TryCopyTo(int offset, Span<byte> destination)
    {
        ref MbufHeader header = ref Head();
        if (offset < 0)
        {
            ThrowHelper.Negative(nameof(offset), offset);
        }

        if ((long)offset + destination.Length > header.ChainLength)
        {
            return false;
        }

        while (!destination.IsEmpty)
        {
            if (offset < header.SegmentLength)
            {
                int length = Math.Min(header.SegmentLength - offset, destination.Length);
                _cache.Hot.Memory.Bytes(header.Data + offset, length).CopyTo(destination);
                destination = destination[length..];
                offset = 0;
            }
            else
            {
                offset -= header.SegmentLength;
            }

            header = ref At(header.Next);
        }

        return true;
    }
}
