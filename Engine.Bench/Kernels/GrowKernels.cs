namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Bytes and chains added, at the end and at the front.</summary>
internal sealed class GrowKernels : KernelSetting
{
    private const int LongLength = 4000;
    private const int LongHeader = 200;

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<GrowKernels>(
            "append-64", "64 bytes copied behind a packet's, trimmed off again",
            static (on, count) => on.Append(count)),
        Kernel.Of<GrowKernels>(
            "extend-64", "room for 64 bytes behind a packet's, trimmed off again",
            static (on, count) => on.Extend(count)),
        Kernel.Of<GrowKernels>(
            "append-4000", "packet made of 4,000 bytes in two clusters",
            static (on, count) => on.AppendLong(count)),
        Kernel.Of<GrowKernels>(
            "prepend-room", "14 bytes prepended in the headroom, trimmed off again", static (on, count) => on.Prepend(count)),
        Kernel.Of<GrowKernels>(
            "prepend-no-room", "200 bytes prepended where there is no room: another mbuf",
            static (on, count) => on.PrependMbuf(count)),
        Kernel.Of<GrowKernels>(
            "concatenate-4", "four packets of 64 bytes made one, and freed", static (on, count) => on.AppendKeepingPacketLength(count)),
        Kernel.Of<GrowKernels>(
            "add-room", "room for 4,000 bytes taken, and freed with the packet",
            static (on, count) => on.AddRoom(count)),
    ];

    private void Append(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Work.PayloadLength);
        ReadOnlySpan<byte> payload = Payload(Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryAppend(payload));
            packet.TrimEnd(Work.PayloadLength);
        }
    }

    private void Extend(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryAppend(Work.PayloadLength, out _));
            packet.TrimEnd(Work.PayloadLength);
        }
    }

    private void AppendLong(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        ReadOnlySpan<byte> payload = Payload(LongLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.TryAppend(payload));
            packet.Free();
        }
    }

    private void Prepend(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryPrepend(Work.HeaderLength, out _));
            packet.TrimStart(Work.HeaderLength);
        }
    }

    private void PrependMbuf(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.TryAppend(Work.PayloadLength, out _));
            Require(packet.TryPrepend(LongHeader, out _));
            packet.Free();
        }
    }

    private void AppendKeepingPacketLength(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        ReadOnlySpan<byte> payload = Payload(Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.TryAppend(payload));
            for (int k = 1; k < 4; k++)
            {
                MbufChain behind = mbufs.AllocatePacket();
                Require(behind.TryAppend(payload));
                packet.AppendKeepingPacketLength(behind);
            }

            packet.Free();
        }
    }

    private void AddRoom(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.TryAddRoom(LongLength));
            packet.Free();
        }
    }
}
