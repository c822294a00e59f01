namespace Engine.Mbufs.Tests.Model;

/// <content>Bytes that are made contiguous.</content>
internal sealed partial class Churn
{
    private Outcome PullUp(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int length = RandomOffset(packet.Length);
        int first = chain.FirstSpan.Length;
        if (!chain.TryPullUp(length, out ReadOnlySpan<byte> view))
        {
            Require(view.IsEmpty && length > first, "What is contiguous already is shown, and else nothing.");
            return Refused(packet, chain, length <= packet.Length && length <= MbufSizes.MaximumContiguous);
        }

        Require(view.SequenceEqual(packet.Bytes.Span[..length]), "The view is the first bytes.");
        return length <= first ? Unchanged(packet, chain) : Done(packet, chain);
    }

    private Outcome CopyUp(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int length = RandomOffset(packet.Length);
        int headroom = RandomContiguous();
        bool isPossible = length <= packet.Length && length + headroom <= MbufSizes.MaximumContiguous;
        if (!chain.TryCopyUp(length, headroom, out ReadOnlySpan<byte> view))
        {
            Require(view.IsEmpty, "Nothing is shown.");
            return Refused(packet, chain, isPossible);
        }

        Require(view.SequenceEqual(packet.Bytes.Span[..length]), "The view is the first bytes.");
        Require(chain.IsWritable && chain.Headroom == headroom, "They are private, behind the headroom.");
        packet.Bytes.ForgetEnds(); // The first mbuf's mark stays with the packet header.
        return Done(packet, chain);
    }

    /// <summary>Shown as a view, as a position, or at the start of an mbuf; what is before stays in place.</summary>
    private Outcome PullDown(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        int length = RandomRange(packet.Length, offset);
        bool isInside = offset + length <= packet.Length;
        scoped ReadOnlySpan<byte> view;
        bool done;
        if (Noted(_random.Next(3)) is var way && way == 0)
        {
            done = chain.TryPullDown(offset, length, out view);
        }
        else
        {
            done = way == 1
                ? chain.TryPullDown(offset, length, out MbufPosition position)
                : chain.TryPullDownToSegment(offset, length, out position);
            Require(position.IsNull != done, "There is a place, or none.");
            view = done ? position.Span : default;
            Require(!done || position.Offset == offset, "It is the place that was asked for.");
            Require(!done || way == 1 || position.OffsetInSegment == 0 || offset == packet.Length, "It starts an mbuf.");
            Require(view.Length >= length || !done, "All of the bytes are there.");
            view = done ? view[..length] : view;
        }

        if (!done)
        {
            Require(view.IsEmpty, "Nothing is shown.");
            return Refused(packet, chain, isInside && length <= MbufSizes.MaximumContiguous);
        }

        Require(isInside && view.SequenceEqual(packet.Bytes.Span.Slice(offset, length)), "The view is the bytes.");
        _before.AssertPrefixInPlace(chain, offset);
        return Done(packet, chain);
    }

    /// <summary>The first bytes as a number, and another number in their place where that is allowed.</summary>
    private Outcome ViewAsValue(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        if (chain.FirstSpan.Length < sizeof(ulong))
        {
            return Refused(packet, chain, possible: false);
        }

        Require(chain.FirstAs<ulong>() == BitConverter.ToUInt64(packet.Bytes.Span), "The value is the first bytes.");
        if (chain.IsWritable)
        {
            ulong value = (ulong)_random.NextInt64();
            chain.WritableFirstAs<ulong>() = value;
            BitConverter.TryWriteBytes(packet.Bytes.Span, value);
        }

        return Done(packet, chain);
    }
}
