using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>What the capture says of a frame.</summary>
/// <param name="Number">From 1, as other programs count.</param>
/// <param name="LinkType">What the frame starts with.</param>
/// <param name="Timestamp">Nanoseconds since the Unix epoch.</param>
/// <param name="Missing">Bytes that the frame had and the capture has not.</param>
internal readonly record struct FrameInfo(long Number, MbufLinkType LinkType, ulong Timestamp, long Missing)
{
    public bool IsTruncated => Missing > 0;
}
