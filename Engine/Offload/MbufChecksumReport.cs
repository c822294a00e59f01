namespace Engine.Mbufs.Wire;

/// <summary>What a look at a packet's checksums found.</summary>
/// <param name="Network">The IPv4 header's; <see cref="MbufChecksumVerdict.None"/> for IPv6, and if there is no IP
/// header.</param>
/// <param name="Transport">That of TCP, UDP, SCTP, ICMP, ICMPv6 or IGMP; None for other protocols.</param>
/// <param name="Protocol">What the packet carries, behind extension headers; 0 if there is no IP header.</param>
/// <param name="TransportOffset">
/// Where that starts, in bytes from the start of the chain; 0 if there is no IP header. For a fragment other than the first,
/// where its payload starts.
/// </param>
public readonly record struct MbufChecksumReport(
    MbufChecksumVerdict Network,
    MbufChecksumVerdict Transport,
    IPProtocol Protocol,
    int TransportOffset)
{
    /// <summary>True if a receiver may take the packet: nothing is invalid, illegal or missing. O(1).</summary>
    public bool IsAcceptable => IsGood(Network) && IsGood(Transport);

    private static bool IsGood(MbufChecksumVerdict verdict)
        => verdict is not (MbufChecksumVerdict.Invalid or MbufChecksumVerdict.Illegal or MbufChecksumVerdict.Truncated);
}

/// <summary>What is known of one checksum of a packet.</summary>
public enum MbufChecksumVerdict : byte
{
    /// <summary>There is no such checksum: no header that has one, or one that is not looked into.</summary>
    None = 0,

    /// <summary>It is right.</summary>
    Valid,

    /// <summary>It is wrong: what it covers was changed on the way, or is still to be computed by hardware.</summary>
    Invalid,

    /// <summary>
    /// It cannot be told: the packet is a fragment, or its extension headers are malformed or too many to go over.
    /// </summary>
    Unverifiable,

    /// <summary>
    /// Bytes that it covers are missing: the packet's header says that it is longer than the chain. A receiver that has all that
    /// came over the wire drops it; of a capture that keeps only the start of packets, it cannot be told.
    /// </summary>
    Truncated,

    /// <summary>The sender has not computed it: UDP over IPv4 with a checksum of zero (RFC 768).</summary>
    Absent,

    /// <summary>
    /// It must not be so: UDP over IPv6 without checksum (RFC 8200, section 8.1), a length that is less than the transport's
    /// header or more than the packet. A receiver drops it, but for what RFC 6935 exempts.
    /// </summary>
    Illegal,
}
