using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <summary>
/// What a packet's flow id was computed from (mbuf(9): <c>m_pkthdr.rsstype</c>, <c>M_HASHTYPE_*</c>). The bit 0x80 says that it
/// has the properties of a hash. Every value of a byte may be stored; these have names.
/// </summary>
[SuppressMessage("Design", "CA1028", Justification = "The packet header keeps one byte for it.")]
public enum MbufHashType : byte
{
    /// <summary>There is no flow id (M_HASHTYPE_NONE).</summary>
    None = 0,

    /// <summary>Hash of the two IPv4 addresses (M_HASHTYPE_RSS_IPV4).</summary>
    IPv4 = 0x81,

    /// <summary>Hash of IPv4 addresses and TCP ports (M_HASHTYPE_RSS_TCP_IPV4).</summary>
    TcpIPv4 = 0x82,

    /// <summary>Hash of the two IPv6 addresses (M_HASHTYPE_RSS_IPV6).</summary>
    IPv6 = 0x83,

    /// <summary>Hash of IPv6 addresses and TCP ports (M_HASHTYPE_RSS_TCP_IPV6).</summary>
    TcpIPv6 = 0x84,

    /// <summary>Hash of IPv6 addresses, of extension headers where there are (M_HASHTYPE_RSS_IPV6_EX).</summary>
    IPv6Extension = 0x85,

    /// <summary>The same with TCP ports (M_HASHTYPE_RSS_TCP_IPV6_EX).</summary>
    TcpIPv6Extension = 0x86,

    /// <summary>Hash of IPv4 addresses and UDP ports (M_HASHTYPE_RSS_UDP_IPV4).</summary>
    UdpIPv4 = 0x87,

    /// <summary>Hash of IPv6 addresses and UDP ports (M_HASHTYPE_RSS_UDP_IPV6).</summary>
    UdpIPv6 = 0x89,

    /// <summary>The same, of extension headers where there are (M_HASHTYPE_RSS_UDP_IPV6_EX).</summary>
    UdpIPv6Extension = 0x8A,

    /// <summary>A number that distinguishes flows, and is no hash (M_HASHTYPE_OPAQUE).</summary>
    Opaque = 0x3F,

    /// <summary>A hash of something not told (M_HASHTYPE_OPAQUE_HASH).</summary>
    OpaqueHash = 0xBF,
}
