using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>The capture that is written, begun with the first packet: all packets of a pcap file have its link type.</summary>
internal sealed class CaptureSink(Stream stream, bool isRaw, MbufCaptureResolution resolution) : IDisposable
{
    /// <summary>The last time that pcap's 32 bits of seconds can tell (2106).</summary>
    private const ulong LastTimestamp = (uint.MaxValue * 1_000_000_000UL) + 999_999_999;

    private MbufCaptureWriter? _writer;

    public long Packets { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>
    /// Packets of another link type than the first, or that would have no link header to say that they are not IP.
    /// </summary>
    public long LeftOut { get; private set; }

    /// <summary>Packets of more bytes than programs read, which were written without their end.</summary>
    public long Cut { get; private set; }

    /// <summary>Begins the file, if no packet did.</summary>
    /// <param name="linkType">What the capture that was read has, or had.</param>
    public void Begin(MbufLinkType linkType)
        => _writer ??= new MbufCaptureWriter(stream, isRaw ? MbufLinkType.Raw : linkType, resolution);

    /// <summary>Writes a packet of the link type that it was read with, or a raw one.</summary>
    /// <param name="packet">The packet, which stays the caller's.</param>
    /// <param name="info">The frame that it came of.</param>
    /// <param name="missing">Bytes that it has not.</param>
    /// <param name="isRawIP">It starts with its IP header.</param>
    public void Write(MbufChain packet, in FrameInfo info, long missing, bool isRawIP)
    {
        Begin(info.LinkType);
        if (isRaw ? !isRawIP : info.LinkType != _writer!.LinkType)
        {
            LeftOut++;
            return;
        }

        long original = Math.Min(packet.Length + missing, uint.MaxValue);
        _writer!.Write(packet, Math.Min(info.Timestamp, LastTimestamp), original);
        Packets++;
        Bytes += packet.Length;
        Cut += packet.Length > _writer.SnapLength ? 1 : 0;
    }

    public void Dispose()
    {
        if (_writer is null)
        {
            stream.Dispose();
        }
        else
        {
            _writer.Dispose();
        }
    }
}
