namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Bytes copied out of packets, into them, and from one to another.</summary>
internal sealed class CopyKernels : KernelSetting
{
    private readonly AlignedBytes _destination = new(FrameLength);

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<CopyKernels>(
            "copy-out-1500", "1,500 bytes of one segment copied out",
            static (on, count) => on.CopyOut(count, 1)),
        Kernel.Of<CopyKernels>(
            "copy-out-1500x4", "1,500 bytes of four segments copied out",
            static (on, count) => on.CopyOut(count, 4)),
        Kernel.Of<CopyKernels>("copy-back-64", "64 bytes of a packet overwritten", static (on, count) => on.CopyBack(count)),
        Kernel.Of<CopyKernels>(
            "copy-back-shared", "the same where the cluster is shared: it is copied first",
            static (on, count) => on.CopyBackShared(count)),
        Kernel.Of<CopyKernels>(
            "duplicate-1500", "packet of one segment copied, the copy freed",
            static (on, count) => on.Duplicate(count, 1)),
        Kernel.Of<CopyKernels>(
            "duplicate-1500x4", "packet of four segments copied, the copy freed", static (on, count) => on.Duplicate(count, 4)),
        Kernel.Of<CopyKernels>("apply-1500x4", "a visitor sees four segments", static (on, count) => on.Apply(count)),
    ];

    private void CopyOut(int count, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
        Span<byte> destination = _destination.Span;
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryCopyTo(0, destination));
        }
    }

    private void CopyBack(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        ReadOnlySpan<byte> bytes = Payload(Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryCopyFrom(QuarterLength, bytes));
        }
    }

    private void CopyBackShared(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, FrameLength);
        ReadOnlySpan<byte> bytes = Payload(Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            Require(share.TryCopyFrom(QuarterLength, bytes));
            share.Free();
        }
    }

    private void Duplicate(int count, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
        for (int i = 0; i < count; i++)
        {
            MbufChain copy = packet.Duplicate();
            Require(!copy.IsNull);
            copy.Free();
        }
    }

    private void Apply(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            var counter = default(ByteCounter);
            Require(packet.TryVisit(0, FrameLength, ref counter, out _) && counter.Bytes == FrameLength);
        }
    }

    private struct ByteCounter : IMbufVisitor
    {
        public int Bytes;

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            Bytes += bytes.Length;
            return 0;
        }
    }
}
