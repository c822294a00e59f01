namespace Engine.Mbufs.Wire;

/// <content>Whether a fragment goes together with those that are held of its packet.</content>
public sealed partial class MbufReassembler
{
    /// <summary>
    /// Looks for a fragment's place. <see cref="MbufReassemblyStatus.Held"/> if there is one,
    /// <see cref="MbufReassemblyStatus.Duplicate"/> if it is there already; anything else ends the packet.
    /// </summary>
    /// <param name="cache">Where the chains are looked at.</param>
    /// <param name="own">The fragment, with headers and padding.</param>
    /// <param name="part">Which part it is.</param>
    /// <param name="held">The packet, of which something is held.</param>
    /// <param name="before">The held fragment that it goes behind, 0 for none.</param>
    private MbufReassemblyStatus Compare(ThreadCache cache, MbufChain own, in FragmentPart part, int held, out int before)
    {
        ref HeldPacket packet = ref _packets[held];
        before = _fragments.FindBefore(packet, part.Offset);
        if (!AgreesAboutEnd(packet, part))
        {
            return MbufReassemblyStatus.Inconsistent;
        }

        if (before != 0 && _fragments[before].End > part.Offset)
        {
            return IsSame(cache, own, part, before) ? MbufReassemblyStatus.Duplicate : MbufReassemblyStatus.Overlap;
        }

        int next = before == 0 ? packet.First : _fragments[before].Next;
        if (next != 0 && part.End > _fragments[next].Offset)
        {
            return MbufReassemblyStatus.Overlap;
        }

        if (packet.Fragments >= _mostFragments)
        {
            return MbufReassemblyStatus.TooManyFragments;
        }

        int headerLength = part.IsFirst ? part.HeaderLength : packet.HeaderLength;
        if (headerLength + Math.Max(part.End, _fragments[packet.Last].End) > FragmentCheck.LargestLength)
        {
            return MbufReassemblyStatus.TooLarge;
        }

        const int Both = NotCapable | Congested;
        return ((packet.Congestion | part.Congestion) & Both) == Both
            ? MbufReassemblyStatus.CongestionMismatch
            : MbufReassemblyStatus.Held;
    }

    /// <summary>
    /// False if there are two ends, something behind the end, or nothing behind what said that it is not the last.
    /// </summary>
    private bool AgreesAboutEnd(in HeldPacket packet, in FragmentPart part)
    {
        if (part.HasMore)
        {
            return packet.TotalLength == 0 || part.End < packet.TotalLength;
        }

        return packet.TotalLength == 0 ? _fragments[packet.Last].End < part.End : packet.TotalLength == part.End;
    }

    /// <summary>
    /// True if a fragment is held already, byte for byte. It is the last one of its packet, or not, as that one is: the ends
    /// agree.
    /// </summary>
    private bool IsSame(ThreadCache cache, MbufChain own, in FragmentPart part, int other)
    {
        ref HeldFragment fragment = ref _fragments[other];
        if (fragment.Offset != part.Offset || fragment.Length != part.Length)
        {
            return false;
        }

        MbufChain chain = View(cache, fragment.Handle);
        return AreSame(own, part.Start, chain, chain.Length - fragment.Length, part.Length);
    }

    private static bool AreSame(MbufChain chain, int offset, MbufChain other, int otherOffset, int length)
    {
        var mine = new MbufCursor(chain);
        var theirs = new MbufCursor(other);
        mine.Move(offset);
        theirs.Move(otherOffset);
        while (length > 0)
        {
            ReadOnlySpan<byte> bytes = Rest(ref mine);
            ReadOnlySpan<byte> others = Rest(ref theirs);
            int count = Math.Min(length, Math.Min(bytes.Length, others.Length));
            if (!bytes[..count].SequenceEqual(others[..count]))
            {
                return false;
            }

            mine.Skip(count);
            theirs.Skip(count);
            length -= count;
        }

        return true;
    }

    /// <summary>What an mbuf has behind a cursor.</summary>
    private static ReadOnlySpan<byte> Rest(ref MbufCursor cursor)
    {
        _ = ref cursor.Here(out int left);
        return cursor.Memory.Bytes(cursor.Place, left);
    }

    private bool IsLastMissing(in FragmentPart part, int held)
    {
        ref HeldPacket packet = ref _packets[held];
        int total = part.HasMore ? packet.TotalLength : part.End;
        return packet.Length + part.Length == total;
    }

    /// <summary>A fragment that is held, as a chain of a cache. The handle stays the one claim on it.</summary>
    private static MbufChain View(ThreadCache cache, Mbuf handle)
        => MbufChain.Of(cache, handle.Slot - cache.Hot.FirstSlot, handle.Generation);

    private const MbufFlags AllFragmentFlags = MbufFlags.Fragment | MbufFlags.FirstFragment | MbufFlags.LastFragment;

    private const MbufChecksumFlags OfData = MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;

    private const MbufChecksumFlags Requests = MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6;

    private const MbufChecksumFlags OfHeader = MbufChecksumFlags.IPv4Checked | MbufChecksumFlags.IPv4Valid;

    /// <summary>
    /// Joins all fragments, of which one has just come. Only making the first one's header private can fail, and nothing has been
    /// changed then.
    /// </summary>
    private MbufReassemblyStatus Complete(
        ThreadCache cache,
        MbufChain own,
        scoped in NetworkLayout layout,
        scoped in FragmentPart part,
        int held,
        int before,
        out MbufChain packet)
    {
        packet = MbufChain.Null;
        NetworkLayout first = layout;
        MbufChain whole = own;
        if (!part.IsFirst)
        {
            whole = View(cache, _fragments[_packets[held].First].Handle);
            NetworkLayout.TryParse(whole, 0, out first);
        }

        if (!whole.TryMakeWritable(0, FragmentHeaders.LengthToWrite(first)))
        {
            return MbufReassemblyStatus.Exhausted;
        }

        Trim(own, part);
        Store(own, part, held, before);
        packet = Join(cache, held, first);
        return MbufReassemblyStatus.Complete;
    }

    private MbufChain Join(ThreadCache cache, int held, scoped in NetworkLayout first)
    {
        ref HeldPacket packet = ref _packets[held];
        MbufChain whole = View(cache, _fragments.TakeFirst(ref packet).Handle);
        while (packet.Fragments > 0)
        {
            whole.Append(View(cache, _fragments.TakeFirst(ref packet).Handle));
        }

        FragmentHeaders.Rewrite(whole, first, (packet.Congestion & Congested) != 0);
        whole.FixPacketLength();
        whole.Flags &= ~AllFragmentFlags;
        SetSum(whole, packet);
        Forget(held);
        return whole.Reclaim(cache);
    }

    /// <summary>What is known of the whole's checksums.</summary>
    private static void SetSum(MbufChain whole, in HeldPacket packet)
    {
        MbufChecksumFlags toDo = packet.ChecksumFlags & Requests;
        MbufChecksumFlags data = packet.ChecksumFlags & OfData;
        bool isMixed = packet.HasPseudoHeader && (data & MbufChecksumFlags.PseudoHeaderIncluded) == 0;
        if (toDo != 0 || !packet.IsSummed || isMixed || (data & MbufChecksumFlags.ChecksumDataValid) == 0)
        {
            data = MbufChecksumFlags.None;
        }

        whole.ChecksumFlags = (whole.ChecksumFlags & MbufChecksumFlags.IPv4) | (packet.ChecksumFlags & OfHeader) | data | toDo;
        whole.ChecksumData = toDo != 0 ? PlaceOfChecksum(toDo) : data != 0 ? packet.Sum : 0u;
    }

    /// <summary>
    /// Where the checksum is in the transport header: the first fragment's data may have been the number of fragments.
    /// </summary>
    private static uint PlaceOfChecksum(MbufChecksumFlags requests)
    {
        const MbufChecksumFlags Tcp = MbufChecksumFlags.Tcp | MbufChecksumFlags.TcpIPv6;
        const MbufChecksumFlags Udp = MbufChecksumFlags.Udp | MbufChecksumFlags.UdpIPv6;
        return (requests & Tcp) != 0 ? (uint)TcpHeader.PlaceOfChecksum
            : (requests & Udp) != 0 ? (uint)UdpHeader.PlaceOfChecksum
            : (uint)SctpHeader.PlaceOfChecksum;
    }
}

/// <summary>Writing where all storage is known to be private, and claims that change hands. For the engine's own
/// operations.</summary>
internal static class PacketRewriting
{
    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>Writes bytes over those inside the chain. Their storage must be private.</summary>
        public void WriteAt(int offset, ReadOnlySpan<byte> bytes) => chain.Overwrite(chain.Index, offset, bytes.Length, bytes);

        /// <summary>
        /// Moves the first bytes towards the end, over those behind them; where they were is undefined. All of that storage must be
        /// private, and inside the chain. O(bytes) if it is contiguous.
        /// </summary>
        public void MoveUp(int length, int distance)
        {
            ref MbufHeader head = ref chain.VerifiedHead();
            if (length + distance <= head.SegmentLength)
            {
                chain.Cache.Hot.Memory.Bytes(head.Data, length).CopyTo(chain.Cache.Hot.Memory.Bytes(head.Data + distance, length));
                return;
            }

            NetworkLayout.Scratch scratch = default;
            while (length > 0)
            {
                int count = Math.Min(length, NetworkLayout.ScratchSize);
                length -= count;
                chain.TryCopyTo(length, scratch[..count]);
                chain.WriteAt(length + distance, scratch[..count]);
            }
        }
    }
}
