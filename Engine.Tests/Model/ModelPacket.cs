namespace Engine.Mbufs.Tests.Model;

/// <summary>A packet and what it must be.</summary>
internal sealed class ModelPacket(Mbuf handle, ByteOracle oracle, ushort receiveInterface)
{
    public Mbuf Handle { get; set; } = handle;

    public ByteOracle Oracle { get; } = oracle;

    public ushort ReceiveInterface { get; set; } = receiveInterface;

    /// <summary>Mbufs, as of the last time the packet was looked at.</summary>
    public int Segments { get; set; }
}
