namespace Engine.Mbufs.Bench.Kernels;

/// <summary>One packet or mbuf, allocated and freed, from the hot end of a cache.</summary>
internal sealed class AllocateKernels : KernelSetting
{
    private const int ChainLength = 8192;
    private const int ContiguousLength = 9000;

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<AllocateKernels>(
            "allocate-packet", "packet with a 2 KiB cluster: allocated, freed",
            static (on, count) => on.Packet(count),
            static (on, count) => on.PacketPlanted(count)),
        Kernel.Of<AllocateKernels>(
            "allocate-packet-using", "the same, held in a using", static (on, count) => on.PacketUsing(count)),
        Kernel.Of<AllocateKernels>("allocate-mbuf", "plain mbuf", static (on, count) => on.Plain(count)),
        Kernel.Of<AllocateKernels>("allocate-header", "packet without cluster", static (on, count) => on.Header(count)),
        Kernel.Of<AllocateKernels>("allocate-zeroed", "plain mbuf, zeroed", static (on, count) => on.Zeroed(count)),
        Kernel.Of<AllocateKernels>(
            "allocate-page", "packet with a 4 KiB cluster", static (on, count) => on.Sized(count, MbufClusterSize.Page)),
        Kernel.Of<AllocateKernels>(
            "allocate-jumbo9", "packet with a 9 KiB cluster", static (on, count) => on.Sized(count, MbufClusterSize.Jumbo9)),
        Kernel.Of<AllocateKernels>(
            "allocate-jumbo16", "packet with a 16 KiB cluster", static (on, count) => on.Sized(count, MbufClusterSize.Jumbo16)),
        Kernel.Of<AllocateKernels>("allocate-chain", "packet with room for 8 KiB", static (on, count) => on.Chain(count)),
        Kernel.Of<AllocateKernels>(
            "allocate-contiguous", "packet with 9,000 contiguous bytes", static (on, count) => on.Contiguous(count)),
        Kernel.Of<AllocateKernels>("allocate-from", "packet with a copy of 1,500 bytes", static (on, count) => on.From(count)),
        Kernel.Of<AllocateKernels>("scope", "scope entered, and left", static (on, count) => on.Scope(count)),
        .. ClearKernels.All,
    ];

    private void Packet(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.Free();
        }
    }

    /// <summary>Asks one thing of each packet that nobody wants to know: a few instructions, as a regression has them.</summary>
    private void PacketPlanted(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.IsEmpty);
            packet.Free();
        }
    }

    private void PacketUsing(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            using MbufChain packet = mbufs.AllocatePacket();
        }
    }

    private void Plain(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain mbuf = mbufs.AllocateMbuf();
            mbuf.Free();
        }
    }

    private void Header(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            packet.Free();
        }
    }

    private void Zeroed(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain mbuf = mbufs.AllocateZeroedMbuf();
            mbuf.Free();
        }
    }

    private void Sized(int count, MbufClusterSize size)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket(size);
            packet.Free();
        }
    }

    private void Chain(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket(ChainLength);
            packet.Free();
        }
    }

    private void Contiguous(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocateContiguousPacket(ContiguousLength);
            packet.Free();
        }
    }

    private void From(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        ReadOnlySpan<byte> bytes = Payload(FrameLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacketFrom(bytes, 0, 0);
            packet.Free();
        }
    }

    private void Scope(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using MbufScope mbufs = Arena.Enter();
        }
    }
}
