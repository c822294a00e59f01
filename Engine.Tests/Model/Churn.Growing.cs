namespace Engine.Mbufs.Tests.Model;

/// <content>Bytes added, written over and trimmed.</content>
internal sealed partial class Churn
{
    private Outcome Append(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ReadOnlySpan<byte> bytes = RandomBytes(RandomGrowth(packet));
        bool hasRoom = chain.Tailroom >= bytes.Length;
        if (!chain.TryAppend(bytes))
        {
            Require(!hasRoom, "There is room, and it was not used.");
            return Exhausted(packet, chain);
        }

        packet.Append(bytes);
        return Done(packet, chain);
    }

    private Outcome Extend(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ReadOnlySpan<byte> bytes = RandomBytes(RandomContiguousGrowth(packet));
        if (!chain.TryAppend(bytes.Length, out Span<byte> room))
        {
            return Exhausted(packet, chain);
        }

        bytes.CopyTo(room);
        packet.Append(bytes);
        return Done(packet, chain);
    }

    private Outcome GetRoom(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ReadOnlySpan<byte> bytes = RandomBytes(RandomContiguousGrowth(packet));
        if (!chain.TryGetRoom(bytes.Length, out Span<byte> room))
        {
            return Exhausted(packet, chain);
        }

        Require(room.Length >= Math.Max(1, bytes.Length), "There is as much room as was asked for.");
        bytes.CopyTo(room);
        chain.Commit(bytes.Length);
        packet.Append(bytes);
        return Done(packet, chain);
    }

    private Outcome ReserveRoom(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ReadOnlySpan<byte> bytes = RandomBytes(Math.Max(1, RandomGrowth(packet)));
        bool done = OneIn(2)
            ? chain.TryReserveRoom(bytes.Length, out MbufRoom room)
            : chain.TryReserveRoom(bytes.Length, s_sizes[Noted(_random.Next(s_sizes.Length))], out room);
        if (!done)
        {
            return Exhausted(packet, chain);
        }

        ReadOnlySpan<byte> left = bytes;
        foreach (Span<byte> piece in room)
        {
            left[..piece.Length].CopyTo(piece);
            left = left[piece.Length..];
        }

        if (OneIn(3))
        {
            room = mbufs.OpenRoom(room.Detach()); // A turn ends here, and another thread goes on.
            chain = room.Chain;
        }

        int count = OneIn(4) ? 0 : OneIn(2) ? room.Length : Noted(_random.Next(room.Length + 1));
        room.Commit(count);
        packet.Append(bytes[..count]);
        return Done(packet, chain);
    }

    private Outcome Prepend(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ReadOnlySpan<byte> bytes = RandomBytes(RandomContiguousGrowth(packet));
        bool hasRoom = chain.Headroom >= bytes.Length;
        bool done = OneIn(2) ? chain.TryPrepend(bytes) : TryPrependInPlace(chain, bytes);
        if (!done)
        {
            Require(!hasRoom, "There is headroom, and it was not used.");
            return Exhausted(packet, chain);
        }

        Require(chain.FirstSpan.StartsWith(bytes), "What was prepended is contiguous.");
        packet.Prepend(bytes);
        return Done(packet, chain);
    }

    private static bool TryPrependInPlace(MbufChain chain, ReadOnlySpan<byte> bytes)
    {
        bool done = chain.TryPrepend(bytes.Length, out Span<byte> room);
        Require(room.Length == (done ? bytes.Length : 0), "The room is what was asked for, or none.");
        if (done)
        {
            bytes.CopyTo(room);
        }

        return done;
    }

    private Outcome CopyBack(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        ReadOnlySpan<byte> bytes = RandomBytes(Math.Min(RandomLength(), Math.Max(0, MostBytes - offset)));
        if (!chain.TryCopyFrom(offset, bytes))
        {
            return Exhausted(packet, chain);
        }

        packet.CopyBack(offset, bytes);
        return Done(packet, chain);
    }

    /// <summary>In place, where that is allowed.</summary>
    private Outcome Write(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        if (!chain.TryGetWritable(out Span<byte> span))
        {
            Require(!chain.IsWritable && chain.Headroom == 0 && span.IsEmpty, "What is not writable has no room.");
            return Refused(packet, chain, possible: false);
        }

        RandomBytes(span.Length).CopyTo(span);
        packet.Bytes.CopyBack(0, span);
        return Done(packet, chain);
    }

    private Outcome TrimStart(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int count = RandomTrim(packet.Length);
        Require(chain.TrimStart(count) == packet.TrimStart(count), "As much is trimmed as there is.");
        return Done(packet, chain);
    }

    private Outcome TrimEnd(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int count = RandomTrim(packet.Length);
        Require(chain.TrimEnd(count) == packet.TrimEnd(count), "As much is trimmed as there is.");
        return Done(packet, chain);
    }
}
