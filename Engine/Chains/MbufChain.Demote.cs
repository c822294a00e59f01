namespace Engine.Mbufs;

/// <content>Taking packet headers and flags away.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_demote with all = 1: makes an ordinary chain of a packet. The packet header goes, with its fields and tags, and every
    /// mbuf loses all flags but those that describe its storage and those to keep.
    /// </summary>
    /// <param name="keep">
    /// Flags that stay where they are set. <see cref="MbufFlags.ReadOnly"/> and <see cref="MbufFlags.External"/> stay always,
    /// since they are the storage's; <see cref="MbufFlags.PacketHeader"/> never.
    /// </param>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments + tags). Never needs memory. A chain without packet header only loses flags.</remarks>
    public void Demote(MbufFlags keep = MbufFlags.None)
    {
        ref MbufHeader head = ref Head();
        _cache.DropPacketHeader(ref head);
        ClearFlags(Index, (~(uint)keep & HeaderFlags.Clearable) | HeaderFlags.PacketHeader);
        head.UpdateSlowFree();
    }

    /// <summary>
    /// m_demote with all = 0: every mbuf but the first loses all flags but those that describe its storage and those to keep.
    /// No operation leaves a packet header inside a chain; the mark of one that got there all the same goes, too.
    /// </summary>
    /// <param name="keep">
    /// Flags that stay where they are set. <see cref="MbufFlags.ReadOnly"/> and <see cref="MbufFlags.External"/> stay always,
    /// since they are the storage's.
    /// </param>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments). Never needs memory.</remarks>
    public void DemoteInterior(MbufFlags keep = MbufFlags.None)
        => ClearFlags(Head().Next, (~(uint)keep & HeaderFlags.Clearable) | HeaderFlags.PacketHeader);

    /// <summary>
    /// m_demote_pkthdr: takes the packet header away, with its fields and tags. The bytes stay, and so do the flags of the first
    /// mbuf.
    /// </summary>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(1), and O(tags) if there are any. Never needs memory.</remarks>
    public void RemovePacketHeader()
    {
        ref MbufHeader head = ref HeadOfPacket();
        _cache.DropPacketHeader(ref head);
        head.UpdateSlowFree();
    }

    /// <summary>
    /// m_clrprotoflags: clears the flags that belong to protocols (<see cref="MbufFlags.Protocols"/>) on every mbuf, for a
    /// packet that goes from one protocol to another.
    /// </summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments).</remarks>
    public void ClearProtocolFlags()
    {
        _ = ref Head();
        ClearFlags(Index, (uint)MbufFlags.Protocols);
    }

    /// <summary>Clears flags of one mbuf and all behind it.</summary>
    private void ClearFlags(uint from, uint flags)
    {
        for (uint index = from; index != 0; index = At(index).Next)
        {
            At(index).Flags &= ~flags;
        }
    }
}
