namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Packets over memory that is not the arena's.</summary>
/// <remarks>Unsafe for the address of the routine that the engine calls when the last reference ends.</remarks>
internal sealed unsafe class ExternalKernels : KernelSetting
{
    private readonly AlignedBytes _memory = new(FrameLength);
    private readonly MbufExternalStorage _storage;

    public ExternalKernels()
    {
        _storage = new MbufExternalStorage
        {
            Address = (void*)_memory.Address,
            Size = FrameLength,
            Routine = &Release,
            Type = MbufExternalType.Disposable,
        };
    }

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<ExternalKernels>(
            "external", "memory attached to an mbuf; freed, and its routine called", static (on, count) => on.Attach(count)),
        Kernel.Of<ExternalKernels>(
            "external-share", "a packet over attached memory shared, the share freed", static (on, count) => on.Share(count)),
    ];

    private void Attach(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Require(packet.DangerousTryAttachExternal(_storage, FrameLength));
            packet.Free();
        }
    }

    private void Share(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Require(packet.DangerousTryAttachExternal(_storage, FrameLength));
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            Require(!share.IsNull);
            share.Free();
        }
    }

    private static void Release(nint first, nint second)
    {
    }
}
