using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>A packet as a stack leaves it for its interface: checksums not computed, but asked for.</summary>
public sealed record OutputPacket(string Name, bool IsIPv6, IPProtocol Protocol, int HeaderSize, uint Field, MbufChecksumFlags Transport)
{
    public static OutputPacket Tcp { get; } = new("tcp", false, IPProtocol.Tcp, 20, 16, MbufChecksumFlags.Tcp);

    public static OutputPacket Udp { get; } = new("udp", false, IPProtocol.Udp, 8, 6, MbufChecksumFlags.Udp);

    public static IReadOnlyList<OutputPacket> All { get; } =
    [
        Tcp,
        Udp,
        new("sctp", false, IPProtocol.Sctp, 12, 8, MbufChecksumFlags.Sctp),
        new("tcp6", true, IPProtocol.Tcp, 20, 16, MbufChecksumFlags.TcpIPv6),
        new("udp6", true, IPProtocol.Udp, 8, 6, MbufChecksumFlags.UdpIPv6),
        new("sctp6", true, IPProtocol.Sctp, 12, 8, MbufChecksumFlags.SctpIPv6),
    ];

    /// <summary>What is asked for.</summary>
    public MbufChecksumFlags Flags => Transport | (IsIPv6 ? 0 : MbufChecksumFlags.IPv4);

    /// <summary>Bytes of the network header.</summary>
    public int NetworkSize => IsIPv6 ? IPv6Header.Size : IPv4Header.Size;

    /// <summary>The packet: the sum of the pseudo header in the transport's field, something wrong in the others.</summary>
    public byte[] Unfinished(ReadOnlySpan<byte> data)
    {
        byte[] transport = [1, 2, 3, 4, .. new byte[HeaderSize - 4], .. data];
        if (Protocol == IPProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(4), (ushort)transport.Length);
        }

        if (Protocol == IPProtocol.Tcp)
        {
            transport[12] = 0x50;
            transport[13] = 0x18;
        }

        if (Protocol != IPProtocol.Sctp)
        {
            byte[] source = IsIPv6 ? WirePacket.IPv6Source : WirePacket.IPv4Source;
            byte[] destination = IsIPv6 ? WirePacket.IPv6Destination : WirePacket.IPv4Destination;
            byte[] pseudo = [.. source, .. destination, 0, 0, (byte)(transport.Length >> 8), (byte)transport.Length, 0, 0, 0, (byte)Protocol];
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan((int)Field), (ushort)~WirePacket.Checksum(pseudo));
        }

        byte[] packet = IsIPv6 ? WirePacket.IPv6(Protocol, transport) : WirePacket.IPv4(Protocol, transport);
        packet[10] ^= IsIPv6 ? (byte)0 : (byte)0x55;
        return packet;
    }

    /// <summary>Asks for the checksums.</summary>
    public void Request(MbufChain packet)
    {
        packet.ChecksumFlags = Flags;
        packet.ChecksumData = Field;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
