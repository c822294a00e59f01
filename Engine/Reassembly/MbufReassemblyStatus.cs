namespace Engine.Mbufs.Wire;

/// <summary>What became of a packet that was given to <see cref="MbufReassembler.Add"/>.</summary>
public enum MbufReassemblyStatus
{
    /// <summary>It is no fragment, or no IP packet that can be read: it comes back as it is.</summary>
    NotFragment,

    /// <summary>
    /// It was an IPv6 packet in one fragment (RFC 6946): it comes back without its fragment header, whatever is held with the
    /// same identification.
    /// </summary>
    Atomic,

    /// <summary>It was the last one missing: the whole packet comes back.</summary>
    Complete,

    /// <summary>It is held until the others come.</summary>
    Held,

    /// <summary>Dropped: the same bytes are held already, with the same place and length.</summary>
    Duplicate,

    /// <summary>
    /// Dropped: the chain ends before the packet does, it has no payload, it is not the last and its payload is no multiple of
    /// 8 bytes (RFC 791, section 3.2; RFC 8200, section 4.5), or it is a jumbogram, which has no fragments (RFC 2675, section 3).
    /// </summary>
    Malformed,

    /// <summary>Dropped: its IPv4 header's checksum was checked and found wrong, so that nothing in it can be believed.</summary>
    BadHeaderChecksum,

    /// <summary>
    /// Dropped: the first fragment ends before the headers do, up to the end of the transport's, or the second starts inside a
    /// TCP header (RFC 1858; RFC 3128; RFC 7112, section 5).
    /// </summary>
    HeaderIncomplete,

    /// <summary>
    /// Dropped: less payload than <see cref="MbufReassemblerOptions.MinimumFragmentLength"/>, and not the last.
    /// </summary>
    TooSmall,

    /// <summary>
    /// Dropped: the packet would be longer than its header can say. If only the first fragment's header makes it so, with all
    /// that was held.
    /// </summary>
    TooLarge,

    /// <summary>
    /// Dropped with all that was held of the packet: two fragments overlap without being the same (RFC 5722, for IPv4, too).
    /// </summary>
    Overlap,

    /// <summary>Dropped with all that was held of the packet: fragments contradict each other about where it ends.</summary>
    Inconsistent,

    /// <summary>
    /// Dropped with all that was held of the packet: more fragments than
    /// <see cref="MbufReassemblerOptions.MaximumFragmentsPerPacket"/>.
    /// </summary>
    TooManyFragments,

    /// <summary>
    /// Dropped with all that was held of the packet: one fragment met congestion and another one's sender does not take part in
    /// telling of it (RFC 3168, section 5.3).
    /// </summary>
    CongestionMismatch,

    /// <summary>Dropped: it belongs to a packet that was dropped before, for as long as that is remembered.</summary>
    Abandoned,

    /// <summary>
    /// Dropped, and with it what was held of the packet: there is no room for it that could be taken from somebody who holds
    /// more.
    /// </summary>
    NoRoom,

    /// <summary>
    /// The packet would be complete or atomic, its header must be copied to be changed, and the arena is exhausted: nothing has
    /// changed, and the fragment is still the caller's, who may try again.
    /// </summary>
    Exhausted,
}
