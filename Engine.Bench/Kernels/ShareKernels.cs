namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Clusters with more than one reader, and packets that get their own again.</summary>
internal sealed class ShareKernels : KernelSetting
{
    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<ShareKernels>(
            "share", "packet of one cluster shared, the share freed",
            static (on, count) => on.Share(count, 1)),
        Kernel.Of<ShareKernels>(
            "share-4", "packet of four clusters shared, the share freed",
            static (on, count) => on.Share(count, 4)),
        Kernel.Of<ShareKernels>(
            "share-third", "a packet that is shared already shared once more", static (on, count) => on.ShareThird(count)),
        Kernel.Of<ShareKernels>(
            "share-range", "700 of 4 x 375 bytes shared, the share freed",
            static (on, count) => on.ShareRange(count)),
        Kernel.Of<ShareKernels>(
            "share-behind-head", "a second header over the same four clusters", static (on, count) => on.ShareBehindHead(count)),
        Kernel.Of<ShareKernels>(
            "unshare-1500", "a share that gets a cluster of its own",
            static (on, count) => on.Unshare(count)),
        Kernel.Of<ShareKernels>(
            "make-writable", "a share of four clusters that gets one of its own", static (on, count) => on.MakeWritable(count)),
    ];

    private void Share(int count, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            Require(!share.IsNull);
            share.Free();
        }
    }

    private void ShareThird(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, FrameLength);
        using MbufChain second = packet.Share();
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            Require(!share.IsNull);
            share.Free();
        }
    }

    private void ShareRange(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryShare(300, 700, out MbufChain share));
            share.Free();
        }
    }

    private void ShareBehindHead(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.ShareBehindHead(Work.PayloadLength);
            Require(!share.IsNull);
            share.Free();
        }
    }

    private void Unshare(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, FrameLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            Require(share.TryUnshare());
            share.Free();
        }
    }

    private void MakeWritable(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            Require(share.TryMakeWritable(0, Work.PayloadLength));
            share.Free();
        }
    }
}
