namespace Engine.Mbufs;

/// <content>Handing a packet header from one packet to another.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_move_pkthdr, M_MOVE_PKTHDR: this chain takes over another's packet header: the fields, the packet's flags (M_COPYFLAGS)
    /// and the tags. Its data stays, and so does the other's; the packet length is the other's, whatever this one holds.
    /// </summary>
    /// <param name="other">A packet of the same arena; a chain without packet header afterwards, still owned by the
    /// caller.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="other"/> has no packet header.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
    /// <remarks>O(1), and O(tags) for tags that this chain had, which are freed. Never needs memory.</remarks>
    public void MovePacketHeaderFrom(MbufChain other)
    {
        ref MbufHeader head = ref Head();
        ref MbufHeader from = ref HeaderToCopy(other);
        _cache.CopyPacketFields(ref from, ref head);
        if ((from.Flags & HeaderFlags.Cold) != 0)
        {
            ref ColdHeader cold = ref _cache.Hot.Memory.ColdOf(ref from);
            _cache.Hot.Memory.UseCold(ref head).FirstTag = cold.FirstTag;
            cold.FirstTag = 0;
        }

        TakePacketFlags(ref from, ref head);
        _cache.DropPacketHeader(ref from);
        from.UpdateSlowFree();
    }

    /// <summary>
    /// m_dup_pkthdr: this chain gets a copy of another's packet header: the fields, the packet's flags (M_COPYFLAGS), and a copy
    /// of each tag in the same order. Its data stays; the packet length is the other's.
    /// </summary>
    /// <param name="other">A packet of the same arena; it stays as it is.</param>
    /// <returns>
    /// False if the arena is exhausted: this chain is as it was (mbuf(9) leaves it with fields and without tags).
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="other"/> has no packet header.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
    /// <remarks>O(tags). Needs one mbuf for each tag.</remarks>
    public bool TryCopyPacketHeaderFrom(MbufChain other)
    {
        ref MbufHeader head = ref Head();
        ref MbufHeader from = ref HeaderToCopy(other);
        if (!_cache.TryCopyPacketHeader(ref from, ref head))
        {
            return false;
        }

        TakePacketFlags(ref from, ref head);
        return true;
    }

    /// <summary>
    /// m_dup_pkthdr without the tags: the fields and the packet's flags, which cannot fail. Tags that this chain had are freed.
    /// </summary>
    /// <param name="other">A packet of the same arena; it stays as it is.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="other"/> has no packet header.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">Either was freed or given away.</exception>
    /// <remarks>O(1), and O(tags) for tags that this chain had.</remarks>
    public void CopyPacketFieldsFrom(MbufChain other)
    {
        ref MbufHeader head = ref Head();
        ref MbufHeader from = ref HeaderToCopy(other);
        _cache.CopyPacketFields(ref from, ref head);
        TakePacketFlags(ref from, ref head);
    }

    /// <summary>
    /// What a header gets of another's flags: those that may be set, and the packet header itself; but not the read-only mark, which
    /// belongs to the storage, and stays with each.
    /// </summary>
    private static void TakePacketFlags(ref MbufHeader from, ref MbufHeader to)
        => to.Flags = (to.Flags & ~HeaderFlags.Clearable) | (from.Flags & HeaderFlags.Clearable) | HeaderFlags.PacketHeader;

    private ref MbufHeader HeaderToCopy(MbufChain other)
    {
        ref MbufHeader from = ref other.HeadOfPacket();
        if (other._cache != _cache && other._cache.Arena != _cache.Arena)
        {
            ThrowHelper.Foreign();
        }

        if (other.Index == Index)
        {
            ThrowHelper.HeaderToItself();
        }

        return ref from;
    }
}
