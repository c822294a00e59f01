namespace Engine.Mbufs;

/// <content>Room taken in advance: more mbufs at the end, a cluster for the first mbuf, the place of its data.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_getm, m_getm2 onto a chain: links new mbufs and clusters behind it, with room for a number of bytes, none in use. All or
    /// nothing. <see cref="TryAppend(ReadOnlySpan{byte})"/> and socket receives fill what the last mbuf has left, and then the new
    /// room, in order.
    /// </summary>
    /// <param name="length">Bytes of room to add to what there is, 0 or more; 0 adds nothing.</param>
    /// <returns>False if the arena cannot give all of it: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>
    /// O(new segments). A mark that the last mbuf ends a record (<see cref="MbufFlags.EndOfRecord"/>) moves to the new last one.
    /// </remarks>
    public bool TryAddRoom(int length)
    {
        ref MbufHeader head = ref Head();
        if (length <= 0)
        {
            if (length < 0)
            {
                ThrowHelper.Negative(nameof(length), length);
            }

            return true;
        }

        if (!_cache.TryTakeRoom(length, head.Segments, out ChainBuilder parts))
        {
            return false;
        }

        At(parts.Last).Flags |= HeaderFlags.Spare;
        At(head.Tail).Flags &= ~HeaderFlags.Spare;
        Link(ref head, parts);
        return true;
    }

    /// <summary>
    /// MCLGET, m_clget: gives the first mbuf, which is empty, a cluster of 2 KiB for its data, behind the arena's headroom.
    /// </summary>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="InvalidOperationException">The first mbuf has data, or a cluster or other storage already.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(1). <see cref="MbufScope.AllocatePacket()"/> does both in one step.</remarks>
    public bool TryAttachCluster() => TryAttachCluster(MbufClusterSize.Standard);

    /// <summary>
    /// m_cljget: gives the first mbuf, which is empty, a cluster of a given size for its data, behind the arena's headroom.
    /// </summary>
    /// <param name="size">One of the sizes that <see cref="MbufClusterSize"/> names.</param>
    /// <returns>False if the arena has none of that size: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such size.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has data, or a cluster or other storage already.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(1).</remarks>
    public bool TryAttachCluster(MbufClusterSize size)
    {
        ref MbufHeader head = ref Head();
        ZoneId kind = ClusterKind.ZoneOf(size);
        if (head.Kind != ZoneId.Internal || head.SegmentLength != 0)
        {
            ThrowHelper.NotAttachable();
        }

        if (!_cache.TryTake(kind, out uint storage))
        {
            return false;
        }

        head.EndPlaces(_cache.Hot.Memory.Step);
        _cache.Hot.Memory.AttachCluster(ref head, kind, storage, (int)size);
        head.UpdateSlowFree();
        return true;
    }

    /// <summary>
    /// M_ALIGN, MH_ALIGN, m_align: places the data of the first mbuf, which is empty, so that a number of bytes appended to it end
    /// with its storage, or at most 7 bytes before: they start at a multiple of 8, and everything before them is headroom.
    /// </summary>
    /// <param name="length">Bytes that are to fit, 0 to what the first mbuf's storage holds, headroom included.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than the storage
    /// holds.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has data, or its storage is read-only or shared.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(1). Attached storage that does not start at a multiple of 8 and is to be filled whole starts where it
    /// starts.</remarks>
    public void AlignToEnd(int length)
    {
        ref MbufHeader head = ref Head();
        if (head.SegmentLength != 0 || !_cache.IsWritable(ref head))
        {
            ThrowHelper.NotEmptyOrNotWritable();
        }

        int capacity = _cache.Hot.Memory.CapacityOf(ref head);
        if ((uint)length > (uint)capacity)
        {
            ThrowHelper.NotInStorage(nameof(length), length, capacity);
        }

        head.EndPlaces(_cache.Hot.Memory.Step);
        long start = _cache.Hot.Memory.StartOf(ref head);
        head.Data = Math.Max(start, (start + capacity - length) & ~7L);
    }
}
