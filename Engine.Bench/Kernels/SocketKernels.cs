using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Kernels;

/// <summary>
/// Vectored system calls, to and from devices of the kernel that do nothing, so that what is left is the way there. Linux only.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SocketKernels : KernelSetting
{
    private const int ReceiveLength = 4096;

    private readonly FileStream _null = new("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly FileStream _zero = new("/dev/zero", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<SocketKernels>(
            "send-4", "packet of four segments made, and sent by writev",
            static (on, count) => on.Send(count)),
        Kernel.Of<SocketKernels>(
            "receive-4096", "4,096 bytes received by readv, freed",
            static (on, count) => on.Receive(count)),
    ];

    public override void Dispose()
    {
        _null.Dispose();
        _zero.Dispose();
        base.Dispose();
    }

    private void Send(int count)
    {
        int descriptor = (int)_null.SafeFileHandle.DangerousGetHandle();
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, 4, QuarterLength);
            Require(MbufSocket.Send(descriptor, packet).Bytes == FrameLength);
            packet.Free();
        }
    }

    private void Receive(int count)
    {
        int descriptor = (int)_zero.SafeFileHandle.DangerousGetHandle();
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(MbufSocket.Receive(descriptor, packet, ReceiveLength).Bytes == ReceiveLength);
            packet.Free();
        }
    }
}
