namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Bytes taken off, within an mbuf and over several.</summary>
internal sealed class TrimKernels : KernelSetting
{
    private const int Header = Work.HeaderLength;

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<TrimKernels>(
            "trim-start", "14 bytes off the front of a packet that is made for it",
            static (on, count) => on.Start(count)),
        Kernel.Of<TrimKernels>("trim-end", "14 bytes off the end", static (on, count) => on.End(count)),
        Kernel.Of<TrimKernels>(
            "trim-start-segments", "1,000 of 4 x 375 bytes off the front", static (on, count) => on.StartSegments(count)),
        Kernel.Of<TrimKernels>(
            "trim-end-segments", "1,000 of 4 x 375 bytes off the end",
            static (on, count) => on.EndSegments(count)),
        Kernel.Of<TrimKernels>(
            "free-first", "the first of four mbufs freed, then the rest",
            static (on, count) => on.FreeFirstSegment(count)),
    ];

    private void Start(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.TryAppend(FrameLength, out _) && packet.TrimStart(Header) == Header);
            packet.Free();
        }
    }

    private void End(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.TryAppend(FrameLength, out _) && packet.TrimEnd(Header) == Header);
            packet.Free();
        }
    }

    private void StartSegments(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, 4, QuarterLength);
            Require(packet.TrimStart(1000) == 1000);
            packet.Free();
        }
    }

    private void EndSegments(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, 4, QuarterLength);
            Require(packet.TrimEnd(1000) == 1000);
            packet.Free();
        }
    }

    private void FreeFirstSegment(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, 4, QuarterLength);
            packet.FreeFirstSegment(out MbufChain rest);
            rest.Free();
        }
    }
}
