namespace Engine.Mbufs.Wire;

/// <summary>
/// What follows an IP header: the Protocol field of IPv4 and the Next Header field of IPv6 (the IANA registry "Protocol
/// Numbers"). All 256 values occur; these have names.
/// </summary>
public enum IPProtocol : byte
{
    /// <summary>IPv6 hop-by-hop options, an extension header (RFC 8200, section 4.3).</summary>
    HopByHopOptions = 0,

    /// <summary>ICMP for IPv4 (RFC 792).</summary>
    Icmp = 1,

    /// <summary>IGMP (RFC 9776).</summary>
    Igmp = 2,

    /// <summary>An IPv4 packet inside (RFC 2003).</summary>
    IPv4 = 4,

    /// <summary>TCP (RFC 9293).</summary>
    Tcp = 6,

    /// <summary>UDP (RFC 768).</summary>
    Udp = 17,

    /// <summary>An IPv6 packet inside (RFC 2473, RFC 4213).</summary>
    IPv6 = 41,

    /// <summary>IPv6 routing, an extension header (RFC 8200, section 4.4).</summary>
    Routing = 43,

    /// <summary>IPv6 fragment, an extension header (RFC 8200, section 4.5).</summary>
    Fragment = 44,

    /// <summary>Generic routing encapsulation (RFC 2784).</summary>
    Gre = 47,

    /// <summary>IPsec encapsulating security payload (RFC 4303): what follows is encrypted.</summary>
    EncapsulatingSecurityPayload = 50,

    /// <summary>IPsec authentication header, an extension header (RFC 4302).</summary>
    AuthenticationHeader = 51,

    /// <summary>ICMP for IPv6 (RFC 4443).</summary>
    IcmpV6 = 58,

    /// <summary>Nothing follows (RFC 8200, section 4.7).</summary>
    NoNextHeader = 59,

    /// <summary>IPv6 destination options, an extension header (RFC 8200, section 4.6).</summary>
    DestinationOptions = 60,

    /// <summary>SCTP (RFC 9260).</summary>
    Sctp = 132,

    /// <summary>Mobility header, an extension header (RFC 6275, section 6.1).</summary>
    Mobility = 135,

    /// <summary>Host identity protocol, an extension header (RFC 7401, section 5.1).</summary>
    HostIdentity = 139,

    /// <summary>Shim6, an extension header (RFC 5533, section 5.1).</summary>
    Shim6 = 140,
}
