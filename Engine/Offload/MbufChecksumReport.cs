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
