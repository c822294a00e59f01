namespace Engine.Mbufs.Wire;

/// <content>Making one packet of all of its fragments.</content>
public sealed partial class MbufReassembler
{
    private const MbufFlags AllFragmentFlags = MbufFlags.Fragment | MbufFlags.FirstFragment | MbufFlags.LastFragment;

    private const MbufChecksumFlags OfData = MbufChecksumFlags.DataValid | MbufChecksumFlags.PseudoHeader;

    private const MbufChecksumFlags Requests = MbufChecksumFlags.DelayedData | MbufChecksumFlags.DelayedDataIPv6;

    private const MbufChecksumFlags OfHeader = MbufChecksumFlags.IpChecked | MbufChecksumFlags.IpValid;

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
        bool isMixed = packet.HasPseudoHeader && (data & MbufChecksumFlags.PseudoHeader) == 0;
        if (toDo != 0 || !packet.IsSummed || isMixed || (data & MbufChecksumFlags.DataValid) == 0)
        {
            data = MbufChecksumFlags.None;
        }

        whole.ChecksumFlags = (whole.ChecksumFlags & MbufChecksumFlags.Ip) | (packet.ChecksumFlags & OfHeader) | data | toDo;
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
