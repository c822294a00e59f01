namespace Engine.Mbufs.Bench.Kernels;

/// <summary>The fields of the packet header, those that are always there and those that are rarely used.</summary>
internal sealed class HeaderFieldKernels : KernelSetting
{
    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<HeaderFieldKernels>(
            "fields", "four fields of the packet header set, and read",
            static (on, count) => on.Hot(count)),
        Kernel.Of<HeaderFieldKernels>(
            "fields-cold", "packet with a VLAN tag, header lengths and a timestamp: made, set, freed",
            static (on, count) => on.Cold(count)),
        Kernel.Of<HeaderFieldKernels>(
            "copy-header", "packet header copied to another packet",
            static (on, count) => on.Copy(count)),
    ];

    private void Hot(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            packet.ReceiveInterface = 3;
            packet.ChecksumFlags = MbufChecksumFlags.IPv4 | MbufChecksumFlags.Tcp;
            packet.ChecksumData = (uint)i;
            packet.FlowId = (uint)i;
            Require(packet.ReceiveInterface == 3 && packet.FlowId == packet.ChecksumData && packet.PacketLength == packet.Length);
        }
    }

    private void Cold(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.VlanTag = 7;
            packet.Layer2HeaderLength = 18;
            packet.Layer3HeaderLength = 20;
            packet.ReceiveTimestamp = (ulong)i;
            Require(packet.VlanTag == 7);
            packet.Free();
        }
    }

    private void Copy(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Work.PayloadLength);
        packet.FlowId = 1;
        for (int i = 0; i < count; i++)
        {
            MbufChain copy = mbufs.AllocatePacketWithoutCluster();
            Require(copy.TryCopyPacketHeaderFrom(packet));
            copy.Free();
        }
    }
}
