namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Two packets made of one.</summary>
internal sealed class SplitKernels : KernelSetting
{
    private const int Middle = 700;

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<SplitKernels>(
            "split-cluster", "packet cut within its cluster, joined, freed", static (on, count) => on.Split(count, 1, Middle)),
        Kernel.Of<SplitKernels>(
            "split-border", "packet of four segments cut between two, joined, freed",
            static (on, count) => on.Split(count, 4, 2 * QuarterLength)),
        Kernel.Of<SplitKernels>(
            "split-internal", "packet cut within an internal buffer",
            static (on, count) => on.SplitInternal(count)),
    ];

    private void Split(int count, int segments, int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
            Require(packet.TrySplit(offset, out MbufChain rest));
            packet.Append(rest);
            packet.Free();
        }
    }

    private void SplitInternal(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        ReadOnlySpan<byte> payload = Payload(Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Require(packet.TryAppend(payload));
            Require(packet.TrySplit(Work.HeaderLength, out MbufChain rest));
            rest.Free();
            packet.Free();
        }
    }
}
