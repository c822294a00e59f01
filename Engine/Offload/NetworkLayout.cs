using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>
/// What the network header of a packet says, IPv4 or IPv6 with its extension headers: the one parser for everything that
/// computes checksums, cuts and joins. Places are counted from the network header. Nothing here has been believed that leads
/// outside of the chain; that the packet is as long as it says is <see cref="IsCut"/>'s to tell.
/// </summary>
internal struct NetworkLayout
{
    /// <summary>Bytes on the stack for the longest IPv4 header, or a piece of IPv6's.</summary>
    public const int ScratchSize = 64;

    /// <summary>Where the network header starts in the chain.</summary>
    public int Offset;

    /// <summary>
    /// Bytes up to the transport header, or to the payload of a fragment: options and extension headers included.
    /// </summary>
    public int HeaderLength;

    /// <summary>
    /// Bytes of the packet, as its header says; never less than <see cref="HeaderLength"/>. Where it says 0, as capturing hosts
    /// leave it in packets that hardware is to cut: all there is.
    /// </summary>
    public int TotalLength;

    /// <summary>Place of the fragment header, 0 without one. IPv6 only.</summary>
    public int FragmentHeader;

    /// <summary>
    /// Bytes that every fragment repeats (RFC 8200, section 4.5): the IPv6 header and extension headers up to the routing header,
    /// or else the hop-by-hop options. For IPv4 the header.
    /// </summary>
    public int UnfragmentableLength;

    /// <summary>Place of the byte that says what follows the unfragmentable part. For IPv4 the Protocol field.</summary>
    public int PlaceOfNextHeader;

    /// <summary>Where a fragment's payload belongs in the whole, in bytes.</summary>
    public int FragmentOffset;

    /// <summary>What all fragments of a packet share.</summary>
    public uint Identification;

    /// <summary>
    /// Sum of the words of sender and final receiver, in the processor's order, for the pseudo header.
    /// </summary>
    public ulong Addresses;

    /// <summary>What follows the headers.</summary>
    public IPProtocol Protocol;

    /// <summary>IPv6, not IPv4.</summary>
    public bool IsIPv6;

    /// <summary>This is a part of a packet; an IPv6 packet with a fragment header is, also if it has all parts.</summary>
    public bool IsFragment;

    /// <summary>A fragment, and not the last.</summary>
    public bool MoreFragments;

    /// <summary>IPv4: the packet must not be fragmented.</summary>
    public bool DontFragment;

    /// <summary>The header gave no length: <see cref="TotalLength"/> is what there is.</summary>
    public bool IsLengthImplied;

    /// <summary>The chain ends before the packet does.</summary>
    public bool IsCut;

    /// <summary>
    /// The chain, or what the packet says of its length, ends inside the extension headers, or they contradict themselves:
    /// <see cref="Protocol"/> is the one that could not be passed, and nothing behind it is known.
    /// </summary>
    public bool IsHeaderCut;

    /// <summary>Place of the transport header in the chain.</summary>
    public readonly int TransportOffset => Offset + HeaderLength;

    /// <summary>Bytes of transport header and payload, or of a fragment's payload, as the header says.</summary>
    public readonly int TransportLength => TotalLength - HeaderLength;

    /// <summary>True if all of a packet's transport is there: no part of a packet, and nothing of it missing.</summary>
    public readonly bool IsWhole => !IsCut && !IsHeaderCut && !IsPart;

    /// <summary>True if other fragments are missing: not for an IPv6 packet that is its own only fragment (RFC 6946).</summary>
    public readonly bool IsPart => MoreFragments || FragmentOffset != 0;

    /// <summary>The sum of the pseudo header, as a number, for a transport of a given length.</summary>
    public readonly ushort PseudoHeader(int length) => InternetChecksum.PseudoHeader(Addresses, Protocol, length);

    /// <summary>Reads the network header at a place of a chain.</summary>
    /// <returns>False if there is no IPv4 header and no IPv6 header, or not all of it: nothing can be said.</returns>
    public static bool TryParse(MbufChain chain, int offset, out NetworkLayout layout)
    {
        layout = default;
        ref MbufHeader head = ref chain.VerifiedHead();
        int available = head.ChainLength - offset;
        if (offset < 0 || available < IPv4Header.Size)
        {
            return false;
        }

        layout.Offset = offset;
        return head.SegmentLength - offset >= IPv4Header.Size
            ? layout.TryParse(chain, chain.Cache.Hot.Memory.Bytes(head.Data + offset, IPv4Header.Size), available)
            : layout.TryParseParted(chain, available);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryParseParted(MbufChain chain, int available)
    {
        Scratch scratch = default;
        return TryParse(chain, chain.BytesAt(Offset, IPv4Header.Size, scratch), available);
    }

    private bool TryParse(MbufChain chain, ReadOnlySpan<byte> bytes, int available) => (bytes[0] >> 4) switch
    {
        4 => TryParseIPv4(chain, bytes, available),
        6 when available >= IPv6Header.Size => IPv6Parser.TryParse(chain, ref this),
        _ => false,
    };

    private bool TryParseIPv4(MbufChain chain, ReadOnlySpan<byte> bytes, int available)
    {
        int word = BinaryPrimitives.ReadUInt16BigEndian(bytes[IPv4Header.PlaceOfFragment..]);
        int headerLength = (bytes[0] & 0xF) * sizeof(uint);
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[IPv4Header.PlaceOfTotalLength..]);
        IsLengthImplied = totalLength == 0;
        TotalLength = IsLengthImplied ? available : totalLength;
        if (headerLength < IPv4Header.Size || headerLength > available || headerLength > TotalLength)
        {
            return false;
        }

        HeaderLength = headerLength;
        UnfragmentableLength = headerLength;
        PlaceOfNextHeader = IPv4Header.PlaceOfProtocol;
        Protocol = (IPProtocol)bytes[IPv4Header.PlaceOfProtocol];
        FragmentOffset = (word & IPv4Header.FragmentOffsetMask) * 8;
        MoreFragments = (word & IPv4Header.MoreFragmentsBit) != 0;
        DontFragment = (word & IPv4Header.DontFragmentBit) != 0;
        IsFragment = IsPart;
        Identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[IPv4Header.PlaceOfIdentification..]);
        IsCut = TotalLength > available;
        ReadOnlySpan<byte> source = bytes.Slice(IPv4Header.PlaceOfSource, sizeof(uint));
        ReadOnlySpan<byte> destination = bytes.Slice(IPv4Header.PlaceOfDestination, sizeof(uint));
        Addresses = (ulong)BitConverter.ToUInt32(source)
            + (headerLength == IPv4Header.Size
                ? BitConverter.ToUInt32(destination)
                : SourceRoute.SumOfFinalDestination(chain, Offset, headerLength));
        return true;
    }

    /// <summary>Room for header bytes that the borders between segments have parted.</summary>
    [InlineArray(ScratchSize)]
    internal struct Scratch
    {
        private byte _first;
    }
}

/// <summary>
/// Header bytes, wherever the borders between segments lie. For the engine's own parsers, which have compared places with the
/// length.
/// </summary>
internal static class HeaderBytes
{
    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>
        /// Bytes inside the chain: where they lie, if that is in the first mbuf, else copied into <paramref name="scratch"/>.
        /// </summary>
        public ReadOnlySpan<byte> BytesAt(int offset, int length, Span<byte> scratch)
        {
            ref MbufHeader head = ref chain.VerifiedHead();
            if (length <= head.SegmentLength - offset)
            {
                return chain.Cache.Hot.Memory.Bytes(head.Data + offset, length);
            }

            chain.TryCopyTo(offset, scratch[..length]);
            return scratch[..length];
        }

        /// <summary>A byte inside the chain.</summary>
        public byte ReadByte(int offset)
        {
            EightBytes scratch = default;
            return chain.BytesAt(offset, 1, scratch)[0];
        }

        /// <summary>A 16-bit big-endian number inside the chain.</summary>
        public ushort ReadNumber(int offset)
        {
            EightBytes scratch = default;
            return BinaryPrimitives.ReadUInt16BigEndian(chain.BytesAt(offset, sizeof(ushort), scratch));
        }

        /// <summary>Eight bytes inside the chain, the first one on top.</summary>
        public ulong ReadEight(int offset)
        {
            EightBytes scratch = default;
            return BinaryPrimitives.ReadUInt64BigEndian(chain.BytesAt(offset, sizeof(ulong), scratch));
        }
    }

    [InlineArray(sizeof(ulong))]
    internal struct EightBytes
    {
        private byte _first;
    }
}
