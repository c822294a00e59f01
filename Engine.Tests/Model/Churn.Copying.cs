using CommunityToolkit.HighPerformance.Buffers;

namespace Engine.Mbufs.Tests.Model;

/// <content>Bytes that are read, copied out or looked for: the chain stays as it is.</content>
internal sealed partial class Churn
{
    private readonly byte[] _copied = new byte[2 * MostBytes];
    private readonly ArrayPoolBufferWriter<byte> _writer = new();

    private Outcome CopyOut(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        Span<byte> part = _copied.AsSpan(0, RandomRange(packet.Length, offset));
        part.Clear();
        bool isInside = offset + part.Length <= packet.Length;
        Require(chain.TryCopyTo(offset, part) == isInside, "What is inside is copied, and nothing else.");
        Require(isInside ? part.SequenceEqual(packet.Bytes.Span.Slice(offset, part.Length)) : !part.ContainsAnyExcept((byte)0), "The copy is right.");
        return isInside ? Unchanged(packet, chain) : Refused(packet, chain, possible: false);
    }

    /// <summary>Into pieces of memory, and into a writer.</summary>
    private Outcome CopyOutInPieces(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int first = Noted(_random.Next(3_000));
        int second = Noted(_random.Next(3_000));
        int most = OneIn(4) ? MbufSizes.CopyAll : RandomOffset(packet.Length);
        int copied = chain.CopyTo([_copied.AsMemory(0, first), default, _copied.AsMemory(first, second)], most);
        Require(copied == Math.Min(first + second, Math.Min(most, packet.Length)), "As much as fits is copied.");
        Require(packet.Bytes.Span.StartsWith(_copied.AsSpan(0, copied)), "The copy is right.");

        _writer.Clear();
        chain.CopyTo(_writer);
        Require(_writer.WrittenSpan.SequenceEqual(packet.Bytes.Span), "The copy is right.");
        return Unchanged(packet, chain);
    }

    /// <summary>Every mbuf by its position, and one byte by its place.</summary>
    private Outcome FindPosition(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        bool isInside = offset <= packet.Length;
        Require(chain.TryGetPosition(offset, out MbufPosition position) == isInside, "A place inside is found, and nothing else.");
        if (!isInside)
        {
            Require(position.IsNull, "There is no place behind the end.");
            return Refused(packet, chain, possible: false);
        }

        Require(packet.Bytes.Span[offset..].StartsWith(position.Span) && position.Segment.EndsWith(position.Span), "The bytes from there on.");
        Require(position.Offset == offset && position.OffsetInSegment == position.Segment.Length - position.Span.Length, "The place is right.");
        Require(position.Remaining == packet.Length - offset && position.IsEnd == (offset == packet.Length), "What follows is right.");
        MbufPosition last = chain.LastSegment;
        Require(!last.TryGetNext(out _) && packet.Bytes.Span.EndsWith(last.Segment), "The last segment is the last.");
        return Unchanged(packet, chain);
    }

    /// <summary>Writes through a position, where that is allowed.</summary>
    private Outcome WriteAtPosition(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = Noted(_random.Next(packet.Length + 1));
        Require(chain.TryGetPosition(offset, out MbufPosition position), "The place is inside.");
        if (!position.TryGetWritable(out Span<byte> span))
        {
            Require(!position.IsWritable && span.IsEmpty, "What is not writable is not shown.");
            return Refused(packet, chain, possible: false);
        }

        RandomBytes(span.Length).CopyTo(span);
        packet.Bytes.CopyBack(offset, span);
        return Done(packet, chain);
    }

    /// <summary>Sets the type of an mbuf inside the chain.</summary>
    private Outcome SetTypeAtPosition(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufPosition position = chain.LastSegment;
        position.Type = MbufType.Control;
        Require(position.Type == MbufType.Control, "The type is what it was set to.");
        packet.Type = packet.Segments == 1 ? MbufType.Control : packet.Type;
        packet.Bytes.ForgetLabels();
        return Done(packet, chain);
    }

    private Outcome Unchanged(ModelPacket packet, MbufChain chain)
    {
        _before.AssertUnchanged(chain);
        return Done(packet, chain);
    }
}
