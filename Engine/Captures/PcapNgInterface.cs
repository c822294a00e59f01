namespace Engine.Mbufs.Wire;

/// <summary>What a section of a pcapng file says of an interface that its packets were captured on.</summary>
/// <param name="LinkType">What its packets start with.</param>
/// <param name="SnapLength">Bytes that are captured of a packet, at most; 0 for no limit.</param>
/// <param name="MostBytes">Bytes that a captured packet of it may have before it is refused.</param>
/// <param name="Clock">How it counts time.</param>
internal readonly record struct PcapNgInterface(MbufLinkType LinkType, uint SnapLength, int MostBytes, CaptureClock Clock);
