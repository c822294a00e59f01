namespace Engine.Mbufs.Bench.Kernels;

/// <summary>The price of an arena for secrets: what is freed is zeroed.</summary>
internal sealed class ClearKernels() : KernelSetting(clearOnFree: true)
{
    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<ClearKernels>(
            "allocate-packet-clear", "packet of 1,500 bytes written, freed, zeroed", static (on, count) => on.Written(count)),
    ];

    private void Written(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        ReadOnlySpan<byte> bytes = Payload(FrameLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.TryAppend(bytes));
            packet.Free();
        }
    }
}
