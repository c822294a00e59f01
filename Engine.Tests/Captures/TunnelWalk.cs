using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>
/// The verdicts on the outermost IPv4, TCP and UDP header of a frame, wherever a tunnel has put them: IP in IP, GRE and VXLAN are
/// gone into, quotes in ICMP errors are not.
/// </summary>
internal sealed class TunnelWalk(bool isWhole)
{
    private const int MostLayers = 8;
    private const ushort TransparentEthernet = 0x6558;
    private const ushort VxlanPort = 4789;
    private const int VxlanSize = 8;

    public MbufChecksumVerdict IPv4 { get; private set; }

    public MbufChecksumVerdict Tcp { get; private set; }

    public MbufChecksumVerdict Udp { get; private set; }

    public MbufChecksumVerdict Control { get; private set; }

    private bool _hasTcp;
    private bool _hasUdp;
    private bool _hasIPv4;

    /// <summary>Looks at a frame. The outermost header is verified as a receiver does, those inside are inspected.</summary>
    /// <param name="frame">What the capture has of the frame.</param>
    /// <param name="linkType">What it starts with.</param>
    /// <param name="isWhole">That is all of it: where a header says that there is more, the frame's length counts.</param>
    public static TunnelWalk Over(MbufChain frame, MbufLinkType linkType, bool isWhole)
    {
        var walk = new TunnelWalk(isWhole);
        byte[] bytes = new byte[Math.Min(frame.Length, FrameLayout.MaximumSize)];
        frame.TryCopyTo(0, bytes);
        if (FrameLayout.TryFindNetwork(bytes, linkType, out int offset, out EtherType type, out _)
            && type is EtherType.IPv4 or EtherType.IPv6)
        {
            walk.Descend(frame, offset);
        }

        return walk;
    }

    private void Descend(MbufChain frame, int offset)
    {
        int end = frame.Length;
        for (int layer = 0; layer < MostLayers && offset >= 0; layer++)
        {
            MbufChecksumReport report = layer == 0 ? frame.VerifyChecksums(offset) : frame.InspectChecksums(offset);
            if (!_hasIPv4 && report.Network != MbufChecksumVerdict.None)
            {
                (_hasIPv4, IPv4) = (true, report.Network);
            }

            int own = EndOf(frame, offset);
            bool isShort = report.Transport == MbufChecksumVerdict.Truncated || (own == frame.Length && end < own);
            Note(isShort && isWhole ? Shortened(frame, offset, end) : report);
            end = Math.Min(end, own);
            offset = Inside(frame, report);
        }
    }

    /// <summary>Where a packet ends, as its header says.</summary>
    private static int EndOf(MbufChain frame, int offset)
    {
        byte[] header = new byte[6];
        if (!frame.TryCopyTo(offset, header))
        {
            return frame.Length;
        }

        int length = header[0] >> 4 == 4
            ? BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2))
            : IPv6Header.Size + BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(4));
        return length is 0 or IPv6Header.Size ? frame.Length : offset + length;
    }

    /// <summary>
    /// The verdicts on a packet whose header says that it ends where the frame does, or the packet that it is carried in.
    /// </summary>
    private static MbufChecksumReport Shortened(MbufChain frame, int offset, int end)
    {
        using MbufChain copy = frame.Duplicate();
        byte[] version = new byte[1];
        byte[] length = new byte[2];
        copy.TryCopyTo(offset, version);
        int header = version[0] >> 4 == 4 ? 0 : IPv6Header.Size;
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(end - offset - header));
        copy.TryCopyFrom(offset + (header == 0 ? 2 : 4), length);
        return copy.InspectChecksums(offset);
    }

    private void Note(MbufChecksumReport report)
    {
        switch (report.Protocol)
        {
            case IPProtocol.Tcp when !_hasTcp:
                (_hasTcp, Tcp) = (true, report.Transport);
                break;
            case IPProtocol.Udp when !_hasUdp:
                (_hasUdp, Udp) = (true, report.Transport);
                break;
            case IPProtocol.Icmp or IPProtocol.IcmpV6:
                Control = report.Transport;
                break;
            default:
                break;
        }
    }

    /// <summary>Where the IP header inside of a packet starts; -1 if there is none.</summary>
    private static int Inside(MbufChain frame, MbufChecksumReport report)
    {
        byte[] bytes = new byte[Math.Clamp(frame.Length - report.TransportOffset, 0, 64)];
        frame.TryCopyTo(report.TransportOffset, bytes);
        return report.Protocol switch
        {
            IPProtocol.IPv4 or IPProtocol.IPv6 => report.TransportOffset,
            IPProtocol.Gre => BehindGre(bytes, report.TransportOffset),
            IPProtocol.Udp when UdpHeader.TryRead(bytes, out UdpHeader udp) && udp.DestinationPort == VxlanPort
                => BehindEthernet(bytes, UdpHeader.Size + VxlanSize, report.TransportOffset),
            _ => -1,
        };
    }

    private static int BehindGre(byte[] bytes, int offset)
    {
        if (bytes.Length < 4)
        {
            return -1;
        }

        int flags = bytes[0];
        int length = 4 + ((flags & 0x80) != 0 ? 4 : 0) + ((flags & 0x20) != 0 ? 4 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        return (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)) switch
        {
            EtherType.IPv4 or EtherType.IPv6 => offset + length,
            (EtherType)TransparentEthernet => BehindEthernet(bytes, length, offset),
            _ => -1,
        };
    }

    private static int BehindEthernet(byte[] bytes, int start, int offset)
        => start <= bytes.Length
            && FrameLayout.TryFindNetwork(bytes.AsSpan(start), MbufLinkType.Ethernet, out int network, out EtherType type, out _)
            && type is EtherType.IPv4 or EtherType.IPv6
                ? offset + start + network
                : -1;
}
