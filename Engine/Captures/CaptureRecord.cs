namespace Engine.Mbufs.Wire;

/// <summary>What a capture says of a packet before the packet's bytes.</summary>
/// <param name="LinkType">What the packet starts with.</param>
/// <param name="CapturedLength">Bytes that follow, 0 or more; checked against what can be.</param>
/// <param name="OriginalLength">Bytes that there were, as it says.</param>
/// <param name="InterfaceNumber">Among those of the section, from 0.</param>
/// <param name="Timestamp">Nanoseconds since the Unix epoch.</param>
internal readonly record struct CaptureRecord(
    MbufLinkType LinkType,
    int CapturedLength,
    long OriginalLength,
    int InterfaceNumber,
    ulong Timestamp);
