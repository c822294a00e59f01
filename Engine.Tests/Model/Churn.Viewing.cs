namespace Engine.Mbufs.Tests.Model;

/// <content>Bytes made contiguous anywhere, and visited, read and written one after the other.</content>
internal sealed partial class Churn
{
    private readonly byte[] _part = new byte[600];

    private Outcome PullDown(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        int length = RandomRange(packet.Length, offset);
        bool toSegment = OneIn(3);
        var prefix = PrefixSnapshot.Of(chain, offset);
        MbufPosition position = chain.Start;
        bool done = toSegment ? chain.TryPullDownToSegment(offset, length, out position) : chain.TryPullDown(offset, length, out position);
        bool fits = offset < packet.Length && length <= packet.Length - offset;
        if (!done)
        {
            return Refused(packet, chain, fits && length <= MbufSizes.LargestContiguous);
        }

        Require(fits && position.Position == offset && (!toSegment || position.Offset == 0), "The position is where the bytes are.");
        Require(position.Span[..length].SequenceEqual(packet.Bytes.Span.Slice(offset, length)), "The bytes are contiguous there.");
        prefix.AssertInPlace(chain);
        return Done(packet, chain);
    }

    private Outcome CopyUp(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int length = RandomOffset(packet.Length);
        int headroom = Noted(OneIn(3) ? 0 : _random.Next(300));
        if (!chain.TryCopyUp(length, headroom, out ReadOnlySpan<byte> view))
        {
            return Refused(packet, chain, length <= packet.Length && length + headroom <= MbufSizes.LargestContiguous);
        }

        Require(view.SequenceEqual(packet.Bytes.Span[..length]), "The view is the first bytes.");
        Require(chain.IsWritable && chain.Headroom == headroom, "The storage is the packet's own, with the room that was asked for.");
        return Done(packet, chain);
    }

    /// <summary>Every byte of a range turned round in place, and then visited.</summary>
    private Outcome Apply(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        int length = RandomRange(packet.Length, offset);
        bool fits = length <= packet.Length - offset;
        var flipper = new Flipper();
        if (!chain.TryApplyInPlace(offset, length, ref flipper, out int result))
        {
            Require(fits || !chain.TryApply(offset, length, ref flipper, out result), "What ends before cannot be visited either.");
            return Refused(packet, chain, fits);
        }

        Require(fits && result == 0, "All pieces were transformed.");
        Span<byte> range = packet.Bytes.Span.Slice(offset, length);
        flipper.Transform(range);
        scoped var comparer = new Comparer(range);
        Require(chain.TryApply(offset, length, ref comparer, out result) && result == 0 && comparer.Left == 0, "All pieces are visited.");
        return Done(packet, chain);
    }

    /// <summary>A few writes one after the other, over what is there and behind it; those before a refused one stay.</summary>
    private Outcome WriteOn(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufWriter writer = chain.GetWriter();
        int place = Noted(_random.Next(packet.Length + 1));
        Require(writer.TrySeek(place), "Every place of the packet can be sought.");
        for (int i = 0; i < 6; i++)
        {
            _before.Take(chain);
            CountFailures();
            int most = Math.Max(0, MostBytes - packet.Length);
            ReadOnlySpan<byte> bytes = RandomBytes(Math.Min(most, Noted(OneIn(4) ? _random.Next(1_000) : _random.Next(9))));
            if (!writer.TryWrite(bytes))
            {
                Require(writer.Position == place, "A writer that was refused goes nowhere.");
                return Exhausted(packet, chain);
            }

            packet.CopyBack(place, bytes);
            place += bytes.Length;
            Require(writer.Position == place && writer.Remaining == packet.Length - place, "The writer knows where it is.");
        }

        return Done(packet, chain);
    }

    private Outcome ReadOn(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufReader reader = chain.GetReader();
        Span<byte> part = _part.AsSpan(0, Noted(_random.Next(1, _part.Length)));
        int place = 0;
        for (; reader.TryRead(part); place += part.Length)
        {
            Require(part.SequenceEqual(packet.Bytes.Span.Slice(place, part.Length)), "What is read is what is there.");
        }

        Require(reader.Position == place && reader.Remaining == packet.Length - place, "The reader knows where it is.");
        Require(reader.Remaining < part.Length, "A reader reads on while there is something.");
        _before.AssertUnchanged(chain);
        return Done(packet, chain);
    }

    private struct Flipper : IMbufVisitor, IMbufTransformer
    {
        public readonly int Visit(ReadOnlySpan<byte> bytes) => 1;

        public readonly int Transform(Span<byte> bytes)
        {
            foreach (ref byte one in bytes)
            {
                one = (byte)~one;
            }

            return 0;
        }
    }

    private ref struct Comparer(ReadOnlySpan<byte> expected) : IMbufVisitor
    {
        private ReadOnlySpan<byte> _expected = expected;

        public readonly int Left => _expected.Length;

        public int Visit(ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty || !_expected.StartsWith(bytes))
            {
                return 1;
            }

            _expected = _expected[bytes.Length..];
            return 0;
        }
    }
}
