namespace Engine.Mbufs;

/// <content>The Internet checksum over a chain, and completing one that was left to be done later.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// in_cksum, in_cksum_skip: the Internet checksum of some bytes (RFC 1071): the complement of the ones' complement sum of
    /// 16-bit big-endian words, which start at the offset; a last odd byte counts with a zero byte behind it.
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
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments before + bytes), up to 64 bytes at a time, as the processor can. Never needs memory.</remarks>
    public bool TryComputeChecksum(int offset, int length, out ushort checksum)
    {
        ref MbufHeader header = ref Head();
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
            checksum = InternetChecksum.Compute(_cache.Hot.Memory.Bytes(header.Data + offset, length));
            return true;
        }

        InternetChecksum sum = default;
        AddTo(ref sum, offset, length);
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

        ref MbufHeader header = ref Head();
        for (; offset >= header.SegmentLength; header = ref At(header.Next))
        {
            offset -= header.SegmentLength;
        }

        while (true)
        {
            int count = Math.Min(header.SegmentLength - offset, length);
            sum.Add(_cache.Hot.Memory.Bytes(header.Data + offset, count));
            length -= count;
            if (length == 0)
            {
                return;
            }

            offset = 0;
            header = ref At(header.Next);
        }
    }

    /// <summary>The CRC-32C of bytes that the chain has, with four zero bytes in the place of its field.</summary>
    internal uint ComputeCrc(int offset, int length, int field)
    {
        Crc32C crc = Crc32C.Start();
        int before = field - offset;
        AddTo(ref crc, offset, before);
        crc.Add([0, 0, 0, 0]);
        AddTo(ref crc, field + sizeof(uint), length - before - sizeof(uint));
        return crc.Value;
    }

    /// <summary>
    /// in_delayed_cksum: computes the transport checksum of an IPv4 packet that was left to be done later, and stores it. The
    /// sum goes from the end of the IPv4 header, over a UDP datagram's own length if <see cref="ChecksumFlags"/> has
    /// <see cref="MbufChecksumFlags.Udp"/>, where 0 is stored as 0xFFFF, and else to the end of the IP packet. Its field, which
    /// is <see cref="ChecksumData"/> bytes behind the IPv4 header, holds the pseudo header's sum before and the checksum after.
    /// </summary>
    /// <returns>
    /// False if the packet does not start with an IPv4 header, wherever the borders between segments lie, if it is shorter than
    /// its headers and <see cref="ChecksumData"/> say, or if the arena is exhausted: the packet is as it was. (mbuf(9) reads and
    /// writes behind its end.)
    /// </returns>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>
    /// O(bytes). Storage of the field that is shared or read-only is replaced by a private copy first. The checksum flags stay,
    /// as in mbuf(9): who completes a checksum clears <see cref="MbufChecksumFlags.DelayedData"/>, so that it is not done again.
    /// <see cref="CompleteChecksums"/> does that, and IPv6, SCTP and the IPv4 header, too, and believes nothing.
    /// </remarks>
    public bool TryCompleteChecksum()
    {
        ref MbufHeader head = ref HeadOfPacket();
        bool isUdp = (head.ChecksumFlags & (uint)MbufChecksumFlags.Udp) != 0;
        if (!TryFindTransport(isUdp, out int start, out int length))
        {
            return false;
        }

        long field = (long)start + head.ChecksumData;
        if (field + sizeof(ushort) > head.ChainLength || !TryComputeChecksum(start, length, out ushort checksum))
        {
            return false;
        }

        return TryWriteNumber((int)field, checksum == 0 && isUdp ? ushort.MaxValue : checksum);
    }

    /// <summary>Where the transport's bytes start, behind the IPv4 header at the chain's start, and how many there are.</summary>
    private bool TryFindTransport(bool isUdp, out int start, out int length)
    {
        (start, length) = (0, 0);
        if (Head().ChainLength < IPv4Header.Size)
        {
            return false;
        }

        int first = ReadNumber(0) >> 8; // Version and header length, of four bits each.
        start = (first & 0xF) * sizeof(uint);
        if (first >> 4 != 4 || start < IPv4Header.Size)
        {
            return false;
        }

        if (!isUdp)
        {
            length = ReadNumber(IPv4Header.PlaceOfTotalLength) - start;
            return length >= 0;
        }

        if (start + UdpHeader.PlaceOfLength + sizeof(ushort) > Head().ChainLength)
        {
            return false;
        }

        length = ReadNumber(start + UdpHeader.PlaceOfLength);
        return true;
    }

    /// <summary>
    /// Stores a 16-bit big-endian number inside the chain, in private storage. False if the arena is exhausted.
    /// </summary>
    private bool TryWriteNumber(int offset, ushort number)
    {
        if (!TryTakeReplacements(offset, offset + sizeof(ushort), out ChainParts replacements))
        {
            return false;
        }

        Replace(replacements);
        Store(offset, number);
        _cache.Settle();
        return true;
    }
}
