namespace Engine.Mbufs;

/// <summary>
/// What is to be done about a packet's checksums, and what a receiver found out about them (mbuf(9):
/// <c>m_pkthdr.csum_flags</c>, <c>CSUM_*</c>). All 32 bits are kept; these have names.
/// </summary>
[Flags]
public enum MbufChecksumFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To do: the IPv4 header checksum (CSUM_IP).</summary>
    Ip = 1u << 0,

    /// <summary>To do: the UDP checksum (CSUM_UDP); its field holds the pseudo header's sum.</summary>
    Udp = 1u << 1,

    /// <summary>To do: the TCP checksum (CSUM_TCP); its field holds the pseudo header's sum.</summary>
    Tcp = 1u << 2,

    /// <summary>To do: the SCTP checksum (CSUM_SCTP).</summary>
    Sctp = 1u << 3,

    /// <summary>To do: cut into segments of the packet header's segment size (CSUM_TSO).</summary>
    Segmentation = 1u << 4,

    /// <summary>To do: cut into IP fragments (CSUM_FRAGMENT).</summary>
    Fragmentation = 1u << 5,

    /// <summary>To do: checksums of the IP fragments (CSUM_IP_FRAGS).</summary>
    IpFragments = 1u << 6,

    /// <summary>To do: the UDP checksum over IPv6 (CSUM_IP6_UDP).</summary>
    UdpIPv6 = 1u << 9,

    /// <summary>To do: the TCP checksum over IPv6 (CSUM_IP6_TCP).</summary>
    TcpIPv6 = 1u << 10,

    /// <summary>To do: the SCTP checksum over IPv6 (CSUM_IP6_SCTP).</summary>
    SctpIPv6 = 1u << 11,

    /// <summary>Found: the IPv4 header checksum was checked (CSUM_IP_CHECKED, CSUM_L3_CALC).</summary>
    IpChecked = 1u << 24,

    /// <summary>Found: the IPv4 header checksum is right (CSUM_IP_VALID, CSUM_L3_VALID).</summary>
    IpValid = 1u << 25,

    /// <summary>
    /// Found: the checksum data includes the pseudo header (CSUM_PSEUDO_HDR, CSUM_L4_CALC).
    /// </summary>
    PseudoHeader = 1u << 26,

    /// <summary>Found: the checksum data is valid (CSUM_DATA_VALID, CSUM_L4_VALID).</summary>
    DataValid = 1u << 27,

    /// <summary>To do: any transport checksum over IPv4 (CSUM_DELAY_DATA).</summary>
    DelayedData = Udp | Tcp | Sctp,

    /// <summary>To do: the IP checksum (CSUM_DELAY_IP).</summary>
    DelayedIp = Ip,
}
