using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Kernels;

/// <summary>The Internet checksum.</summary>
internal sealed class ChecksumKernels : KernelSetting
{
    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<ChecksumKernels>(
            "checksum-20", "20 bytes of a packet, a header's worth",
            static (on, count) => on.Sum(count, 1, 20)),
        Kernel.Of<ChecksumKernels>(
            "checksum-1500", "1,500 bytes in one segment",
            static (on, count) => on.Sum(count, 1, FrameLength)),
        Kernel.Of<ChecksumKernels>(
            "checksum-1500x4", "1,500 bytes in four segments",
            static (on, count) => on.Sum(count, 4, FrameLength)),
        Kernel.Of<ChecksumKernels>(
            "checksum-update", "a 32-bit field changed, and the sum with it",
            static (on, count) => on.Update(count)),
    ];

    private void Sum(int count, int segments, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryComputeChecksum(0, length, out _));
        }
    }

    private void Update(int count)
    {
        ushort checksum = 0x1234;
        for (uint i = 0; i < count; i++)
        {
            checksum = InternetChecksum.Update(checksum, i, i + 1);
        }

        Require(checksum != 0 || count > 0);
    }
}
