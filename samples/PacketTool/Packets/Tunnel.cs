using System.Buffers.Binary;

using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>
/// IP packets inside of IP packets: bare (RFC 2003, RFC 2473, RFC 4213) or behind a GRE header (RFC 2784, RFC 2890).
/// </summary>
internal static class Tunnel
{
    /// <summary>Deeper than anybody builds them.</summary>
    public const int MostLevels = 8;

    private const int SizeOfGre = 4;
    private const int SizeOfGreField = 4;
    private const int GreChecksum = 0x8000;
    private const int GreKey = 0x2000;
    private const int GreSequence = 0x1000;
    private const int GreUnknown = 0xFFFF & ~(GreChecksum | GreKey | GreSequence);

    /// <summary>Finds the packet inside of a packet.</summary>
    /// <param name="packet">The packet, with anything before its IP header.</param>
    /// <param name="offset">Where its IP header starts.</param>
    /// <param name="inner">Where the IP header inside starts.</param>
    /// <param name="type">What that is.</param>
    /// <returns>False if it carries no IP packet, or is a fragment, of which the inner packet is not whole either.</returns>
    public static bool TryFindInner(MbufChain packet, int offset, out int inner, out EtherType type)
    {
        (inner, type) = (offset, EtherType.None);
        Span<byte> scratch = stackalloc byte[IPPacket.LongestHeaders];
        scratch = scratch[..Math.Min(scratch.Length, packet.Length - offset)];
        if (!packet.TryCopyTo(offset, scratch) || !IPPacket.TryPassHeader(scratch, out int length, out IPProtocol protocol))
        {
            return false;
        }

        ReadOnlySpan<byte> behind = scratch[length..];
        switch (protocol)
        {
            case IPProtocol.IPv4 or IPProtocol.IPv6:
                type = protocol == IPProtocol.IPv4 ? EtherType.IPv4 : EtherType.IPv6;
                break;
            case IPProtocol.Gre when TryPassGre(behind, out int gre, out type):
                length += gre;
                behind = behind[gre..];
                break;
            default:
                return false;
        }

        inner = offset + length;
        return type == EtherType.IPv4 ? IPv4Header.TryRead(behind, out _) : IPv6Header.TryRead(behind, out _);
    }

    /// <summary>The header without options, or with checksum, key and sequence number.</summary>
    private static bool TryPassGre(ReadOnlySpan<byte> bytes, out int length, out EtherType type)
    {
        (length, type) = (0, EtherType.None);
        if (bytes.Length < SizeOfGre)
        {
            return false;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[sizeof(ushort)..]);
        length = SizeOfGre
            + ((flags & GreChecksum) != 0 ? SizeOfGreField : 0)
            + ((flags & GreKey) != 0 ? SizeOfGreField : 0)
            + ((flags & GreSequence) != 0 ? SizeOfGreField : 0);
        return (flags & GreUnknown) == 0 && type is EtherType.IPv4 or EtherType.IPv6 && length <= bytes.Length;
    }
}
