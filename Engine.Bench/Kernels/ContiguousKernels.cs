namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Bytes made contiguous: at the front, in the middle, all of them.</summary>
internal sealed class ContiguousKernels : KernelSetting
{
    private const int FirstLength = 20;
    private const int HeadersLength = 40;
    private const int InThird = (2 * QuarterLength) + FirstLength;

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<ContiguousKernels>(
            "pull-up-there", "40 bytes that are contiguous already",
            static (on, count) => on.PullUpThere(count)),
        Kernel.Of<ContiguousKernels>(
            "pull-up", "40 bytes, 20 of them in the next mbuf, of a packet that is made for it",
            static (on, count) => on.PullUp(count)),
        Kernel.Of<ContiguousKernels>(
            "pull-down-there", "20 bytes in the third of four mbufs, contiguous already",
            static (on, count) => on.PullDownThere(count)),
        Kernel.Of<ContiguousKernels>(
            "pull-down", "20 bytes on the border of two mbufs of a packet that is made for it",
            static (on, count) => on.PullDown(count)),
        Kernel.Of<ContiguousKernels>(
            "copy-up", "40 bytes copied to an mbuf of their own",
            static (on, count) => on.CopyUp(count)),
        Kernel.Of<ContiguousKernels>("linearize-4", "4 x 375 bytes made one segment", static (on, count) => on.Linearize(count)),
        Kernel.Of<ContiguousKernels>(
            "collapse-8", "8 x 64 bytes made at most two segments",
            static (on, count) => on.Collapse(count)),
        Kernel.Of<ContiguousKernels>("pieces-8", "1,500 bytes made mbufs of 192", static (on, count) => on.Pieces(count)),
    ];

    private void PullUpThere(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, FrameLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryPullUp(HeadersLength, out ReadOnlySpan<byte> view) && view.Length == HeadersLength);
        }
    }

    private void PullUp(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = InTwo(mbufs);
            Require(packet.TryPullUp(HeadersLength, out ReadOnlySpan<byte> view) && view.Length == HeadersLength);
            packet.Free();
        }
    }

    private void PullDownThere(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryPullDown(InThird, FirstLength, out ReadOnlySpan<byte> view) && view.Length == FirstLength);
        }
    }

    private void PullDown(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = InTwo(mbufs);
            Require(packet.TryPullDown(FirstLength / 2, FirstLength, out ReadOnlySpan<byte> view) && view.Length == FirstLength);
            packet.Free();
        }
    }

    private void CopyUp(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = InTwo(mbufs);
            Require(packet.TryCopyUp(HeadersLength, Work.HeaderLength, out ReadOnlySpan<byte> view));
            Require(view.Length == HeadersLength);
            packet.Free();
        }
    }

    private void Linearize(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, 4, QuarterLength);
            Require(packet.TryDefragment() && packet.SegmentCount == 1);
            packet.Free();
        }
    }

    private void Collapse(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, 8, Work.PayloadLength);
            Require(packet.TryCollapse(2));
            packet.Free();
        }
    }

    private void Pieces(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, FrameLength);
            Require(packet.TrySplitSegments(MbufSizes.InternalSize));
            packet.Free();
        }
    }

    /// <summary>A packet as drivers that split headers make it: 20 bytes in an mbuf, 1,480 in a cluster.</summary>
    private MbufChain InTwo(in MbufScope mbufs)
    {
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Require(packet.TryAppend(Payload(FirstLength)));
        MbufChain behind = mbufs.AllocateMbufWithCluster();
        Require(behind.TryAppend(FrameLength - FirstLength, out _));
        packet.Append(behind);
        return packet;
    }
}
