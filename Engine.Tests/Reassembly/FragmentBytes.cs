using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>Fragments as they are on the wire, made of the bytes of whole packets, without the engine.</summary>
internal static class FragmentBytes
{
    public const int FragmentHeader = 8;

    /// <summary>All fragments of an IPv4 packet, in order, with a number of bytes of payload each.</summary>
    public static List<byte[]> OfIPv4(byte[] packet, int size)
    {
        var fragments = new List<byte[]>();
        int length = packet.Length - HeaderLength(packet);
        for (int offset = 0; offset < length; offset += size)
        {
            fragments.Add(IPv4(packet, offset, Math.Min(size, length - offset), offset + size < length));
        }

        return fragments;
    }

    /// <summary>Some bytes of an IPv4 packet's payload as a fragment of it.</summary>
    public static byte[] IPv4(byte[] packet, int offset, int length, bool more)
    {
        int header = HeaderLength(packet);
        byte[] fragment = [.. packet[..header], .. packet.AsSpan(header + offset, length)];
        int word = BinaryPrimitives.ReadUInt16BigEndian(fragment.AsSpan(6)) & 0xC000;
        return Corrected(fragment, word | (more ? 0x2000 : 0) | (offset / 8));
    }

    /// <summary>A fragment of any place, whose payload is of a pattern.</summary>
    public static byte[] IPv4At(int offset, int length, bool more, ushort identification = 1, byte[]? source = null)
    {
        byte[] fragment = WirePacket.IPv4(IPProtocol.Udp, BytePattern.Of(length), identification: identification);
        (source ?? WirePacket.IPv4Source).CopyTo(fragment, 12);
        return Corrected(fragment, (more ? 0x2000 : 0) | (offset / 8));
    }

    /// <summary>All fragments of an IPv6 packet, in order.</summary>
    /// <param name="packet">The whole.</param>
    /// <param name="size">Bytes of payload in each.</param>
    /// <param name="before">Bytes that are in every fragment: the header and what extension headers are to stand before.</param>
    /// <param name="placeOfNext">Where the byte is that says what follows these.</param>
    /// <param name="identification">What all fragments share.</param>
    public static List<byte[]> OfIPv6(byte[] packet, int size, int before = 40, int placeOfNext = 6, uint identification = 7)
    {
        var fragments = new List<byte[]>();
        int length = packet.Length - before;
        for (int offset = 0; offset < length; offset += size)
        {
            bool more = offset + size < length;
            fragments.Add(IPv6(packet, offset, Math.Min(size, length - offset), more, before, placeOfNext, identification));
        }

        return fragments;
    }

    /// <summary>Some bytes of an IPv6 packet as a fragment of it.</summary>
    public static byte[] IPv6(
        byte[] packet, int offset, int length, bool more, int before = 40, int placeOfNext = 6, uint identification = 7)
    {
        byte[] header = new byte[FragmentHeader];
        header[0] = packet[placeOfNext];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), identification);
        byte[] fragment = [.. packet[..before], .. header, .. packet.AsSpan(before + offset, length)];
        fragment[placeOfNext] = (byte)IPProtocol.Fragment;
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(4), (ushort)(fragment.Length - 40));
        return fragment;
    }

    /// <summary>A fragment of either version of a whole that has no options and no extension headers.</summary>
    public static byte[] Of(byte[] packet, int offset, int length, bool more)
        => packet[0] >> 4 == 4 ? IPv4(packet, offset, length, more) : IPv6(packet, offset, length, more);

    /// <summary>A fragment of some packet at any place.</summary>
    public static byte[] At(bool isIPv6, int offset, int length, bool more)
    {
        byte[] fragment = Of(Whole(isIPv6, 400), 0, length, more);
        if (!isIPv6)
        {
            return Corrected(fragment, (more ? 0x2000 : 0) | (offset / 8));
        }

        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(42), (ushort)(offset | (more ? 1 : 0)));
        return fragment;
    }

    public static List<byte[]> Of(byte[] packet, int size) => packet[0] >> 4 == 4 ? OfIPv4(packet, size) : OfIPv6(packet, size);

    /// <summary>A whole UDP packet of either version.</summary>
    public static byte[] Whole(bool isIPv6, int length, int seed = 1) => isIPv6
        ? WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(length - 8, seed), overIPv6: true))
        : WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(length - 8, seed)));

    /// <summary>Gives an IPv4 header another fragment word, its length, and the right checksum.</summary>
    public static byte[] Corrected(byte[] packet, int word)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)word);
        return Summed(packet);
    }

    /// <summary>Gives an IPv4 header the right checksum.</summary>
    public static byte[] Summed(byte[] packet)
    {
        packet.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), WirePacket.Checksum(packet.AsSpan(0, HeaderLength(packet))));
        return packet;
    }

    private static int HeaderLength(byte[] packet) => (packet[0] & 0xF) * 4;
}
