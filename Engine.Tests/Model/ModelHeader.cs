namespace Engine.Mbufs.Tests.Model;

/// <summary>The fields of a packet header; all zero without one.</summary>
internal record struct ModelHeader
{
    public int PacketLength;
    public ushort ReceiveInterface;
    public MbufChecksumFlags ChecksumFlags;
    public uint ChecksumData;
    public uint FlowId;
    public MbufHashType HashType;
    public ushort VlanTag;
    public ushort RoutingTable;
    public ushort SegmentSize;
    public byte Layer2HeaderLength;
    public byte Layer3HeaderLength;
    public byte Layer4HeaderLength;
    public byte Layer5HeaderLength;
    public ulong ReceiveTimestamp;

    public static ModelHeader Of(MbufChain chain) => new()
    {
        PacketLength = chain.PacketLength,
        ReceiveInterface = chain.ReceiveInterface,
        ChecksumFlags = chain.ChecksumFlags,
        ChecksumData = chain.ChecksumData,
        FlowId = chain.FlowId,
        HashType = chain.HashType,
        VlanTag = chain.VlanTag,
        RoutingTable = chain.RoutingTable,
        SegmentSize = chain.SegmentSize,
        Layer2HeaderLength = chain.Layer2HeaderLength,
        Layer3HeaderLength = chain.Layer3HeaderLength,
        Layer4HeaderLength = chain.Layer4HeaderLength,
        Layer5HeaderLength = chain.Layer5HeaderLength,
        ReceiveTimestamp = chain.ReceiveTimestamp,
    };
}
