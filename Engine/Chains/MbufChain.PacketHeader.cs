namespace Engine.Mbufs;

/// <content>
/// The fields of the packet header. All are O(1), read as 0 without a packet header, and follow the header into every copy.
/// </content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// What the packet header says of the length, 0 without a header (mbuf(9): m_pkthdr.len). Operations keep it in step; setting
    /// it does not change the data.
    /// </summary>
    /// <value>Bytes, 0 or more.</value>
    /// <exception cref="ArgumentOutOfRangeException">A negative value is set.</exception>
    /// <exception cref="InvalidOperationException">It is set on a chain without packet header.</exception>
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

    /// <summary>Sets <see cref="PacketLength"/> to what the chain really holds (mbuf(9): m_fixhdr).</summary>
    /// <returns>That length, in bytes.</returns>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <remarks>O(1): the length is known, not walked for.</remarks>
    public int FixPacketLength()
    {
        ref MbufHeader head = ref HeadOfPacket();
        return head.PacketLength = head.ChainLength;
    }

    /// <summary>The number of the interface that received the packet, 0 for none (mbuf(9): m_pkthdr.rcvif). O(1).</summary>
    /// <exception cref="InvalidOperationException">It is set on a chain without packet header.</exception>
    public ushort ReceiveInterface
    {
        get => (Head().Flags & HeaderFlags.PacketHeader) == 0 ? (ushort)0 : Head().ReceiveInterface;
        set => HeadOfPacket().ReceiveInterface = value;
    }

    /// <summary>
    /// What is to be done about checksums, and what was found out about them (mbuf(9): m_pkthdr.csum_flags). O(1).
    /// </summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public MbufChecksumFlags ChecksumFlags
    {
        get => (MbufChecksumFlags)Head().ChecksumFlags;
        set => HeadOfPacket().ChecksumFlags = (uint)value;
    }

    /// <summary>
    /// For a checksum that is to be computed, the place of its field behind the network header, in bytes; for one that was checked
    /// by the receiver, the sum (mbuf(9): m_pkthdr.csum_data). O(1).
    /// </summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public uint ChecksumData
    {
        get => Head().ChecksumData;
        set => HeadOfPacket().ChecksumData = value;
    }

    /// <summary>A number that all packets of a flow share (mbuf(9): m_pkthdr.flowid). O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public uint FlowId
    {
        get => Head().FlowId;
        set => HeadOfPacket().FlowId = value;
    }

    /// <summary>What <see cref="FlowId"/> was computed from (mbuf(9): m_pkthdr.rsstype). O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public MbufHashType HashType
    {
        get => ReadCold().HashType;
        set => WriteCold().HashType = value;
    }

    /// <summary>
    /// The tag control information of IEEE 802.1Q, in host order; valid if <see cref="MbufFlags.VlanTag"/> is among the flags,
    /// which is set apart (mbuf(9): m_pkthdr.ether_vtag). O(1).
    /// </summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public ushort VlanTag
    {
        get => ReadCold().VlanTag;
        set => WriteCold().VlanTag = value;
    }

    /// <summary>The number of the routing table to use (mbuf(9): m_pkthdr.fibnum). O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public ushort RoutingTable
    {
        get => ReadCold().RoutingTable;
        set => WriteCold().RoutingTable = value;
    }

    /// <summary>Bytes of payload in each segment, when a large packet is cut (mbuf(9): m_pkthdr.tso_segsz). O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public ushort SegmentSize
    {
        get => ReadCold().SegmentSize;
        set => WriteCold().SegmentSize = value;
    }

    /// <summary>Bytes of the link header (mbuf(9): m_pkthdr.l2hlen). O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public byte Layer2HeaderLength
    {
        get => ReadCold().Layer2HeaderLength;
        set => WriteCold().Layer2HeaderLength = value;
    }

    /// <summary>Bytes of the network header, options included (mbuf(9): m_pkthdr.l3hlen). O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public byte Layer3HeaderLength
    {
        get => ReadCold().Layer3HeaderLength;
        set => WriteCold().Layer3HeaderLength = value;
    }

    /// <summary>Bytes of the transport header, options included (mbuf(9): m_pkthdr.l4hlen). O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public byte Layer4HeaderLength
    {
        get => ReadCold().Layer4HeaderLength;
        set => WriteCold().Layer4HeaderLength = value;
    }

    /// <summary>Bytes of the header inside the transport's data (mbuf(9): m_pkthdr.l5hlen). O(1).</summary>
    /// <inheritdoc cref="ReceiveInterface"/>
    public byte Layer5HeaderLength
    {
        get => ReadCold().Layer5HeaderLength;
        set => WriteCold().Layer5HeaderLength = value;
    }

    /// <summary>
    /// When the packet was received, in nanoseconds of the receiver's clock (mbuf(9): m_pkthdr.rcv_tstmp). O(1).
    /// </summary>
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
    /// This chain takes over another's packet header: the fields, the packet's flags (M_COPYFLAGS) and the tags (mbuf(9):
    /// m_move_pkthdr, M_MOVE_PKTHDR). Its data stays, and so does the other's; the packet length is the other's, whatever this one
    /// holds.
    /// </summary>
    /// <param name="other">A packet of the same arena; a chain without packet header afterwards, still owned by the
    /// caller.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="other"/> has no packet header.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
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
    /// This chain gets a copy of another's packet header: the fields, the packet's flags (M_COPYFLAGS), and a copy of each tag in
    /// the same order (mbuf(9): m_dup_pkthdr). Its data stays; the packet length is the other's.
    /// </summary>
    /// <param name="other">A packet of the same arena; it stays as it is.</param>
    /// <returns>
    /// False if the arena is exhausted: this chain is as it was (mbuf(9) leaves it with fields and without tags).
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="other"/> has no packet header.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
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
    /// The fields and the packet's flags, which cannot fail (mbuf(9): m_dup_pkthdr without the tags). Tags that this chain had are
    /// freed.
    /// </summary>
    /// <param name="other">A packet of the same arena; it stays as it is.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="other"/> has no packet header.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
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
    /// Makes an ordinary chain of a packet (mbuf(9): m_demote with all = 1). The packet header goes, with its fields and tags, and
    /// every mbuf loses all flags but those that describe its storage and those to keep.
    /// </summary>
    /// <param name="keep">
    /// Flags that stay where they are set. <see cref="MbufFlags.ReadOnly"/> and <see cref="MbufFlags.External"/> stay always,
    /// since they are the storage's; <see cref="MbufFlags.PacketHeader"/> never.
    /// </param>
    /// <remarks>O(segments + tags). Never needs memory. A chain without packet header only loses flags.</remarks>
    public void Demote(MbufFlags keep = MbufFlags.None)
    {
        ref MbufHeader head = ref Head();
        _cache.DropPacketHeader(ref head);
        ClearFlags(Index, (~(uint)keep & HeaderFlags.Clearable) | HeaderFlags.PacketHeader);
        head.UpdateSlowFree();
    }

    /// <summary>
    /// Every mbuf but the first loses all flags but those that describe its storage and those to keep (mbuf(9): m_demote with all =
    /// 0). No operation leaves a packet header inside a chain; the mark of one that got there all the same goes, too.
    /// </summary>
    /// <param name="keep">
    /// Flags that stay where they are set. <see cref="MbufFlags.ReadOnly"/> and <see cref="MbufFlags.External"/> stay always,
    /// since they are the storage's.
    /// </param>
    /// <remarks>O(segments). Never needs memory.</remarks>
    public void DemoteInterior(MbufFlags keep = MbufFlags.None)
        => ClearFlags(Head().Next, (~(uint)keep & HeaderFlags.Clearable) | HeaderFlags.PacketHeader);

    /// <summary>
    /// Takes the packet header away, with its fields and tags (mbuf(9): m_demote_pkthdr). The bytes stay, and so do the flags of
    /// the first mbuf.
    /// </summary>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <remarks>O(1), and O(tags) if there are any. Never needs memory.</remarks>
    public void RemovePacketHeader()
    {
        ref MbufHeader head = ref HeadOfPacket();
        _cache.DropPacketHeader(ref head);
        head.UpdateSlowFree();
    }

    /// <summary>
    /// Clears the flags that belong to protocols (<see cref="MbufFlags.AnyProtocol"/>) on every mbuf, for a packet that goes from
    /// one protocol to another (mbuf(9): m_clrprotoflags).
    /// </summary>
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
