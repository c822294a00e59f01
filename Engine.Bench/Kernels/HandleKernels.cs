namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Claims that change hands.</summary>
internal sealed class HandleKernels : KernelSetting
{
    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<HandleKernels>(
            "detach-open", "a packet made a handle, and a packet again",
            static (on, count) => on.Pass(count)),
    ];

    private void Pass(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Mbuf handle = packet.Detach();
            packet = mbufs.Open(handle);
        }

        packet.Free();
    }
}
