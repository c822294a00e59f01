namespace Engine.Mbufs;

/// <content>Laying a packet out anew: in as few mbufs as possible, or in many of one length.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_defrag: moves a packet into as few mbufs as the arena can give, all of them writable: one, up to 16 KiB, if a cluster so
    /// large is free; else clusters of 16 KiB or of 2 KiB. A packet that is laid out so already, and a chain without packet
    /// header, are left alone. The packet length is set to the true length first, also if the rest fails.
    /// </summary>
    /// <returns>
    /// False if the arena is exhausted, or if <see cref="MbufStress.DefragmentFailureRate"/> says so: the layout is as it was.
    /// </returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(bytes); O(segments) if there is nothing to do.</remarks>
    public bool TryDefragment()
    {
        ref MbufHeader head = ref Head();
        if ((head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            return true;
        }

        head.PacketLength = head.ChainLength;
        bool writable = IsWritableThroughout();
        if (writable && head.Segments - 1 <= (head.ChainLength - 1) / MbufSizes.LargestContiguous)
        {
            return true;
        }

        ChainBuilder parts = default;
        if (_cache.Arena.Stress.InjectsDefragmentFailure()
            || !_cache.CanEverCopy(head.ChainLength, head.Segments)
            || !parts.TryAddCopy(_cache, head.ChainLength))
        {
            parts.Undo(_cache);
            return false;
        }

        if (writable && head.Segments <= parts.Segments)
        {
            parts.Undo(_cache); // Larger clusters, which would have been an improvement, are not to be had.
            return true;
        }

        ReplaceRun(Index, head.Segments, parts);
        _cache.RunDueRoutines();
        return true;
    }

    /// <summary>
    /// m_fragment: moves the chain into mbufs of exactly so many bytes each, the last one with the rest, all of them writable; at
    /// least one. To show that other code bears any layout.
    /// </summary>
    /// <param name="length">Bytes of each mbuf, 1 to 2,048.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is out of its range.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(bytes + mbufs). Up to <see cref="MbufSizes.InternalSize"/> bytes in plain mbufs, else in 2 KiB clusters.</remarks>
    public bool TryFragment(int length)
    {
        ref MbufHeader head = ref Head();
        if (length is < 1 or > (int)MbufClusterSize.Standard)
        {
            ThrowHelper.FragmentLength(nameof(length), length);
        }

        if (!_cache.TryTakePieces(head.ChainLength, length, head.Segments, out ChainBuilder parts))
        {
            return false;
        }

        ReplaceRun(Index, head.Segments, parts);
        _cache.RunDueRoutines();
        return true;
    }

    internal partial void PrepareOutput()
    {
        int size = IsNull ? 0 : _cache.Arena.Stress.FragmentSize;
        if (size != 0 && !IsEmpty)
        {
            TryFragment(size);
        }
    }

    private bool IsWritableThroughout()
    {
        uint index = Index;
        while (index != 0 && _cache.IsWritable(ref At(index)))
        {
            index = At(index).Next;
        }

        return index == 0;
    }
}
