using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// What is rarely read of a packet header: a line of its own, parallel to the header's, valid only while the header has
/// <see cref="HeaderFlags.Cold"/>. Whoever writes the first field clears the line and sets the flag; free looks at it only if the
/// flag is set.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = MbufSizes.HeaderSize)]
internal struct ColdHeader
{
    /// <summary>When the packet was received (m_pkthdr.rcv_tstmp).</summary>
    public ulong ReceiveTimestamp;

    /// <summary>Index of the first packet tag's mbuf, 0 for none (m_pkthdr.tags).</summary>
    public uint FirstTag;

    /// <summary>VLAN tag control information (m_pkthdr.ether_vtag).</summary>
    public ushort VlanTag;

    /// <summary>Payload bytes of one segment, for segmentation offload (m_pkthdr.tso_segsz).</summary>
    public ushort SegmentSize;

    /// <summary>Routing table (m_pkthdr.fibnum).</summary>
    public ushort RoutingTable;

    /// <summary>What the flow id is a hash of (m_pkthdr.rsstype).</summary>
    public MbufHashType HashType;

    /// <summary>Bytes of the link header (m_pkthdr.l2hlen).</summary>
    public byte Layer2HeaderLength;

    /// <summary>Bytes of the network header (m_pkthdr.l3hlen).</summary>
    public byte Layer3HeaderLength;

    /// <summary>Bytes of the transport header (m_pkthdr.l4hlen).</summary>
    public byte Layer4HeaderLength;

    /// <summary>Bytes of the inner header (m_pkthdr.l5hlen).</summary>
    public byte Layer5HeaderLength;
}
