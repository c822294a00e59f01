namespace Engine.Mbufs;

/// <content>Input: what a receiver finds out about a packet's checksums.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>Work that <see cref="ChecksumData"/> is an argument of.</summary>
    private const MbufChecksumFlags Pending
        = MbufChecksumFlags.DelayedData | MbufChecksumFlags.DelayedDataIPv6 | MbufChecksumFlags.AnySegmentation;

    /// <summary>
    /// What ip_input, tcp_input and udp_input ask before they take a packet: verifies the IPv4 header's checksum and the
    /// transport's (TCP, UDP, SCTP, ICMP, ICMPv6, IGMP; RFC 791, 9293, 768, 9260, 792, 4443, 9776), and notes what it found in
    /// <see cref="ChecksumFlags"/> and <see cref="ChecksumData"/>, as hardware would have. What hardware has noted there already
    /// is used, and not computed again.
    /// </summary>
    /// <param name="networkOffset">
    /// Where the IPv4 or IPv6 header starts: 0, or the bytes of the link header. Bytes behind the packet's own length, as short
    /// frames are padded with, do not count.
    /// </param>
    /// <returns>
    /// The verdicts; all None if there is no IP header at that place. Nothing that a packet contains makes this throw.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="networkOffset"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>
    /// <para>Read before: <see cref="MbufChecksumFlags.IpChecked"/> with or without IpValid decides about the IPv4 header.
    /// <see cref="MbufChecksumFlags.DataValid"/> says that the data holds the sum of the bytes behind the IP header; with
    /// PseudoHeader that of the pseudo header too, and then 0xFFFF is valid and all else invalid. Without, it is added here; if
    /// the result is not valid, or a UDP datagram ends before its packet does, the sum is computed anew, since hardware sums
    /// what is behind, too.</para>
    /// <para>Written after: IpChecked, and IpValid if it is; for TCP and UDP, DataValid and PseudoHeader and the full sum,
    /// which is 0xFFFF if it is right; for SCTP the same only if it is right. A fragment of TCP or UDP gets DataValid and its
    /// part of the sum, so that reassembly can add them up. Other flags stay. Nothing is read or written of the transport's where
    /// its checksum is still to be computed: there the data is the place of its field.</para>
    /// <para>O(bytes), or O(1) where hardware has done it. Never needs memory.</para>
    /// </remarks>
    public MbufChecksumReport VerifyChecksums(int networkOffset = 0)
    {
        ref MbufHeader head = ref HeadOfPacket();
        if (!TryParseNetwork(networkOffset, out NetworkLayout layout))
        {
            return default;
        }

        var flags = (MbufChecksumFlags)head.ChecksumFlags;
        var check = new TransportCheck(this, layout);
        MbufChecksumVerdict network = layout.IsIPv6 ? MbufChecksumVerdict.None
            : (flags & MbufChecksumFlags.IpChecked) == 0 ? check.Network()
            : (flags & MbufChecksumFlags.IpValid) != 0 ? MbufChecksumVerdict.Valid : MbufChecksumVerdict.Invalid;
        flags |= network == MbufChecksumVerdict.None ? 0 : MbufChecksumFlags.IpChecked;
        flags = network == MbufChecksumVerdict.Valid ? flags | MbufChecksumFlags.IpValid
            : network == MbufChecksumVerdict.Invalid ? flags & ~MbufChecksumFlags.IpValid : flags;
        bool isPending = (flags & Pending) != 0;
        MbufChecksumFlags found = isPending ? MbufChecksumFlags.None : flags;
        uint sum = isPending ? 0 : head.ChecksumData;
        MbufChecksumVerdict transport = check.Transport(ref found, ref sum);
        head.ChecksumFlags = (uint)(isPending ? flags : found);
        head.ChecksumData = isPending ? head.ChecksumData : sum;
        return new MbufChecksumReport(network, transport, layout.Protocol, layout.TransportOffset);
    }

    /// <summary>
    /// The same by computing, whatever the flags say, and without writing them: for the header inside of a tunnel, or to test
    /// what hardware said. No name in mbuf(9).
    /// </summary>
    /// <param name="networkOffset">Where the IPv4 or IPv6 header starts, in bytes.</param>
    /// <returns>The verdicts; all None if there is no IP header at that place.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="networkOffset"/> is negative.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(bytes). Never needs memory.</remarks>
    public MbufChecksumReport InspectChecksums(int networkOffset = 0)
    {
        if (!TryParseNetwork(networkOffset, out NetworkLayout layout))
        {
            return default;
        }

        MbufChecksumFlags flags = 0;
        uint sum = 0;
        var check = new TransportCheck(this, layout);
        MbufChecksumVerdict network = layout.IsIPv6 ? MbufChecksumVerdict.None : check.Network();
        MbufChecksumVerdict transport = check.Transport(ref flags, ref sum);
        return new MbufChecksumReport(network, transport, layout.Protocol, layout.TransportOffset);
    }

    private bool TryParseNetwork(int networkOffset, out NetworkLayout layout)
    {
        if (networkOffset < 0)
        {
            ThrowHelper.Negative(nameof(networkOffset), networkOffset);
        }

        return NetworkLayout.TryParse(this, networkOffset, out layout);
    }
}
