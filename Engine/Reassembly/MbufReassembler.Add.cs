using System.Diagnostics;

namespace Engine.Mbufs.Wire;

/// <content>Where a fragment goes: to the others of its packet, or nowhere.</content>
public sealed partial class MbufReassembler
{
    /// <summary>The bits of the codepoints Not-ECT and CE (RFC 3168, section 5).</summary>
    private const byte NotCapable = 1 << 0;
    private const byte Congested = 1 << 3;

    private MbufReassemblyStatus AddFragment(
        ThreadCache cache,
        MbufChain own,
        scoped in NetworkLayout layout,
        long now,
        out MbufChain packet)
    {
        packet = MbufChain.Null;
        MbufReassemblyStatus status = _check.Look(own, layout, out FragmentPart part);
        if (status == MbufReassemblyStatus.Held)
        {
            status = layout.IsPart
                ? Place(cache, own, layout, part, now, out packet)
                : Strip(cache, own, layout, out packet);
        }

        if (status is not (MbufReassemblyStatus.Held or MbufReassemblyStatus.Exhausted) && packet.IsNull)
        {
            cache.FreeQuietly(ref own.VerifiedHead(), own.Index);
        }

        return status;
    }

    /// <summary>Makes a packet of its only fragment, which has nothing to do with others of the same key (RFC 6946).</summary>
    private static MbufReassemblyStatus Strip(
        ThreadCache cache,
        MbufChain own,
        scoped in NetworkLayout layout,
        out MbufChain packet)
    {
        packet = MbufChain.Null;
        if (!own.TryMakeWritable(0, FragmentHeaders.LengthToWrite(layout)))
        {
            return MbufReassemblyStatus.Exhausted;
        }

        own.TrimEnd(own.Length - layout.TotalLength);
        FragmentHeaders.Rewrite(own, layout, isCongested: false);
        own.Flags &= ~AllFragmentFlags;
        own.FixPacketLength();
        packet = own.Reclaim(cache);
        return MbufReassemblyStatus.Atomic;
    }

    private MbufReassemblyStatus Place(
        ThreadCache cache,
        MbufChain own,
        scoped in NetworkLayout layout,
        scoped in FragmentPart part,
        long now,
        out MbufChain packet)
    {
        packet = MbufChain.Null;
        int held = _packets.Find(part.Key);
        if (held == 0)
        {
            return Start(cache, own, part, now);
        }

        if (_packets[held].IsAbandoned)
        {
            return MbufReassemblyStatus.Abandoned;
        }

        MbufReassemblyStatus status = Compare(cache, own, part, held, out int before);
        if (status == MbufReassemblyStatus.Held)
        {
            status = IsLastMissing(part, held)
                ? Complete(cache, own, layout, part, held, before, out packet)
                : Hold(cache, own, part, held, before, now);
        }
        else if (status != MbufReassemblyStatus.Duplicate)
        {
            Abandon(cache, held);
        }

        return status;
    }

    /// <summary>Holds the first fragment that came of a packet.</summary>
    private MbufReassemblyStatus Start(ThreadCache cache, MbufChain own, scoped in FragmentPart part, long now)
    {
        Trim(own, part);
        if (own.SegmentCount > _mostMbufsOfSource)
        {
            return MbufReassemblyStatus.NoRoom;
        }

        MakeRoomForPacket(cache, part.Key, now);
        int held = _packets.Add(part.Key, now);
        bool hasRoom = TryMakeRoom(cache, held, own.SegmentCount, now);
        Debug.Assert(hasRoom, "A packet that holds nothing gives way to nobody, and what is held of others can be dropped.");
        Store(own, part, held, before: 0);
        return MbufReassemblyStatus.Held;
    }

    /// <summary>Holds a fragment of a packet of which others are held.</summary>
    private MbufReassemblyStatus Hold(
        ThreadCache cache,
        MbufChain own,
        scoped in FragmentPart part,
        int held,
        int before,
        long now)
    {
        Trim(own, part);
        if (!TryMakeRoom(cache, held, own.SegmentCount, now))
        {
            Abandon(cache, held);
            return MbufReassemblyStatus.NoRoom;
        }

        Store(own, part, held, before);
        return MbufReassemblyStatus.Held;
    }

    /// <summary>Takes away what is not kept: padding, and the headers of all but the first fragment.</summary>
    private static void Trim(MbufChain own, scoped in FragmentPart part)
    {
        own.TrimEnd(own.Length - part.Start - part.Length);
        if (!part.IsFirst)
        {
            own.TrimStart(part.Start);
        }
    }

    /// <summary>Puts a trimmed fragment into its place, and what its headers say to what those of the others say.</summary>
    private void Store(MbufChain own, scoped in FragmentPart part, int held, int before)
    {
        ref HeldPacket packet = ref _packets[held];
        packet.Congestion |= part.Congestion;
        packet.TotalLength = part.HasMore ? packet.TotalLength : part.End;
        if (part.IsFirst)
        {
            packet.HeaderLength = part.HeaderLength;
            packet.IsSummed = part.IsSummed;
        }

        AddSum(ref packet, own.ChecksumFlags, own.ChecksumData);
        int mbufs = own.SegmentCount;
        _fragments.Insert(
            ref packet, before, new HeldFragment { Handle = own.Detach(), Offset = part.Offset, Length = part.Length });
        _packets.CountMbufs(held, mbufs);
    }

    /// <summary>
    /// What a receiver found out about the data of one more fragment. A sum that includes a pseudo header is not of this payload
    /// alone, unless it only says that the sender is trusted.
    /// </summary>
    private static void AddSum(ref HeldPacket packet, MbufChecksumFlags flags, uint data)
    {
        ushort sum = InternetChecksum.Fold(data);
        if ((flags & MbufChecksumFlags.PseudoHeader) != 0)
        {
            packet.HasPseudoHeader = true;
            flags &= sum == ushort.MaxValue ? flags : ~MbufChecksumFlags.DataValid;
        }

        packet.ChecksumFlags &= flags;
        packet.Sum = InternetChecksum.Combine(packet.Sum, sum);
    }
}
