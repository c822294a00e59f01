using System.Buffers.Binary;
using System.Diagnostics;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Makes the header of a first fragment that of a whole packet. The caller has made the header's storage private.
/// </summary>
internal static class FragmentHeaders
{
    private const int PlaceOfTypeOfService = 1;
    private const int PlaceOfPayloadLength = 4;
    private const byte CongestionExperienced = 3;
    private const int TrafficClassShift = 4;

    /// <summary>Bytes at the front that are written.</summary>
    public static int LengthToWrite(in NetworkLayout layout)
        => layout.IsIPv6 ? layout.FragmentHeader + IPv6ExtensionHeader.Size : layout.HeaderLength;

    /// <summary>Rewrites the header of a packet that has all of its payload, and nothing behind it.</summary>
    public static void Rewrite(MbufChain packet, in NetworkLayout layout, bool isCongested)
    {
        if (layout.IsIPv6)
        {
            RewriteIPv6(packet, layout, isCongested);
        }
        else
        {
            RewriteIPv4(packet, isCongested);
        }
    }

    /// <summary>
    /// Length, fragment word and congestion, and the checksum by the difference: one that was wrong stays wrong (RFC 1624).
    /// </summary>
    private static void RewriteIPv4(MbufChain packet, bool isCongested)
    {
        NetworkLayout.Scratch scratch = default;
        Span<byte> header = scratch[..IPv4Header.Size];
        packet.TryCopyTo(0, header);
        Span<byte> old = scratch[IPv4Header.Size..(2 * IPv4Header.Size)];
        header.CopyTo(old);
        int word = BinaryPrimitives.ReadUInt16BigEndian(header[IPv4Header.PlaceOfFragment..]);
        word &= ~(IPv4Header.MoreFragmentsBit | IPv4Header.FragmentOffsetMask);
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Header.PlaceOfFragment..], (ushort)word);
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Header.PlaceOfTotalLength..], (ushort)packet.Length);
        header[PlaceOfTypeOfService] |= isCongested ? CongestionExperienced : (byte)0;
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(header[IPv4Header.PlaceOfChecksum..]);
        checksum = InternetChecksum.Update(checksum, old[..IPv4Header.PlaceOfChecksum], header[..IPv4Header.PlaceOfChecksum]);
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Header.PlaceOfChecksum..], checksum);
        packet.WriteAt(0, header[..IPv4Header.PlaceOfSource]);
    }

    /// <summary>The fragment header goes: what is before it moves up, and what was behind it stays where it is.</summary>
    private static void RewriteIPv6(MbufChain packet, in NetworkLayout layout, bool isCongested)
    {
        NetworkLayout.Scratch scratch = default;
        byte next = packet.ReadByte(layout.FragmentHeader);
        packet.MoveUp(layout.FragmentHeader, IPv6ExtensionHeader.Size);
        packet.TrimStart(IPv6ExtensionHeader.Size);
        scratch[0] = next;
        packet.WriteAt(layout.PlaceOfNextHeader, scratch[..1]);
        int length = packet.Length - IPv6Header.Size;
        Debug.Assert(length is >= 0 and <= FragmentCheck.LargestLength, "Longer packets were refused.");
        BinaryPrimitives.WriteUInt16BigEndian(scratch[..2], (ushort)length);
        packet.WriteAt(PlaceOfPayloadLength, scratch[..2]);
        scratch[0] = packet.ReadByte(PlaceOfTypeOfService);
        scratch[0] |= isCongested ? (byte)(CongestionExperienced << TrafficClassShift) : (byte)0;
        packet.WriteAt(PlaceOfTypeOfService, scratch[..1]);
        int told = packet.Layer3HeaderLength;
        if (told >= IPv6Header.Size + IPv6ExtensionHeader.Size)
        {
            packet.Layer3HeaderLength = (byte)(told - IPv6ExtensionHeader.Size);
        }
    }
}
