namespace Engine.Mbufs.Bench.Kernels;

/// <summary>What can be asked of a packet of four segments.</summary>
internal sealed class InspectKernels : KernelSetting
{
    private const int Needle = 20;
    private const int PlaceOfNeedle = 1400;

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<InspectKernels>(
            "ask", "length, segments, room in front and behind, writability",
            static (on, count) => on.Ask(count)),
        Kernel.Of<InspectKernels>("segments-4", "four segments enumerated", static (on, count) => on.Segments(count)),
        Kernel.Of<InspectKernels>("position-4", "byte 1,400 of four segments found", static (on, count) => on.Position(count)),
        Kernel.Of<InspectKernels>(
            "equal-bytes", "1,500 bytes in four segments compared with a span",
            static (on, count) => on.EqualBytes(count)),
        Kernel.Of<InspectKernels>(
            "equal-chain", "1,500 bytes compared with a packet of one segment",
            static (on, count) => on.EqualChain(count)),
        Kernel.Of<InspectKernels>(
            "index-of", "20 bytes found at byte 1,400 of four segments",
            static (on, count) => on.IndexOf(count)),
    ];

    private void Ask(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.Length == FrameLength && packet.SegmentCount == 4 && packet.IsWritable);
            Require(packet.Headroom > 0 && packet.Tailroom > 0 && packet.HasPacketHeader);
        }
    }

    private void Segments(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            int length = 0;
            foreach (ReadOnlySpan<byte> segment in packet.Segments)
            {
                length += segment.Length;
            }

            Require(length == FrameLength);
        }
    }

    private void Position(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryGetPosition(PlaceOfNeedle, out MbufPosition position));
            Require(position.Span.Length == FrameLength - PlaceOfNeedle);
        }
    }

    private void EqualBytes(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, FrameLength);
        Require(packet.TrySplitSegments(QuarterLength));
        ReadOnlySpan<byte> bytes = Payload(FrameLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.SequenceEqual(bytes));
        }
    }

    private void EqualChain(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, FrameLength);
        using MbufChain other = Packet(mbufs, FrameLength);
        Require(packet.TrySplitSegments(QuarterLength));
        for (int i = 0; i < count; i++)
        {
            Require(packet.SequenceEqual(other));
        }
    }

    private void IndexOf(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, FrameLength);
        Require(packet.TrySplitSegments(QuarterLength));
        ReadOnlySpan<byte> needle = Payload(FrameLength).Slice(PlaceOfNeedle, Needle);
        for (int i = 0; i < count; i++)
        {
            Require(packet.IndexOf(needle) == PlaceOfNeedle);
        }
    }
}
