namespace Engine.Mbufs;

/// <summary>Flags of an mbuf (mbuf(9): <c>m_flags</c>, <c>M_*</c>).</summary>
[Flags]
public enum MbufFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>
    /// The data lies in a cluster or other storage outside the mbuf (M_EXT). Derived from the storage, never set by hand.
    /// </summary>
    External = 1u << 0,

    /// <summary>The mbuf is the first of a packet and has a packet header (M_PKTHDR). Set at allocation.</summary>
    PacketHeader = 1u << 1,

    /// <summary>
    /// The mbuf ends a record (M_EOR): all bytes of the chain up to and with its last, or up to the mark before. Bytes that are
    /// appended to a record at the chain's end belong to it: the mark is at the end of them, by whatever verb and in whatever room.
    /// Chains that are joined keep their marks. In another layout the mark is on the mbuf that holds the last byte. On the first mbuf it
    /// is one of the packet's flags, too, and follows the packet header as M_PREPEND, m_adj, m_split and m_dup_pkthdr do.
    /// </summary>
    EndOfRecord = 1u << 2,

    /// <summary>The data must not be written (M_RDONLY). Follows the storage into every copy of it.</summary>
    ReadOnly = 1u << 3,

    /// <summary>Protocol-specific (M_PROTO1).</summary>
    Protocol1 = 1u << 4,

    /// <summary>Protocol-specific (M_PROTO2).</summary>
    Protocol2 = 1u << 5,

    /// <summary>Protocol-specific (M_PROTO3).</summary>
    Protocol3 = 1u << 6,

    /// <summary>Protocol-specific (M_PROTO4).</summary>
    Protocol4 = 1u << 7,

    /// <summary>Protocol-specific (M_PROTO5).</summary>
    Protocol5 = 1u << 8,

    /// <summary>Sent or received as a link-level broadcast (M_BCAST).</summary>
    Broadcast = 1u << 9,

    /// <summary>Sent or received as a link-level multicast (M_MCAST).</summary>
    Multicast = 1u << 10,

    /// <summary>The packet is a fragment of a larger one (M_FRAG).</summary>
    Fragment = 1u << 11,

    /// <summary>The packet is the first fragment (M_FIRSTFRAG).</summary>
    FirstFragment = 1u << 12,

    /// <summary>The packet is the last fragment (M_LASTFRAG).</summary>
    LastFragment = 1u << 13,

    /// <summary>Protocol-specific (M_PROTO6).</summary>
    Protocol6 = 1u << 14,

    /// <summary>The packet was not addressed to this host (M_PROMISC).</summary>
    Promiscuous = 1u << 15,

    /// <summary>The packet header's VLAN tag is valid (M_VLANTAG).</summary>
    VlanTag = 1u << 16,

    /// <summary>All flags that protocols may use as they like (M_PROTOFLAGS): what <c>m_clrprotoflags</c> clears.</summary>
    AnyProtocol = Protocol1 | Protocol2 | Protocol3 | Protocol4 | Protocol5 | Protocol6,
}

/// <summary>
/// What an mbuf holds (mbuf(9): <c>m_type</c>, <c>MT_*</c>). A label for accounting; no operation depends on it.
/// </summary>
public enum MbufType : byte
{
    /// <summary>Dynamic data: the type of every mbuf at allocation (MT_DATA).</summary>
    Data = 1,

    /// <summary>A packet header (MT_HEADER, which today's mbuf(9) makes a synonym of MT_DATA).</summary>
    Header = 2,

    /// <summary>A socket name (MT_SONAME).</summary>
    SocketName = 8,

    /// <summary>Control information, extra-data protocol messages (MT_CONTROL).</summary>
    Control = 14,

    /// <summary>Expedited, out-of-band data (MT_OOBDATA).</summary>
    OutOfBandData = 15,
}
