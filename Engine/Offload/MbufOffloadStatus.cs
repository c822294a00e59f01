namespace Engine.Mbufs.Wire;

/// <summary>
/// What became of work that hardware is often left to do: cutting a packet, completing its checksums. Anything but
/// <see cref="Done"/> is a reason for a refusal, after which packet and queue are as they were.
/// </summary>
public enum MbufOffloadStatus : byte
{
    /// <summary>It was done; a packet that was to be put on a queue is there, whole or in parts.</summary>
    Done = 0,

    /// <summary>The arena has not enough memory free (ENOBUFS, ENOMEM). The same may work later.</summary>
    Exhausted,

    /// <summary>The queue's limit leaves no room for all parts (ENOBUFS). The same may work when it was drained.</summary>
    QueueFull,

    /// <summary>The chain does not start with an IPv4 or IPv6 header, or with less than the whole of one.</summary>
    NotIP,

    /// <summary>The chain is shorter than the packet's headers say: bytes are missing.</summary>
    Truncated,

    /// <summary>
    /// Headers contradict themselves: options or extension headers that do not end where they should, a transport header that is
    /// longer than the packet, a fragment that is not a multiple of 8 bytes and not the last.
    /// </summary>
    MalformedHeader,

    /// <summary>The headers that every part would repeat are longer than one cluster with room for a link header.</summary>
    HeaderTooLong,

    /// <summary>The IPv4 header forbids to fragment the packet (EMSGSIZE; RFC 791, section 2.3).</summary>
    MustNotFragment,

    /// <summary>
    /// The headers leave no room for 8 bytes of payload, the least that a fragment but the last can carry.
    /// </summary>
    MtuTooSmall,

    /// <summary>
    /// The packet goes beyond what a length field of IP can say, 65,535 bytes, or its parts beyond the last fragment offset,
    /// 65,528.
    /// </summary>
    TooLong,

    /// <summary>
    /// A transport checksum is still to be computed, which fragments cannot have done for them one by one: it is completed
    /// first.
    /// </summary>
    ChecksumPending,

    /// <summary>The packet is to be cut into segments, and <see cref="MbufChain.SegmentSize"/> is 0.</summary>
    SegmentSizeMissing,

    /// <summary>
    /// Headers and <see cref="MbufChain.SegmentSize"/> together are more than the interface's MTU: the segments would not fit.
    /// </summary>
    SegmentTooLarge,

    /// <summary>The packet has no transport header of the kind that the request is for.</summary>
    NotTransport,

    /// <summary>
    /// The requests exclude each other, or do not fit the packet: two transports, one for IPv4 on an IPv6 packet.
    /// </summary>
    ContradictoryRequest,

    /// <summary>The checksum's field, where <see cref="MbufChain.ChecksumData"/> says it is, is not inside the packet.</summary>
    FieldBeyondPacket,

    /// <summary>The packet is a fragment, and what is asked for needs the whole packet.</summary>
    IsFragment,
}
