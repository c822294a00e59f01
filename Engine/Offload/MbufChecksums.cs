using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>Checksums of packets: verified on input, computed over ranges, completed on output.</summary>
public static class MbufChecksums
{
    /// <summary>Work that <see cref="MbufChain.ChecksumData"/> is an argument of.</summary>
    private const MbufChecksumFlags Pending
        = MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6 | MbufChecksumFlags.AnySegmentation;

    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>
        /// What ip_input, tcp_input and udp_input ask before they take a packet: verifies the IPv4 header's checksum and the
        /// transport's (TCP, UDP, SCTP, ICMP, ICMPv6, IGMP; RFC 791, 9293, 768, 9260, 792, 4443, 9776), and notes what it found in
        /// <see cref="MbufChain.ChecksumFlags"/> and <see cref="MbufChain.ChecksumData"/>, as hardware would have. What hardware has noted there already
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
        /// <remarks>
        /// <para>Read before: <see cref="MbufChecksumFlags.IPv4Checked"/> with or without IPv4Valid decides about the IPv4 header.
        /// <see cref="MbufChecksumFlags.ChecksumDataValid"/> says that the data holds the sum of the bytes behind the IP header; with
        /// PseudoHeader that of the pseudo header too, and then 0xFFFF is valid and all else invalid. Without, it is added here; if
        /// the result is not valid, or a UDP datagram ends before its packet does, the sum is computed anew, since hardware sums
        /// what is behind, too.</para>
        /// <para>Written after: IPv4Checked, and IPv4Valid if it is; for TCP and UDP, DataValid and PseudoHeader and the full sum,
        /// which is 0xFFFF if it is right; for SCTP the same only if it is right. A fragment of TCP or UDP gets DataValid and its
        /// part of the sum, so that reassembly can add them up. Other flags stay. Nothing is read or written of the transport's where
        /// its checksum is still to be computed: there the data is the place of its field.</para>
        /// <para>O(bytes), or O(1) where hardware has done it. Never needs memory.</para>
        /// </remarks>
        public MbufChecksumReport VerifyChecksums(int networkOffset = 0)
        {
            ref MbufHeader head = ref chain.HeadOfPacket();
            if (!chain.TryParseNetwork(networkOffset, out NetworkLayout layout))
            {
                return default;
            }

            var flags = (MbufChecksumFlags)head.ChecksumFlags;
            var check = new TransportCheck(chain, layout);
            MbufChecksumVerdict network = layout.IsIPv6 ? MbufChecksumVerdict.None
                : (flags & MbufChecksumFlags.IPv4Checked) == 0 ? check.Network()
                : (flags & MbufChecksumFlags.IPv4Valid) != 0 ? MbufChecksumVerdict.Valid : MbufChecksumVerdict.Invalid;
            flags |= network == MbufChecksumVerdict.None ? 0 : MbufChecksumFlags.IPv4Checked;
            flags = network == MbufChecksumVerdict.Valid ? flags | MbufChecksumFlags.IPv4Valid
                : network == MbufChecksumVerdict.Invalid ? flags & ~MbufChecksumFlags.IPv4Valid : flags;
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
        /// <remarks>O(bytes). Never needs memory.</remarks>
        public MbufChecksumReport InspectChecksums(int networkOffset = 0)
        {
            if (!chain.TryParseNetwork(networkOffset, out NetworkLayout layout))
            {
                return default;
            }

            MbufChecksumFlags flags = 0;
            uint sum = 0;
            var check = new TransportCheck(chain, layout);
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

            return NetworkLayout.TryParse(chain, networkOffset, out layout);
        }

        /// <summary>
        /// The Internet checksum of some bytes (RFC 1071): the complement of the ones' complement sum of 16-bit big-endian words,
        /// which start at the offset; a last odd byte counts with a zero byte behind it (BSD: in_cksum, in_cksum_skip).
        /// </summary>
        /// <param name="offset">The first byte, from the start of the chain; 0 or more.</param>
        /// <param name="length">
        /// How many bytes, 0 or more. (in_cksum_skip counts from the start of the chain: its len is offset + length here.)
        /// </param>
        /// <param name="checksum">
        /// The checksum as a number, to be stored in network byte order; 0xFFFF for no bytes and for zeros; 0 on failure. Over bytes
        /// that contain their own right checksum it is 0.
        /// </param>
        /// <returns>False if the chain ends before that.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="length"/> is
        /// negative.</exception>
        /// <remarks>O(segments before + bytes), up to 64 bytes at a time, as the processor can. Never needs memory.</remarks>
        public bool TryComputeChecksum(int offset, int length, out ushort checksum)
        {
            ref MbufHeader header = ref chain.VerifiedHead();
            checksum = 0;
            if ((offset | length) < 0)
            {
                ThrowHelper.Negative(offset < 0 ? nameof(offset) : nameof(length), offset < 0 ? offset : length);
            }

            if ((long)offset + length > header.ChainLength)
            {
                return false;
            }

            if (length <= header.SegmentLength - offset)
            {
                checksum = InternetChecksum.Compute(chain.Cache.Hot.Memory.Bytes(header.Data + offset, length));
                return true;
            }

            InternetChecksum sum = default;
            chain.AddTo(ref sum, offset, length);
            checksum = sum.Value;
            return true;
        }

        /// <summary>Adds bytes that the chain has to a sum.</summary>
        internal void AddTo<TSum>(ref TSum sum, int offset, int length)
            where TSum : struct, IByteSum
        {
            if (length == 0)
            {
                return;
            }

            ref MbufHeader header = ref chain.VerifiedHead();
            for (; offset >= header.SegmentLength; header = ref chain.At(header.Next))
            {
                offset -= header.SegmentLength;
            }

            while (true)
            {
                int count = Math.Min(header.SegmentLength - offset, length);
                sum.Add(chain.Cache.Hot.Memory.Bytes(header.Data + offset, count));
                length -= count;
                if (length == 0)
                {
                    return;
                }

                offset = 0;
                header = ref chain.At(header.Next);
            }
        }

        /// <summary>The CRC-32C of bytes that the chain has, with four zero bytes in the place of its field.</summary>
        internal uint ComputeCrc(int offset, int length, int field)
        {
            Crc32C crc = Crc32C.Start();
            int before = field - offset;
            chain.AddTo(ref crc, offset, before);
            crc.Add([0, 0, 0, 0]);
            chain.AddTo(ref crc, field + sizeof(uint), length - before - sizeof(uint));
            return crc.Value;
        }

        /// <summary>
        /// Computes the transport checksum of an IPv4 packet that was left to be done later, and stores it (BSD: in_delayed_cksum).
        /// The sum goes from the end of the IPv4 header, over a UDP datagram's own length if <see cref="MbufChain.ChecksumFlags"/>
        /// has <see cref="MbufChecksumFlags.Udp"/>, where 0 is stored as 0xFFFF, and else to the end of the IP packet. Its field,
        /// which is <see cref="MbufChain.ChecksumData"/> bytes behind the IPv4 header, holds the pseudo header's sum before and the
        /// checksum after.
        /// </summary>
        /// <returns>
        /// False if the packet does not start with an IPv4 header, wherever the borders between segments lie, if it is shorter than
        /// its headers and <see cref="MbufChain.ChecksumData"/> say, or if the arena is exhausted: the packet is as it was. (mbuf(9) reads and
        /// writes behind its end.)
        /// </returns>
        /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
        /// <remarks>
        /// O(bytes). Storage of the field that is shared or read-only is replaced by a private copy first. The checksum flags stay,
        /// as in mbuf(9): who completes a checksum clears <see cref="MbufChecksumFlags.AnyTransport"/>, so that it is not done again.
        /// <see cref="CompleteChecksums"/> does that, and IPv6, SCTP and the IPv4 header, too, and believes nothing.
        /// </remarks>
        public bool TryCompleteTransportChecksum()
        {
            ref MbufHeader head = ref chain.HeadOfPacket();
            bool isUdp = (head.ChecksumFlags & (uint)MbufChecksumFlags.Udp) != 0;
            if (!chain.TryFindTransport(isUdp, out int start, out int length))
            {
                return false;
            }

            long field = (long)start + head.ChecksumData;
            if (field + sizeof(ushort) > head.ChainLength || !chain.TryComputeChecksum(start, length, out ushort checksum))
            {
                return false;
            }

            return chain.TryWriteNumber((int)field, checksum == 0 && isUdp ? ushort.MaxValue : checksum);
        }

        /// <summary>Where the transport's bytes start, behind the IPv4 header at the chain's start, and how many there are.</summary>
        private bool TryFindTransport(bool isUdp, out int start, out int length)
        {
            (start, length) = (0, 0);
            if (chain.VerifiedHead().ChainLength < IPv4Header.Size)
            {
                return false;
            }

            int first = chain.ReadNumber(0) >> 8; // Version and header length, of four bits each.
            start = (first & 0xF) * sizeof(uint);
            if (first >> 4 != 4 || start < IPv4Header.Size)
            {
                return false;
            }

            if (!isUdp)
            {
                length = chain.ReadNumber(IPv4Header.PlaceOfTotalLength) - start;
                return length >= 0;
            }

            if (start + UdpHeader.PlaceOfLength + sizeof(ushort) > chain.VerifiedHead().ChainLength)
            {
                return false;
            }

            length = chain.ReadNumber(start + UdpHeader.PlaceOfLength);
            return true;
        }

        /// <summary>
        /// Stores a 16-bit big-endian number inside the chain, in private storage. False if the arena is exhausted.
        /// </summary>
        private bool TryWriteNumber(int offset, ushort number)
        {
            if (!chain.TryTakeReplacements(offset, offset + sizeof(ushort), out ChainBuilder replacements))
            {
                return false;
            }

            chain.Replace(replacements);
            chain.Store(offset, number);
            chain.Cache.RunDueRoutines();
            return true;
        }

        /// <summary>
        /// What ip_output does before it hands a packet to an interface: computes each checksum that <see cref="MbufChain.ChecksumFlags"/> asks
        /// for and <see cref="MbufInterface.HardwareAssist"/> does not have, and clears its flag, so that the flags say what is left.
        /// </summary>
        /// <param name="outgoing">The interface that the packet goes to.</param>
        /// <returns>
        /// Done, also if nothing is asked for; else why not, and the packet is as it was: NotIP, MalformedHeader, Truncated,
        /// ContradictoryRequest, NotTransport, IsFragment, SegmentSizeMissing, FieldBeyondPacket, or Exhausted. What the hardware is
        /// to do is looked at as critically as what is done here.
        /// </returns>
        /// <exception cref="ArgumentNullException"><paramref name="outgoing"/> is null.</exception>
        /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
        /// <remarks>
        /// <para>The packet starts with its IPv4 or IPv6 header. For TCP and UDP the checksum's field, <see cref="MbufChain.ChecksumData"/>
        /// bytes behind the headers of the network layer, holds the sum of the pseudo header
        /// (<see cref="InternetChecksum.PseudoHeader(ReadOnlySpan{byte}, ReadOnlySpan{byte}, IPProtocol, int)"/>); for SCTP and the
        /// IPv4 header its contents do not matter. UDP's 0 is stored as 0xFFFF (RFC 768). The checksums of a packet that is to be
        /// cut into segments are those of the segments, and are left alone: <c>OutputInto</c> cuts.</para>
        /// <para>O(bytes). Storage of a field that is shared or read-only is replaced by a private copy first.</para>
        /// </remarks>
        public MbufOffloadStatus CompleteChecksums(MbufInterface outgoing)
        {
            ArgumentNullException.ThrowIfNull(outgoing);
            chain.HeadOfPacket();
            MbufOffloadStatus status = OffloadRequest.TryRead(chain, out OffloadRequest request);
            if (request.Flags == 0)
            {
                return MbufOffloadStatus.Done; // Nothing is asked for, so it does not matter what the packet is.
            }

            if (status != MbufOffloadStatus.Done || request.Segmentation != 0)
            {
                return status;
            }

            if (!chain.Complete(request, request.Flags & ~outgoing.HardwareAssist))
            {
                return MbufOffloadStatus.Exhausted;
            }

            chain.Cache.RunDueRoutines();
            return MbufOffloadStatus.Done;
        }

        /// <summary>
        /// Computes and stores some of the checksums of a request that makes sense. The caller runs due routines when all that it does is done.
        /// </summary>
        /// <param name="request">What is asked for.</param>
        /// <param name="work">What of it is done here.</param>
        /// <param name="output">A queue that had room, where the packet goes next.</param>
        /// <returns>
        /// False if the arena is exhausted, or a callback that was to make memory free has filled the queue: nothing has changed.
        /// </returns>
        internal bool Complete(in OffloadRequest request, MbufChecksumFlags work, MbufQueue? output = null)
        {
            bool hasNetwork = (work & MbufChecksumFlags.IPv4) != 0;
            bool hasTransport = (work & request.Transport) != 0;
            if (!hasNetwork && !hasTransport)
            {
                return true;
            }

            int networkField = request.Layout.Offset + IPv4Header.PlaceOfChecksum;
            int start = hasNetwork ? networkField : request.Field;
            int end = hasTransport ? request.Field + (request.IsSctp ? sizeof(uint) : sizeof(ushort)) : networkField + sizeof(ushort);
            if (!chain.TryTakeReplacements(start, end, out ChainBuilder replacements))
            {
                return false;
            }

            if (replacements.First != 0)
            {
                if (output is not null && output.IsFull)
                {
                    replacements.Undo(chain.Cache);
                    return false;
                }

                chain.Replace(replacements);
            }

            if (hasNetwork)
            {
                chain.StoreNetworkChecksum(request.Layout);
            }

            if (hasTransport)
            {
                chain.StoreTransportChecksum(request);
            }

            chain.VerifiedHead().ChecksumFlags &= ~(uint)work;
            return true;
        }

        private void StoreNetworkChecksum(in NetworkLayout layout)
        {
            int place = layout.Offset + IPv4Header.PlaceOfChecksum;
            InternetChecksum sum = default;
            chain.AddTo(ref sum, layout.Offset, IPv4Header.PlaceOfChecksum);
            chain.AddTo(ref sum, place + sizeof(ushort), layout.HeaderLength - IPv4Header.PlaceOfChecksum - sizeof(ushort));
            chain.Store(place, sum.Value);
        }

        private void StoreTransportChecksum(in OffloadRequest request)
        {
            if (request.IsSctp)
            {
                HeaderBytes.EightBytes bytes = default;
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, chain.ComputeCrc(request.Layout.TransportOffset, request.Covered, request.Field));
                chain.Overwrite(chain.Index, request.Field, sizeof(uint), bytes[..sizeof(uint)]);
                return;
            }

            InternetChecksum sum = default;
            chain.AddTo(ref sum, request.Layout.TransportOffset, request.Covered);
            chain.Store(request.Field, sum.Value == 0 && request.IsUdp ? ushort.MaxValue : sum.Value);
        }

        /// <summary>Stores a 16-bit big-endian number inside the chain, in storage that may be written.</summary>
        internal void Store(int offset, ushort number)
        {
            HeaderBytes.EightBytes bytes = default;
            BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
            chain.Overwrite(chain.Index, offset, sizeof(ushort), bytes[..sizeof(ushort)]);
        }
    }
}
