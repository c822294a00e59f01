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
}
