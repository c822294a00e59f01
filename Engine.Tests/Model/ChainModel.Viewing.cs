using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <content>Making bytes contiguous, and reading and writing them one after the other.</content>
internal sealed partial class ChainModel
{
    private void PullDown(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        int offset = RandomOffset(packet.Oracle.Length);
        int length = RandomLength();
        bool toSegment = _random.Next(3) == 0;
        var prefix = PrefixSnapshot.Of(chain, offset);
        bool possible = offset < packet.Oracle.Length && length <= packet.Oracle.Length - offset && length <= MbufSizes.LargestContiguous + _kind.Headroom;
        MbufPosition position = chain.Start;
        if (toSegment ? chain.TryPullDownToSegment(offset, length, out position) : chain.TryPullDown(offset, length, out position))
        {
            Assert.That(possible);
            Assert.That(position.Span[..length].SequenceEqual(packet.Oracle.ToArray().AsSpan(offset, length)));
            Assert.That(position.Position == offset && (!toSegment || position.Offset == 0));
            prefix.AssertInPlace(chain);
            Close(packet, chain);
        }
        else
        {
            Failed(packet, chain, before, denied, possible);
        }
    }

    private void CopyUp(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        int length = RandomOffset(packet.Oracle.Length);
        int headroom = _random.Next(3) == 0 ? 0 : _random.Next(300);
        bool possible = length <= packet.Oracle.Length && length + headroom <= MbufSizes.LargestContiguous + _kind.Headroom;
        if (chain.TryCopyUp(length, headroom, out ReadOnlySpan<byte> view))
        {
            Assert.That(possible);
            Assert.That(view.SequenceEqual(packet.Oracle.ToArray().AsSpan(0, length)));
            Assert.That(chain.IsWritable && chain.Headroom == headroom);
            Close(packet, chain);
        }
        else
        {
            Failed(packet, chain, before, denied, possible);
        }
    }

    private void Apply(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        int offset = RandomOffset(packet.Oracle.Length);
        int length = RandomLength();
        bool possible = (long)offset + length <= packet.Oracle.Length;
        var visitor = new Flipper { Seen = [] };
        if (!chain.TryApplyInPlace(offset, length, ref visitor, out _))
        {
            Failed(packet, chain, before, denied, possible);
            return;
        }

        Assert.That(possible);
        byte[] flipped = [.. packet.Oracle.ToArray().AsSpan(offset, length).ToArray().Select(static one => (byte)~one)];
        packet.Oracle.CopyBack(offset, flipped);
        Assert.That(chain.TryApply(offset, length, ref visitor, out _));
        Assert.That(visitor.Seen.ToArray().AsSpan().SequenceEqual(flipped));
        Close(packet, chain);
    }

    private void WriteOn(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        MbufWriter writer = chain.GetWriter();
        int place = _random.Next(packet.Oracle.Length + 1);
        Assert.That(writer.TrySeek(place));
        for (int i = 0; i < 10; i++)
        {
            var before = ChainSnapshot.Of(chain);
            long denied = Denials();
            byte[] bytes = RandomBytes(_random.Next(4) == 0 ? _random.Next(1000) : _random.Next(9));
            if (!writer.TryWrite(bytes))
            {
                Refused(packet, chain, before, denied);
                return;
            }

            packet.Oracle.CopyBack(place, bytes);
            place += bytes.Length;
            Assert.That(writer.Position, Is.EqualTo(place));
        }

        Close(packet, chain);
    }

    private void ReadOn(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        byte[] bytes = packet.Oracle.ToArray();
        MbufReader reader = chain.GetReader();
        byte[] part = new byte[_random.Next(1, 600)];
        int place = 0;
        for (; reader.TryRead(part); place += part.Length)
        {
            Assert.That(part.AsSpan().SequenceEqual(bytes.AsSpan(place, part.Length)));
        }

        Assert.That(reader.Remaining == bytes.Length - place && reader.Remaining < part.Length);
        Close(packet, chain);
    }

    /// <summary>A verb that failed for want of bytes, which the arena does not count, or of memory, which it does.</summary>
    private void Failed(ModelPacket packet, MbufChain chain, ChainSnapshot before, long denied, bool possible)
    {
        if (possible)
        {
            Refused(packet, chain, before, denied);
            return;
        }

        before.AssertUnchanged(chain);
        Close(packet, chain);
    }

    private struct Flipper : IMbufVisitor, IMbufTransformer
    {
        public List<byte> Seen { get; init; }

        public readonly int Visit(ReadOnlySpan<byte> bytes)
        {
            Seen.AddRange(bytes);
            return 0;
        }

        public readonly int Transform(Span<byte> bytes)
        {
            foreach (ref byte one in bytes)
            {
                one = (byte)~one;
            }

            return 0;
        }
    }
}
