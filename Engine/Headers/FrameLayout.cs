using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Where in a captured frame the network header starts, behind whatever link header its capture says that it has.
/// </summary>
public static class FrameLayout
{
    /// <summary>VLAN tags that are gone over; a frame with more of them is none that a network makes.</summary>
    public const int MaximumVlanTags = 8;

    /// <summary>
    /// As many first bytes of a frame as <see cref="TryFindNetwork"/> looks at, at most: the longest link header, with all tags.
    /// </summary>
    public const int MaximumSize = SizeOfLinuxSll2 + MaximumVlanTags * VlanHeader.Size;

    private const EtherType FirstEtherType = (EtherType)0x0600;
    private const int PlaceOfEthernetType = 2 * EthernetHeader.AddressSize;
    private const int SizeOfFamily = 4;
    private const int SizeOfLinuxSll = 16;
    private const int PlaceOfLinuxSllProtocol = 14;
    private const int SizeOfLinuxSll2 = 20;
    private const int PlaceOfLinuxSll2Protocol = 0;

    /// <summary>
    /// Finds the network header of a frame: behind Ethernet (IEEE 802.3, section 3.1.1) or a Linux cooked capture's header
    /// (LINKTYPE_LINUX_SLL and _SLL2), in both with any VLAN tags (IEEE 802.1Q, section 9.5); behind the address family of a
    /// loopback interface, in either byte order (LINKTYPE_NULL, LINKTYPE_LOOP); or at the start (LINKTYPE_RAW, _IPV4, _IPV6).
    /// </summary>
    /// <param name="frame">The first bytes of the frame; as many as there are, or <see cref="MaximumSize"/>.</param>
    /// <param name="linkType">What the frame starts with, from its capture; a type that has no name here is allowed.</param>
    /// <param name="networkOffset">Bytes before the network header; 0 on failure.</param>
    /// <param name="etherType">What the network header is: the innermost EtherType, 0x0600 or more; 0x0800 or 0x86DD where the
    /// link header says IPv4 or IPv6 in its own way; None on failure.</param>
    /// <param name="vlanTags">How many VLAN tags stand before the network header, 0 to <see cref="MaximumVlanTags"/>; 0 on
    /// failure.</param>
    /// <returns>
    /// False if the bytes end within the link header, or if the link type, its address family or its protocol is not one of
    /// these: an Ethernet frame with a length in place of its type, too. That the network header is there, or is what was
    /// announced, is not looked at.
    /// </returns>
    /// <remarks>O(VLAN tags). Never throws.</remarks>
    public static bool TryFindNetwork(
        ReadOnlySpan<byte> frame, MbufLinkType linkType, out int networkOffset, out EtherType etherType, out int vlanTags)
    {
        (networkOffset, etherType, vlanTags) = (0, EtherType.None, 0);
        switch (linkType)
        {
            case MbufLinkType.Ethernet:
                return TryFindBehindTags(
                    frame, PlaceOfEthernetType, EthernetHeader.Size, ref networkOffset, ref etherType, ref vlanTags);
            case MbufLinkType.LinuxSll:
                return TryFindBehindTags(
                    frame, PlaceOfLinuxSllProtocol, SizeOfLinuxSll, ref networkOffset, ref etherType, ref vlanTags);
            case MbufLinkType.LinuxSll2:
                return TryFindBehindTags(
                    frame, PlaceOfLinuxSll2Protocol, SizeOfLinuxSll2, ref networkOffset, ref etherType, ref vlanTags);
            case MbufLinkType.Null or MbufLinkType.Loop:
                etherType = TypeOfFamily(frame);
                networkOffset = etherType == EtherType.None ? 0 : SizeOfFamily;
                return etherType != EtherType.None;
            case MbufLinkType.Raw:
                etherType = TypeOfVersion(frame);
                return etherType != EtherType.None;
            case MbufLinkType.IPv4 or MbufLinkType.IPv6:
                etherType = linkType == MbufLinkType.IPv4 ? EtherType.IPv4 : EtherType.IPv6;
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// True for the EtherTypes that announce a VLAN tag (IEEE 802.1Q, section 9.5): the customer's, the provider's, and the
    /// provider's of before it had a number.
    /// </summary>
    /// <param name="etherType">An EtherType.</param>
    /// <remarks>O(1).</remarks>
    public static bool IsVlanTag(EtherType etherType)
        => etherType is EtherType.Vlan or EtherType.ProviderVlan or EtherType.LegacyProviderVlan;

    /// <summary>The type is at a place of the link header; if it is a tag's, the next one is at the end of the tag.</summary>
    private static bool TryFindBehindTags(
        ReadOnlySpan<byte> frame, int place, int size, ref int networkOffset, ref EtherType etherType, ref int vlanTags)
    {
        if (frame.Length < size)
        {
            return false;
        }

        var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[place..]);
        int tags = 0;
        while (IsVlanTag(type))
        {
            if (tags == MaximumVlanTags || !VlanHeader.TryRead(frame[size..], out VlanHeader tag))
            {
                return false;
            }

            type = tag.EtherType;
            size += VlanHeader.Size;
            tags++;
        }

        if (type < FirstEtherType)
        {
            return false;
        }

        (networkOffset, etherType, vlanTags) = (size, type, tags);
        return true;
    }

    /// <summary>
    /// The address family that a loopback interface puts before a packet, in the byte order of its machine or of the network,
    /// which cannot be mistaken for one another: AF_INET, and AF_INET6 of NetBSD and OpenBSD, of FreeBSD and of Darwin.
    /// </summary>
    private static EtherType TypeOfFamily(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < SizeOfFamily)
        {
            return EtherType.None;
        }

        uint family = BinaryPrimitives.ReadUInt32BigEndian(frame);
        return Math.Min(family, BinaryPrimitives.ReverseEndianness(family)) switch
        {
            2 => EtherType.IPv4,
            24 or 28 or 30 => EtherType.IPv6,
            _ => EtherType.None,
        };
    }

    private static EtherType TypeOfVersion(ReadOnlySpan<byte> frame) => frame.IsEmpty ? EtherType.None : (frame[0] >> 4) switch
    {
        4 => EtherType.IPv4,
        6 => EtherType.IPv6,
        _ => EtherType.None,
    };
}
