namespace Engine.Mbufs;

/// <content>
/// The fields of the packet header. All are O(1), read as 0 without a packet header, and follow the header into every copy.
/// </content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_pkthdr.len: what the packet header says of the length, 0 without a header. Operations keep it in step; setting it does
    /// not change the data.
    /// </summary>
    /// <value>Bytes, 0 or more.</value>
    /// <exception cref="ArgumentOutOfRangeException">A negative value is set.</exception>
    /// <exception cref="InvalidOperationException">It is set on a chain without packet header.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    public int PacketLength
    {
        get => Head().PacketLength;
        set
        {
            ref MbufHeader head = ref HeadOfPacket();
            if (value < 0)
            {
                ThrowHelper.Negative(nameof(value), value);
            }

            head.PacketLength = value;
        }
    }

    /// <summary>m_fixhdr: sets <see cref="PacketLength"/> to what the chain really holds.</summary>
    /// <returns>That length, in bytes.</returns>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(1): the length is known, not walked for.</remarks>
    public int FixPacketLength()
    {
        ref MbufHeader head = ref HeadOfPacket();
        return head.PacketLength = head.ChainLength;
    }

    /// <summary>m_pkthdr.rcvif: the number of the interface that received the packet, 0 for none. O(1).</summary>
    /// <exception cref="InvalidOperationException">It is set on a chain without packet header.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    public ushort ReceiveInterface
    {
        get => (Head().Flags & HeaderFlags.PacketHeader) == 0 ? (ushort)0 : Head().ReceiveInterface;
        set => HeadOfPacket().ReceiveInterface = value;
    }

    /// <summary>m_pkthdr.csum_flags: what is to be done about checksums, and what was found out about them. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public MbufChecksumFlags ChecksumFlags
    {
        get => (MbufChecksumFlags)Head().ChecksumFlags;
        set => HeadOfPacket().ChecksumFlags = (uint)value;
    }

    /// <summary>
    /// m_pkthdr.csum_data: for a checksum that is to be computed, the place of its field behind the network header, in bytes;
    /// for one that was checked by the receiver, the sum. O(1).
    /// </summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public uint ChecksumData
    {
        get => Head().ChecksumData;
        set => HeadOfPacket().ChecksumData = value;
    }

    /// <summary>m_pkthdr.flowid: a number that all packets of a flow share. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public uint FlowId
    {
        get => Head().FlowId;
        set => HeadOfPacket().FlowId = value;
    }

    /// <summary>m_pkthdr.rsstype: what <see cref="FlowId"/> was computed from. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public MbufHashType HashType
    {
        get => ReadCold().HashType;
        set => WriteCold().HashType = value;
    }

    /// <summary>
    /// m_pkthdr.ether_vtag: the tag control information of IEEE 802.1Q, in host order; valid if <see cref="MbufFlags.VlanTag"/>
    /// is among the flags, which is set apart. O(1).
    /// </summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public ushort VlanTag
    {
        get => ReadCold().VlanTag;
        set => WriteCold().VlanTag = value;
    }

    /// <summary>m_pkthdr.fibnum: the number of the routing table to use. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public ushort RoutingTable
    {
        get => ReadCold().RoutingTable;
        set => WriteCold().RoutingTable = value;
    }

    /// <summary>m_pkthdr.tso_segsz: bytes of payload in each segment, when a large packet is cut. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public ushort SegmentSize
    {
        get => ReadCold().SegmentSize;
        set => WriteCold().SegmentSize = value;
    }

    /// <summary>m_pkthdr.l2hlen: bytes of the link header. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public byte Layer2HeaderLength
    {
        get => ReadCold().Layer2HeaderLength;
        set => WriteCold().Layer2HeaderLength = value;
    }

    /// <summary>m_pkthdr.l3hlen: bytes of the network header, options included. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public byte Layer3HeaderLength
    {
        get => ReadCold().Layer3HeaderLength;
        set => WriteCold().Layer3HeaderLength = value;
    }

    /// <summary>m_pkthdr.l4hlen: bytes of the transport header, options included. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public byte Layer4HeaderLength
    {
        get => ReadCold().Layer4HeaderLength;
        set => WriteCold().Layer4HeaderLength = value;
    }

    /// <summary>m_pkthdr.l5hlen: bytes of the header inside the transport's data. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public byte Layer5HeaderLength
    {
        get => ReadCold().Layer5HeaderLength;
        set => WriteCold().Layer5HeaderLength = value;
    }

    /// <summary>m_pkthdr.rcv_tstmp: when the packet was received, in nanoseconds of the receiver's clock. O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public ulong ReceiveTimestamp
    {
        get => ReadCold().ReceiveTimestamp;
        set => WriteCold().ReceiveTimestamp = value;
    }

    internal partial ref MbufHeader HeadOfPacket()
    {
        ref MbufHeader head = ref Head();
        if ((head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            ThrowHelper.NoPacketHeader();
        }

        return ref head;
    }

    private ColdHeader ReadCold()
    {
        ref MbufHeader head = ref Head();
        return (head.Flags & HeaderFlags.Cold) == 0 ? default : _cache.Hot.Memory.ColdOf(ref head);
    }

    private ref ColdHeader WriteCold() => ref _cache.Hot.Memory.UseCold(ref HeadOfPacket());

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
    /// m_clrprotoflags: clears the flags that belong to protocols (<see cref="MbufFlags.AnyProtocol"/>) on every mbuf, for a
    /// packet that goes from one protocol to another.
    /// </summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments).</remarks>
    public void ClearProtocolFlags()
    {
        _ = ref Head();
        ClearFlags(Index, (uint)MbufFlags.AnyProtocol);
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
