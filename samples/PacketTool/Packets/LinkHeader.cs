using System.Buffers.Binary;

using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>
/// The link header of the frame that is being worked on, in a buffer of its own: it is taken off a frame's front, changed here,
/// and put in front of whatever became of the packet, so that no payload moves for it.
/// </summary>
internal sealed class LinkHeader
{
    private const int TagSize = VlanHeader.Size;
    private const int PlaceOfEthernetType = 2 * EthernetHeader.AddressSize;
    private const int PlaceOfSllType = 14;
    private const int PlaceOfSll2Type = 0;
    private const int SizeOfSll2 = 20;

    private readonly byte[] _bytes = new byte[FrameLayout.MaximumSize + TagSize];
    private MbufLinkType _linkType;
    private int _length;
    private int _tags;

    /// <summary>What the network header behind it is.</summary>
    public EtherType EtherType { get; private set; }

    /// <summary>The packet behind it is an IP packet.</summary>
    public bool IsIP => EtherType is EtherType.IPv4 or EtherType.IPv6;

    public int VlanTags => _tags;

    /// <summary>What is to be put in front of a packet.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>
    /// Where the type of what follows the header stands: behind the tags, or in their absence where the first would be.
    /// </summary>
    private int PlaceOfType => _linkType == MbufLinkType.LinuxSll2 && _tags == 0 ? PlaceOfSll2Type : _length - sizeof(ushort);

    /// <summary>Reads the link header of a frame, which stays as it is.</summary>
    /// <returns>False if the frame ends within it, or if it is none that is known.</returns>
    public bool TryRead(MbufChain frame, MbufLinkType linkType)
    {
        Span<byte> first = _bytes.AsSpan(0, Math.Min(frame.Length, FrameLayout.MaximumSize));
        _linkType = linkType;
        if (!frame.TryCopyTo(0, first)
            || !FrameLayout.TryFindNetwork(first, linkType, out _length, out EtherType etherType, out _tags))
        {
            return false;
        }

        EtherType = etherType;
        return true;
    }

    /// <summary>Takes all VLAN tags out.</summary>
    public void RemoveTags()
    {
        int placeOfFirst = _linkType switch
        {
            MbufLinkType.Ethernet => PlaceOfEthernetType,
            MbufLinkType.LinuxSll => PlaceOfSllType,
            _ => PlaceOfSll2Type,
        };
        _length -= _tags * TagSize;
        _tags = 0;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(placeOfFirst), (ushort)EtherType);
    }

    /// <summary>Puts a VLAN tag in before all others: the provider's, if there are others.</summary>
    /// <returns>False if it is not Ethernet, or has as many tags as are possible.</returns>
    public bool TryAddTag(ushort controlInformation)
    {
        if (_linkType != MbufLinkType.Ethernet || _tags == FrameLayout.MaximumVlanTags)
        {
            return false;
        }

        Span<byte> behind = _bytes.AsSpan(PlaceOfEthernetType);
        behind[..(_length - PlaceOfEthernetType)].CopyTo(behind[TagSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(behind, (ushort)(_tags == 0 ? EtherType.Vlan : EtherType.ProviderVlan));
        BinaryPrimitives.WriteUInt16BigEndian(behind[sizeof(ushort)..], controlInformation);
        _length += TagSize;
        _tags++;
        return true;
    }

    /// <summary>Says that what follows is something else than before.</summary>
    /// <returns>False if this kind of link header cannot say that.</returns>
    public bool TryAnnounce(EtherType etherType)
    {
        if (etherType == EtherType)
        {
            return true;
        }

        switch (_linkType)
        {
            case MbufLinkType.Ethernet or MbufLinkType.LinuxSll or MbufLinkType.LinuxSll2:
                BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(PlaceOfType), (ushort)etherType);
                break;
            case MbufLinkType.Raw:
                break;
            default:
                return false;
        }

        EtherType = etherType;
        return true;
    }
}
