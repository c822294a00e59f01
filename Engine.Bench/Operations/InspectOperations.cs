namespace Engine.Mbufs.Bench.Operations;

/// <summary>What can be asked of a packet of four segments.</summary>
internal sealed class InspectOperations(MbufArenaOptions options) : Setting(options)
{
    private const int Needle = 20;
    private const int PlaceOfNeedle = 1400;

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("ask", "length, segments, room in front and behind, writability", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.Length == FrameLength && packet.SegmentCount == 4 && packet.IsWritable);
                Require(packet.Headroom > 0 && packet.Tailroom > 0 && packet.HasPacketHeader);
            }
        }),
        Of("segments-4", "four segments enumerated", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                int length = 0;
                foreach (ReadOnlySpan<byte> segment in packet.Segments)
                {
                    length += segment.Length;
                }

                Require(length == FrameLength);
            }
        }),
        Of("position-4", "byte 1,400 of four segments found", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryGetPosition(PlaceOfNeedle, out MbufPosition position));
                Require(position.Span.Length == FrameLength - PlaceOfNeedle);
            }
        }),
        Of("equal-bytes", "1,500 bytes in four segments compared with a span", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, FrameLength);
            Require(packet.TrySplitSegments(QuarterLength));
            ReadOnlySpan<byte> bytes = on.Payload(FrameLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.SequenceEqual(bytes));
            }
        }),
        Of("equal-chain", "1,500 bytes compared with a packet of one segment", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, FrameLength);
            using MbufChain other = on.Packet(mbufs, FrameLength);
            Require(packet.TrySplitSegments(QuarterLength));
            for (int i = 0; i < count; i++)
            {
                Require(packet.SequenceEqual(other));
            }
        }),
        Of("index-of", "20 bytes found at byte 1,400 of four segments", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, FrameLength);
            Require(packet.TrySplitSegments(QuarterLength));
            ReadOnlySpan<byte> needle = on.Payload(FrameLength).Slice(PlaceOfNeedle, Needle);
            for (int i = 0; i < count; i++)
            {
                Require(packet.IndexOf(needle) == PlaceOfNeedle);
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<InspectOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new InspectOperations(options), body);
}

/// <summary>Readers and writers: numbers and bytes in order, whatever mbufs they lie in.</summary>
internal sealed class ReadWriteOperations(MbufArenaOptions options) : Setting(options)
{
    private const int Numbers = 10;

    private readonly AlignedBytes _destination = new(FrameLength);

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("read-numbers", "ten 32-bit numbers read", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                MbufReader reader = packet.GetReader();
                for (int k = 0; k < Numbers; k++)
                {
                    Require(reader.TryReadUInt32BigEndian(out _));
                }
            }
        }),
        Of("read-1500x4", "1,500 bytes read over four segments", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            Span<byte> destination = on._destination.Span;
            for (int i = 0; i < count; i++)
            {
                MbufReader reader = packet.GetReader();
                Require(reader.TryRead(destination));
            }
        }),
        Of("seek-peek", "one number read ahead at byte 1,400 of four segments", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                MbufReader reader = packet.GetReader();
                Require(reader.TrySeek(1400) && reader.TryPeekUInt32BigEndian(out _));
            }
        }),
        Of("write-numbers", "ten 32-bit numbers written", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                MbufWriter writer = packet.GetWriter();
                for (uint k = 0; k < Numbers; k++)
                {
                    Require(writer.TryWriteUInt32BigEndian(k));
                }
            }
        }),
        Of("write-1500x4", "1,500 bytes written over four segments", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            ReadOnlySpan<byte> source = on.Payload(FrameLength);
            for (int i = 0; i < count; i++)
            {
                MbufWriter writer = packet.GetWriter();
                Require(writer.TryWrite(source));
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<ReadWriteOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new ReadWriteOperations(options), body);
}
