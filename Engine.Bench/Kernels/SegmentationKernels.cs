using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Packets cut into fragments and segments.</summary>
internal sealed class SegmentationKernels : KernelSetting
{
    private const int Segments = 10;
    private const ushort SegmentSize = 1460;

    private static readonly byte[] s_headers = Frames.Tcp(Segments * SegmentSize)[..Frames.HeadersLength];

    private readonly MbufQueue _queue;
    private readonly AlignedBytes _headers = new(s_headers);
    private readonly AlignedBytes _ipv4 = new(FragmentedHeader());
    private readonly AlignedBytes _ipv6 = new([0x60, 0, 0, 0, 0x0F, 0x78, 17, 64, .. new byte[32]]);

    public SegmentationKernels() => _queue = new MbufQueue(Arena);

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<SegmentationKernels>(
            "fragment-ipv4", "IPv4 packet of 1,400 + 1,300 + 1,300 bytes made, cut for an MTU of 1,500, freed",
            static (on, count) => on.IPv4(count)),
        Kernel.Of<SegmentationKernels>("fragment-ipv6", "the same with IPv6", static (on, count) => on.IPv6(count)),
        Kernel.Of<SegmentationKernels>(
            "segment-tcp", "TCP packet of ten segments made in one cluster, cut, freed", static (on, count) => on.Tcp(count)),
    ];

    private void IPv4(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Fragmented(mbufs, _ipv4.Span);
            Require(packet.FragmentInto(Work.FragmentMtu, _queue) == MbufOffloadStatus.Done);
            _queue.Drain(mbufs);
        }
    }

    /// <summary>With an identification of ours: the system's random numbers are not the engine's work.</summary>
    private void IPv6(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Fragmented(mbufs, _ipv6.Span);
            Require(packet.FragmentInto(Work.FragmentMtu, _queue, (uint)i) == MbufOffloadStatus.Done);
            _queue.Drain(mbufs);
        }
    }

    private void Tcp(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
            Require(packet.TryAppend(Frames.HeadersLength + (Segments * SegmentSize), out Span<byte> room));
            _headers.Span.CopyTo(room);
            packet.ChecksumFlags = MbufChecksumFlags.TcpSegmentation;
            packet.SegmentSize = SegmentSize;
            Require(packet.SegmentInto(_queue) == MbufOffloadStatus.Done && _queue.Drain(mbufs) == Segments);
        }
    }

    private static MbufChain Fragmented(in MbufScope mbufs, ReadOnlySpan<byte> header)
    {
        MbufChain packet = mbufs.AllocatePacket();
        Require(packet.TryAppend(Work.FragmentedFirst, out Span<byte> room));
        header.CopyTo(room);
        for (int k = 0; k < 2; k++)
        {
            MbufChain behind = mbufs.AllocateMbufWithCluster();
            Require(behind.TryAppend(Work.FragmentedNext, out _));
            packet.Append(behind);
        }

        return packet;
    }

    private static byte[] FragmentedHeader()
    {
        byte[] header = new byte[IPv4Header.Size];
        Frames.WriteIPv4(header, Work.FragmentedFirst + (2 * Work.FragmentedNext), IPProtocol.Udp, 0);
        return header;
    }
}
