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

    /// <summary>To do: the IPv4 header checksum (CSUM_IP, CSUM_DELAY_IP).</summary>
    IPv4 = 1u << 0,

    /// <summary>To do: the UDP checksum (CSUM_UDP); its field holds the pseudo header's sum.</summary>
    Udp = 1u << 1,

    /// <summary>To do: the TCP checksum (CSUM_TCP); its field holds the pseudo header's sum.</summary>
    Tcp = 1u << 2,

    /// <summary>To do: the SCTP checksum (CSUM_SCTP).</summary>
    Sctp = 1u << 3,

    /// <summary>
    /// To do: cut a TCP packet over IPv4 into segments of <see cref="MbufChain.SegmentSize"/>, each with its checksums (CSUM_TSO,
    /// CSUM_IP_TSO).
    /// </summary>
    TcpSegmentation = 1u << 4,

    /// <summary>To do: cut into IP fragments (CSUM_FRAGMENT).</summary>
    Fragmentation = 1u << 5,

    /// <summary>To do: checksums of the IP fragments (CSUM_IP_FRAGS).</summary>
    FragmentChecksums = 1u << 6,

    /// <summary>
    /// To do: cut a UDP packet over IPv4 into datagrams of <see cref="MbufChain.SegmentSize"/>, each with its checksums. No name
    /// in mbuf(9).
    /// </summary>
    UdpSegmentation = 1u << 7,

    /// <summary>The same over IPv6.</summary>
    UdpSegmentationIPv6 = 1u << 8,

    /// <summary>To do: the UDP checksum over IPv6 (CSUM_IP6_UDP).</summary>
    UdpIPv6 = 1u << 9,

    /// <summary>To do: the TCP checksum over IPv6 (CSUM_IP6_TCP).</summary>
    TcpIPv6 = 1u << 10,

    /// <summary>To do: the SCTP checksum over IPv6 (CSUM_IP6_SCTP).</summary>
    SctpIPv6 = 1u << 11,

    /// <summary>To do: cut a TCP packet over IPv6 into segments, like <see cref="TcpSegmentation"/> (CSUM_IP6_TSO).</summary>
    TcpSegmentationIPv6 = 1u << 12,

    /// <summary>Found: the IPv4 header checksum was checked (CSUM_IP_CHECKED, CSUM_L3_CALC).</summary>
    IPv4Checked = 1u << 24,

    /// <summary>Found: the IPv4 header checksum is right (CSUM_IP_VALID, CSUM_L3_VALID).</summary>
    IPv4Valid = 1u << 25,

    /// <summary>
    /// Found: the sum in <see cref="MbufChain.ChecksumData"/> includes the pseudo header, and only goes with
    /// <see cref="ChecksumDataValid"/> (CSUM_PSEUDO_HDR, CSUM_L4_CALC). Both, and a sum of 0xFFFF: the transport checksum is right.
    /// </summary>
    PseudoHeaderIncluded = 1u << 26,

    /// <summary>
    /// Found: <see cref="MbufChain.ChecksumData"/> is the ones' complement sum of the bytes behind the IP header
    /// (CSUM_DATA_VALID, CSUM_L4_VALID).
    /// </summary>
    ChecksumDataValid = 1u << 27,

    /// <summary>To do: any transport checksum over IPv4 (CSUM_DELAY_DATA).</summary>
    AnyTransport = Udp | Tcp | Sctp,

    /// <summary>To do: any transport checksum over IPv6 (CSUM_DELAY_DATA_IPV6).</summary>
    AnyTransportIPv6 = UdpIPv6 | TcpIPv6 | SctpIPv6,

    /// <summary>To do: cutting into segments, of whatever kind.</summary>
    AnySegmentation = TcpSegmentation | TcpSegmentationIPv6 | UdpSegmentation | UdpSegmentationIPv6,
}
