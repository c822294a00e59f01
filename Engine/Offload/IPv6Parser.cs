using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>The IPv6 part of <see cref="NetworkLayout"/>: the header, and the walk over its extension headers.</summary>
/// <remarks>O(extension headers), of which so many are passed that no sender with a purpose uses them up.</remarks>
internal static class IPv6Parser
{
    /// <summary>RFC 8200, section 4.1, has each at most once, but for one twice: what has more is not looked through.</summary>
    private const int MostExtensions = 32;

    private const byte Pad1 = 0;
    private const byte JumboPayload = 0xC2;
    private const byte HomeAddress = 0xC9;
    private const int LargestExtension = 256 * IPv6ExtensionHeader.Size;
    private const int PlaceOfFirstOption = 2;
    private const int SizeOfKindAndLength = 2;
    private const byte SourceRouting = 0;
    private const byte MobileRouting = 2;
    private const byte LowPowerRouting = 3;
    private const byte SegmentRouting = 4;

    /// <summary>Reads the header and those behind it; there are as many bytes as the header has.</summary>
    public static bool TryParse(MbufChain chain, ref NetworkLayout layout)
    {
        NetworkLayout.Scratch scratch = default;
        ReadOnlySpan<byte> header = chain.BytesAt(layout.Offset, IPv6Header.Size, scratch);
        int available = chain.Length - layout.Offset;
        int payload = BinaryPrimitives.ReadUInt16BigEndian(header[IPv6Header.PlaceOfPayloadLength..]);
        layout.IsIPv6 = true;
        layout.Protocol = (IPProtocol)header[IPv6Header.PlaceOfNextHeader];
        layout.IsLengthImplied = payload == 0 && layout.Protocol != IPProtocol.NoNextHeader;
        layout.TotalLength = layout.IsLengthImplied ? available : IPv6Header.Size + payload;
        layout.HeaderLength = IPv6Header.Size;
        layout.UnfragmentableLength = IPv6Header.Size;
        layout.PlaceOfNextHeader = IPv6Header.PlaceOfNextHeader;
        ulong source = ChecksumKernel.SumScalar(header.Slice(IPv6Header.PlaceOfSource, IPv6Header.AddressSize));
        ulong destination = ChecksumKernel.SumScalar(header.Slice(IPv6Header.PlaceOfDestination, IPv6Header.AddressSize));
        PassExtensions(chain, ref layout, ref source, ref destination);
        layout.Addresses = source + destination;
        layout.IsCut = layout.TotalLength > available;
        return true;
    }

    private static void PassExtensions(MbufChain chain, ref NetworkLayout layout, ref ulong source, ref ulong destination)
    {
        int placeOfNextHeader = IPv6Header.PlaceOfNextHeader;
        for (int passed = 0; IPv6ExtensionHeader.IsExtension(layout.Protocol); passed++)
        {
            int place = layout.HeaderLength;
            int end = Math.Min(layout.TotalLength, chain.Length - layout.Offset);
            if (end - place < IPv6ExtensionHeader.Size || passed == MostExtensions)
            {
                layout.IsHeaderCut = true;
                return;
            }

            ulong first = chain.ReadEight(layout.Offset + place);
            int length = IPv6ExtensionHeader.LengthOf(layout.Protocol, (byte)(first >> 48));
            if (length < IPv6ExtensionHeader.Size || end - place < length)
            {
                layout.IsHeaderCut = true;
                return;
            }

            IPProtocol type = layout.Protocol;
            if (type == IPProtocol.HopByHopOptions && layout.IsLengthImplied)
            {
                ReadJumboLength(chain, ref layout, place, length);
            }

            layout.Protocol = (IPProtocol)(first >> 56);
            layout.HeaderLength = place + length;
            if (type == IPProtocol.Fragment)
            {
                ReadFragment(ref layout, first, place, ref placeOfNextHeader);
                if (layout.FragmentOffset != 0)
                {
                    return; // The payload goes on in the middle: what its bytes mean, the first fragment says.
                }
            }
            else
            {
                Read(chain, ref layout, type, first, place, length, ref source, ref destination);
                NoteUnfragmentable(ref layout, type, place, ref placeOfNextHeader);
            }
        }
    }

    private static void ReadFragment(ref NetworkLayout layout, ulong header, int place, ref int placeOfNextHeader)
    {
        if (layout.IsFragment)
        {
            return; // A second one, behind the first: a part of the payload, for whoever reassembles.
        }

        int word = (int)(header >> 32) & 0xFFFF;
        layout.IsFragment = true;
        layout.FragmentHeader = place;
        layout.FragmentOffset = word & IPv6ExtensionHeader.FragmentOffsetMask;
        layout.MoreFragments = (word & IPv6ExtensionHeader.MoreFragmentsBit) != 0;
        layout.Identification = (uint)header;
        layout.UnfragmentableLength = place;
        layout.PlaceOfNextHeader = placeOfNextHeader;
    }

    /// <summary>
    /// What routers read goes into every fragment: hop-by-hop options, and everything up to a routing header. In a fragment it
    /// is what stands before the fragment header.
    /// </summary>
    private static void NoteUnfragmentable(ref NetworkLayout layout, IPProtocol type, int place, ref int placeOfNextHeader)
    {
        placeOfNextHeader = place;
        if (!layout.IsFragment && type is IPProtocol.HopByHopOptions or IPProtocol.Routing)
        {
            layout.UnfragmentableLength = layout.HeaderLength;
            layout.PlaceOfNextHeader = place;
        }
    }

    /// <summary>
    /// The length of a packet whose header gives none, if an option does (RFC 2675, section 2). One that is wrong (section 3) is
    /// not believed: the header could give it, it ends inside of the headers, or it is that of a fragment.
    /// </summary>
    private static void ReadJumboLength(MbufChain chain, ref NetworkLayout layout, int place, int length)
    {
        int value = FindOption(chain, layout.Offset + place, length, JumboPayload, sizeof(uint));
        ulong jumbo = value == 0 ? 0 : chain.ReadEight(value - sizeof(uint)) & uint.MaxValue;
        if (jumbo > ushort.MaxValue && jumbo + IPv6Header.Size >= (ulong)(place + length) && !layout.IsFragment)
        {
            // More than an int holds is more than any chain has: it stays a packet that is cut.
            layout.TotalLength = (int)Math.Min(jumbo + IPv6Header.Size, int.MaxValue);
            layout.IsLengthImplied = false;
        }
    }

    /// <summary>What an extension header changes about the addresses.</summary>
    private static void Read(
        MbufChain chain,
        ref NetworkLayout layout,
        IPProtocol type,
        ulong first,
        int place,
        int length,
        ref ulong source,
        ref ulong destination)
    {
        int offset = layout.Offset + place;
        switch (type)
        {
            case IPProtocol.DestinationOptions:
                int home = FindOption(chain, offset, length, HomeAddress, IPv6Header.AddressSize);
                source = home == 0 ? source : SumOfAddress(chain, home);
                break;
            case IPProtocol.Routing when (byte)(first >> 40) == LowPowerRouting:
                destination = (byte)(first >> 32) == 0 ? destination : SumOfCompressed(chain, layout.Offset, offset, length, destination);
                break;
            case IPProtocol.Routing when (byte)(first >> 32) != 0 && length >= IPv6ExtensionHeader.Size + IPv6Header.AddressSize:
                destination = (byte)(first >> 40) switch
                {
                    SourceRouting => SumOfAddress(chain, offset + length - IPv6Header.AddressSize),
                    MobileRouting or SegmentRouting => SumOfAddress(chain, offset + IPv6ExtensionHeader.Size),
                    _ => destination,
                };
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// The place of an option's data in the chain, 0 if there is none of that kind and length. The header is made contiguous
    /// once: an attacker's can have an option in every byte, and a chain a border.
    /// </summary>
    private static int FindOption(MbufChain chain, int offset, int length, byte kind, int size)
    {
        ExtensionScratch scratch = default;
        ReadOnlySpan<byte> header = chain.BytesAt(offset, length, scratch);
        int place = PlaceOfFirstOption;
        while (length - place >= SizeOfKindAndLength)
        {
            if (header[place] == Pad1)
            {
                place++;
                continue;
            }

            int data = place + SizeOfKindAndLength;
            int dataLength = header[place + 1];
            if (dataLength > length - data)
            {
                return 0;
            }

            if (header[place] == kind && dataLength == size)
            {
                return offset + data;
            }

            place = data + dataLength;
        }

        return 0;
    }

    /// <summary>
    /// The last address of RFC 6554, section 3: without the first bytes, which are those of the destination in the IPv6 header.
    /// What is malformed leaves the destination as it is.
    /// </summary>
    private static ulong SumOfCompressed(MbufChain chain, int network, int offset, int length, ulong destination)
    {
        int elided = chain.ReadByte(offset + 4) & 0xF;
        int padding = chain.ReadByte(offset + 5) >> 4;
        int place = offset + length - padding - (IPv6Header.AddressSize - elided);
        if (place < offset + IPv6ExtensionHeader.Size)
        {
            return destination;
        }

        NetworkLayout.Scratch address = default;
        chain.TryCopyTo(network + IPv6Header.PlaceOfDestination, address[..elided]);
        chain.TryCopyTo(place, address[elided..IPv6Header.AddressSize]);
        return ChecksumKernel.SumScalar(address[..IPv6Header.AddressSize]);
    }

    private static ulong SumOfAddress(MbufChain chain, int offset)
    {
        NetworkLayout.Scratch scratch = default;
        return ChecksumKernel.SumScalar(chain.BytesAt(offset, IPv6Header.AddressSize, scratch));
    }

    [InlineArray(LargestExtension)]
    private struct ExtensionScratch
    {
        private byte _first;
    }
}

/// <summary>
/// The loose and strict source routes of IPv4 (RFC 791, section 3.1): while one is not used up, the header's destination is the
/// next stop, and the final one is the last of the list. Transport checksums include the final one.
/// </summary>
internal static class SourceRoute
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte Loose = 131;
    private const byte Strict = 137;
    private const int PlaceOfPointer = 2;
    private const int Smallest = 3;
    private const int SmallestPointer = 4;

    /// <summary>Sum of the words of the final destination's address, in the processor's order.</summary>
    public static ulong SumOfFinalDestination(MbufChain chain, int offset, int headerLength)
    {
        NetworkLayout.Scratch scratch = default;
        ReadOnlySpan<byte> header = chain.BytesAt(offset, headerLength, scratch);
        return ChecksumKernel.SumScalar(FindFinal(header[IPv4Header.Size..], header.Slice(IPv4Header.PlaceOfDestination, sizeof(uint))));
    }

    private static ReadOnlySpan<byte> FindFinal(ReadOnlySpan<byte> options, ReadOnlySpan<byte> destination)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            int length = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length < 1 || length > options.Length || (options[0] != NoOperation && length < 2))
            {
                break; // Malformed: what the header says stands.
            }

            bool isRoute = options[0] is Loose or Strict && length >= Smallest + sizeof(uint);
            if (isRoute && options[PlaceOfPointer] >= SmallestPointer && options[PlaceOfPointer] <= length)
            {
                return options.Slice(length - sizeof(uint), sizeof(uint));
            }

            options = options[length..];
        }

        return destination;
    }
}
