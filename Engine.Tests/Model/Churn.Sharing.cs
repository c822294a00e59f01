namespace Engine.Mbufs.Tests.Model;

/// <content>Second packets over the same bytes, two packets of one, one of two.</content>
internal sealed partial class Churn
{
    private Outcome Share(in MbufScope mbufs)
    {
        if (IsFull || Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        using MbufChain share = chain.Share();
        if (share.IsNull)
        {
            return Exhausted(packet, chain);
        }

        _before.AssertUnchanged(chain);
        ModelPacket copy = NewPacket(packet.HasHeader);
        packet.CopyInto(copy);
        Add(copy, share);
        return Done(packet, chain);
    }

    private Outcome ShareRange(in MbufScope mbufs)
    {
        if (IsFull || Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        bool isAll = OneIn(4);
        int length = isAll ? MbufSizes.CopyAll : RandomRange(packet.Length, offset);
        int end = isAll ? packet.Length : offset + length;
        if (!chain.TryShare(offset, length, out MbufChain share))
        {
            Require(share.IsNull, "There is no copy of what was not copied.");
            return Refused(packet, chain, offset <= end && end <= packet.Length);
        }

        Require(offset <= end && end <= packet.Length, "There are such bytes.");
        ModelPacket copy = NewPacket(hasHeader: false);
        packet.CopyRangeInto(copy, offset, end);
        if (offset > 0)
        {
            copy.Type = share.Type;
        }
        else if (packet.HasHeader && !isAll)
        {
            copy.PacketLength = length;
        }

        Add(copy, share);
        return Unchanged(packet, chain);
    }

    private Outcome ShareBehindHead(in MbufScope mbufs)
    {
        if (IsFull || Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int headroom = RandomContiguous();
        using MbufChain share = chain.ShareBehindHead(headroom);
        if (share.IsNull)
        {
            return Exhausted(packet, chain);
        }

        Require(share.FirstSpan.IsEmpty && share.Headroom >= headroom, "The first mbuf is empty, and has the room.");
        ModelPacket copy = NewPacket(packet.HasHeader);
        packet.CopyInto(copy);
        Add(copy, share);
        return Unchanged(packet, chain);
    }

    private Outcome Split(in MbufScope mbufs)
    {
        if (IsFull || Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        if (!chain.TrySplit(offset, out MbufChain rest))
        {
            Require(rest.IsNull, "There is no rest of what was not split.");
            return Refused(packet, chain, offset <= packet.Length);
        }

        if (rest.IsNull)
        {
            Require(!packet.HasHeader && offset == packet.Length, "Only behind a chain without header there is nothing.");
            _before.AssertUnchanged(chain);
            return Done(packet, chain);
        }

        ModelPacket half = NewPacket(packet.HasHeader);
        packet.SplitInto(offset, half);
        half.Type = rest.Type;
        Add(half, rest);
        return Done(packet, chain);
    }

    private Outcome TakeFront(in MbufScope mbufs)
    {
        if (IsFull || Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int length = RandomOffset(packet.Length);
        if (!chain.TryTakeFront(length, out MbufChain front))
        {
            Require(front.IsNull, "There is no front of what was not cut.");
            return Refused(packet, chain, length <= packet.Length);
        }

        if (front.IsNull)
        {
            Require(!packet.HasHeader && length == 0, "Only nothing of a chain without header is no chain.");
            _before.AssertUnchanged(chain);
            return Done(packet, chain);
        }

        ModelPacket taken = NewPacket(packet.HasHeader);
        packet.TakeFrontInto(length, taken);
        taken.Type = front.Type;
        packet.Type = chain.Type;
        Add(taken, front);
        return Done(packet, chain);
    }

    /// <summary>Joins two packets: the header's length grows by what the other's says.</summary>
    private Outcome Join(in MbufScope mbufs)
    {
        if (PickPair(out ModelPacket packet, out ModelPacket other))
        {
            MbufChain chain = Begin(mbufs, packet);
            using MbufChain behind = BeginOther(mbufs, other);
            chain.Append(behind);
            Require(!behind.IsOwned, "What was appended is nobody's own.");
            packet.Bytes.Join(other.Bytes);
            packet.Count(other.HasHeader ? other.PacketLength : other.Length);
            Remove(other);
            return Done(packet, chain);
        }

        return Outcome.Idle;
    }

    /// <summary>Joins two chains of one type: the header's length stays.</summary>
    private Outcome AppendKeepingPacketLength(in MbufScope mbufs)
    {
        if (PickPair(out ModelPacket packet, out ModelPacket other) && packet.Type == other.Type)
        {
            MbufChain chain = Begin(mbufs, packet);
            using MbufChain behind = BeginOther(mbufs, other);
            chain.AppendKeepingPacketLength(behind);
            Require(!behind.IsOwned, "What was joined is nobody's own.");
            packet.Bytes.Join(other.Bytes);
            Remove(other);
            return Done(packet, chain);
        }

        return Outcome.Idle;
    }

    /// <summary>Two packets that together are not too long.</summary>
    private bool PickPair(out ModelPacket packet, out ModelPacket other)
    {
        packet = Pick()!;
        other = packet is null ? null! : PickBut(packet)!;
        return other is not null && packet!.Length + other.Length <= MostBytes;
    }
}
