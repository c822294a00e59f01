namespace Engine.Mbufs.Tests.Model;

/// <content>The same bytes in other mbufs.</content>
internal sealed partial class Churn
{
    private Outcome Duplicate(in MbufScope mbufs)
    {
        if (IsFull || Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        using MbufChain duplicate = chain.Duplicate();
        if (duplicate.IsNull)
        {
            return Exhausted(packet, chain);
        }

        RequireWritable(duplicate, 0, packet.Length);
        ModelPacket copy = NewPacket(packet.HasHeader);
        packet.CopyInto(copy);
        Add(copy, duplicate);
        return Unchanged(packet, chain);
    }

    private Outcome Unshare(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        if (!chain.TryUnshare())
        {
            return Exhausted(packet, chain);
        }

        RequireWritable(chain, 0, int.MaxValue);
        return Done(packet, chain);
    }

    private Outcome MakeWritable(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        int length = OneIn(4) ? MbufSizes.CopyAll : RandomRange(packet.Length, offset);
        long end = length == MbufSizes.CopyAll ? Math.Max(offset, packet.Length) : (long)offset + length;
        if (!chain.TryMakeWritable(offset, length))
        {
            return Refused(packet, chain, end <= packet.Length);
        }

        Require(end <= packet.Length, "The bytes are inside.");
        RequireWritable(chain, offset, (int)end);
        return Done(packet, chain);
    }

    private Outcome Defragment(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        bool wasWritable = IsWritable(chain, 0, int.MaxValue);
        if (packet.HasHeader)
        {
            packet.PacketLength = packet.Length;
            _before.ExpectPacketLength(packet.Length);
        }

        if (!chain.TryDefragment())
        {
            Require(packet.HasHeader, "A chain without header is left alone.");
            return Exhausted(packet, chain);
        }

        if (!packet.HasHeader)
        {
            return Unchanged(packet, chain);
        }

        Require(!wasWritable || chain.SegmentCount <= packet.Segments, "There are more mbufs than before, and nothing else is gained.");
        RequireWritable(chain, 0, int.MaxValue);
        return Done(packet, chain);
    }

    private Outcome Fragment(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int least = Math.Min((packet.Length / 100) + 1, 2_048);
        int length = Noted(OneIn(3) ? least : _random.Next(least, 2_049));
        if (!chain.TrySplitSegments(length))
        {
            return Exhausted(packet, chain);
        }

        int left = packet.Length;
        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            Require(segment.Length == Math.Min(length, left), "Every mbuf but the last has the length.");
            left -= segment.Length;
        }

        Require(chain.SegmentCount == Math.Max(1, (packet.Length + length - 1) / length), "There are as many mbufs as it takes.");
        RequireWritable(chain, 0, int.MaxValue);
        return Done(packet, chain);
    }

    private Outcome Collapse(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int segments = Noted(1 + _random.Next(OneIn(2) ? 3 : packet.Segments + 1));
        if (chain.TryCollapse(segments))
        {
            Require(chain.SegmentCount <= segments, "There are no more mbufs than were asked for.");
            return packet.Segments <= segments ? Unchanged(packet, chain) : Done(packet, chain);
        }

        Require(packet.Segments > segments, "There is nothing to do, and that was refused.");
        if (packet.Length > MbufSizes.MaximumContiguous)
        {
            return Refused(packet, chain, possible: false);
        }

        if (Denied() == _deniedBefore && Struck() == _struckBefore)
        {
            // No cluster for all of it is free, which is no denial yet. An attempt at one is.
            using MbufChain one = mbufs.AllocateContiguousMbuf(packet.Length);
            Require(one.IsNull, "All of it fits one mbuf, and there is one.");
        }

        return Exhausted(packet, chain);
    }

    private static void RequireWritable(MbufChain chain, int offset, int end)
        => Require(IsWritable(chain, offset, end), "What was made writable is not.");

    /// <summary>The mbufs that have bytes between two offsets; or all, empty ones too.</summary>
    private static bool IsWritable(MbufChain chain, int offset, int end)
    {
        int start = 0;
        bool isMore = true;
        for (MbufPosition position = chain.Start; isMore; isMore = position.TryGetNext(out position))
        {
            int length = position.Segment.Length;
            bool isMeant = end == int.MaxValue || (offset < end && start < end && start + length > offset && length > 0);
            if (isMeant && !position.IsWritable)
            {
                return false;
            }

            start += length;
        }

        return true;
    }
}
