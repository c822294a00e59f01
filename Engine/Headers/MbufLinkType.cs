using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs.Wire;

/// <summary>
/// What a captured packet starts with: the link-layer header types of the registry that pcap and pcapng share
/// (draft-ietf-opsawg-pcaplinktype). Every value of 16 bits may stand in a capture; these have names.
/// </summary>
[SuppressMessage("Design", "CA1028", Justification = "The formats keep 16 bits for it.")]
public enum MbufLinkType : ushort
{
    /// <summary>BSD loopback: four bytes of address family in the order of the machine that captured (LINKTYPE_NULL).</summary>
    Null = 0,

    /// <summary>Ethernet, from the destination address on (LINKTYPE_ETHERNET).</summary>
    Ethernet = 1,

    /// <summary>PPP, with or without address and control bytes (LINKTYPE_PPP).</summary>
    Ppp = 9,

    /// <summary>PPP in HDLC-like framing (LINKTYPE_PPP_HDLC).</summary>
    PppHdlc = 50,

    /// <summary>PPPoE, from the PPPoE header on (LINKTYPE_PPP_ETHER).</summary>
    PppEthernet = 51,

    /// <summary>An IP packet, version 4 or 6 by its first four bits (LINKTYPE_RAW).</summary>
    Raw = 101,

    /// <summary>Cisco PPP with HDLC framing (LINKTYPE_C_HDLC).</summary>
    CiscoHdlc = 104,

    /// <summary>IEEE 802.11, from the frame control on (LINKTYPE_IEEE802_11).</summary>
    Ieee80211 = 105,

    /// <summary>OpenBSD loopback: four bytes of address family in network order (LINKTYPE_LOOP).</summary>
    Loop = 108,

    /// <summary>Linux "cooked" capture: a header of 16 bytes (LINKTYPE_LINUX_SLL).</summary>
    LinuxSll = 113,

    /// <summary>A log entry of OpenBSD's pf (LINKTYPE_PFLOG).</summary>
    PacketFilterLog = 117,

    /// <summary>IEEE 802.11 behind a radiotap header (LINKTYPE_IEEE802_11_RADIOTAP).</summary>
    Ieee80211Radiotap = 127,

    /// <summary>An IPv4 packet (LINKTYPE_IPV4).</summary>
    IPv4 = 228,

    /// <summary>An IPv6 packet (LINKTYPE_IPV6).</summary>
    IPv6 = 229,

    /// <summary>Linux "cooked" capture, version 2: a header of 20 bytes (LINKTYPE_LINUX_SLL2).</summary>
    LinuxSll2 = 276,
}
