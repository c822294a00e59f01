using System.Buffers.Binary;
using System.Diagnostics;

namespace Engine.Mbufs.Wire;

/// <summary>A fragment that was looked at: which part of its packet it is.</summary>
internal readonly struct FragmentPart
{
    /// <summary>Bytes before the payload.</summary>
    public int Start { get; init; }

    /// <summary>Where the payload belongs in the whole, in bytes.</summary>
    public int Offset { get; init; }

    /// <summary>Bytes of payload.</summary>
    public int Length { get; init; }

    /// <summary>Others follow.</summary>
    public bool HasMore { get; init; }

    /// <summary>
    /// Bytes that the packet's length field counts besides the payload: for IPv6 what is behind the IPv6 header.
    /// </summary>
    public int HeaderLength { get; init; }

    /// <summary>The bit of the header's congestion codepoint.</summary>
    public byte Congestion { get; init; }

    /// <summary>The protocol is one whose checksum is a sum over all bytes.</summary>
    public bool IsSummed { get; init; }

    /// <summary>Which packet it is a part of.</summary>
    public FragmentKey Key { get; init; }

    public bool IsFirst => Offset == 0;

    public int End => Offset + Length;
}

/// <summary>
/// What the fragments of one packet have in common: version, addresses and identification; for IPv4 the protocol, too (RFC 791,
/// section 3.2), for IPv6 not the next header (RFC 8200, section 4.5).
/// </summary>
/// <param name="SourceHigh">The first half of an IPv6 source address, else 0.</param>
/// <param name="SourceLow">The second half, or the IPv4 address.</param>
/// <param name="DestinationHigh">The first half of an IPv6 destination address, else 0.</param>
/// <param name="DestinationLow">The second half, or the IPv4 address.</param>
/// <param name="Identification">16 bits for IPv4, 32 for IPv6.</param>
/// <param name="Kind">The version, and the protocol for IPv4.</param>
internal readonly record struct FragmentKey(
    ulong SourceHigh,
    ulong SourceLow,
    ulong DestinationHigh,
    ulong DestinationLow,
    uint Identification,
    uint Kind)
{
    private const uint IPv6Kind = 6 << 8;
    private const uint IPv4Kind = 4 << 8;

    public bool IsIPv6 => Kind == IPv6Kind;

    /// <summary>Who is held responsible: an IPv4 address, or a /64 prefix, which one sender has all addresses of.</summary>
    public SourceKey Source => IsIPv6 ? new SourceKey(SourceHigh, IPv6Kind) : new SourceKey(SourceLow, IPv4Kind);

    /// <summary>The key of a fragment, by its header's bytes: 20 for IPv4, 40 for IPv6.</summary>
    public static FragmentKey Of(ReadOnlySpan<byte> header, in NetworkLayout layout)
    {
        if (!layout.IsIPv6)
        {
            return new FragmentKey(
                0,
                BinaryPrimitives.ReadUInt32BigEndian(header[IPv4Header.PlaceOfSource..]),
                0,
                BinaryPrimitives.ReadUInt32BigEndian(header[IPv4Header.PlaceOfDestination..]),
                layout.Identification,
                IPv4Kind | (uint)layout.Protocol);
        }

        ReadOnlySpan<byte> source = header[IPv6Header.PlaceOfSource..];
        ReadOnlySpan<byte> destination = header[IPv6Header.PlaceOfDestination..];
        return new FragmentKey(
            BinaryPrimitives.ReadUInt64BigEndian(source),
            BinaryPrimitives.ReadUInt64BigEndian(source[sizeof(ulong)..]),
            BinaryPrimitives.ReadUInt64BigEndian(destination),
            BinaryPrimitives.ReadUInt64BigEndian(destination[sizeof(ulong)..]),
            layout.Identification,
            IPv6Kind);
    }
}

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

/// <summary>What is wrong with a fragment by itself, whatever others say.</summary>
/// <param name="least">Bytes of payload that all but the last have.</param>
/// <param name="allowTiny">The transport header may be parted.</param>
internal readonly struct FragmentCheck(int least, bool allowTiny)
{
    /// <summary>What the length field of either version can say.</summary>
    public const int LargestLength = ushort.MaxValue;

    private const int SmallestTcpHeader = 20;
    private const int PlaceOfDataOffset = 12;

    /// <summary>
    /// Looks at a fragment, with a header of the layout. <see cref="MbufReassemblyStatus.Held"/> if nothing is wrong.
    /// </summary>
    public MbufReassemblyStatus Look(MbufChain chain, in NetworkLayout layout, out FragmentPart part)
    {
        NetworkLayout.Scratch scratch = default;
        ReadOnlySpan<byte> header = chain.BytesAt(0, layout.IsIPv6 ? IPv6Header.Size : IPv4Header.Size, scratch);
        int start = layout.IsIPv6 ? layout.FragmentHeader + IPv6ExtensionHeader.Size : layout.HeaderLength;
        part = new FragmentPart
        {
            Start = start,
            Offset = layout.FragmentOffset,
            Length = layout.TotalLength - start,
            HasMore = layout.MoreFragments,
            HeaderLength = layout.IsIPv6 ? layout.FragmentHeader - IPv6Header.Size : layout.HeaderLength,
            Congestion = (byte)(1 << (layout.IsIPv6 ? (header[1] >> 4) & 3 : header[1] & 3)),
            IsSummed = layout.Protocol != IPProtocol.Sctp,
            Key = FragmentKey.Of(header, layout),
        };

        if (layout.IsCut || layout.IsLengthImplied || chain.IsJumbogram(layout))
        {
            return MbufReassemblyStatus.Malformed;
        }

        const MbufChecksumFlags Both = MbufChecksumFlags.IPv4Checked | MbufChecksumFlags.IPv4Valid;
        if (!layout.IsIPv6 && (chain.ChecksumFlags & Both) == MbufChecksumFlags.IPv4Checked)
        {
            return MbufReassemblyStatus.BadHeaderChecksum;
        }

        return layout.IsPart ? LookAtPart(chain, layout, part) : LookAtHeaders(layout);
    }

    private MbufReassemblyStatus LookAtPart(MbufChain chain, in NetworkLayout layout, in FragmentPart part)
    {
        if (part.Length <= 0 || (part.HasMore && part.Length % 8 != 0))
        {
            return MbufReassemblyStatus.Malformed;
        }

        if (part.HeaderLength + part.End > LargestLength)
        {
            return MbufReassemblyStatus.TooLarge;
        }

        if (part.IsFirst && (layout.IsHeaderCut || (!allowTiny && IsTransportCut(chain, layout))))
        {
            return MbufReassemblyStatus.HeaderIncomplete;
        }

        if (part.Offset is > 0 and < SmallestTcpHeader && layout.Protocol == IPProtocol.Tcp && !allowTiny)
        {
            return MbufReassemblyStatus.HeaderIncomplete; // It would write what a filter looks at.
        }

        return part.HasMore && part.Length < least ? MbufReassemblyStatus.TooSmall : MbufReassemblyStatus.Held;
    }

    private static MbufReassemblyStatus LookAtHeaders(in NetworkLayout layout)
        => layout.IsHeaderCut ? MbufReassemblyStatus.HeaderIncomplete : MbufReassemblyStatus.Held;

    /// <summary>True if a first fragment has not the whole header of its transport.</summary>
    private static bool IsTransportCut(MbufChain chain, in NetworkLayout layout)
    {
        int length = layout.TransportLength;
        int least = layout.Protocol switch
        {
            IPProtocol.Tcp => SmallestTcpHeader,
            IPProtocol.Sctp => 12,
            IPProtocol.Udp or IPProtocol.Icmp or IPProtocol.IcmpV6 => 8,
            _ => 0,
        };
        if (length >= least && layout.Protocol == IPProtocol.Tcp)
        {
            least = (chain.ReadByte(layout.TransportOffset + PlaceOfDataOffset) >> 4) * sizeof(uint);
        }

        return length < least;
    }
}

/// <summary>
/// Hashes of keys that nobody outside can plan collisions of: a multilinear function over words of 32 bits with random
/// coefficients, which is strongly universal (Lemire and Kaser, "Strongly universal string hashing is fast", 2014): whatever two
/// keys are chosen, they meet with a chance of 2^-32 before the hash is cut to a table's size.
/// </summary>
internal sealed class KeyedHash
{
    private const int Words = 10;

    private readonly ulong[] _coefficients = new ulong[Words + 1];

    /// <summary>Draws the coefficients, anew for every instance.</summary>
    public KeyedHash()
    {
        for (int i = 0; i < _coefficients.Length; i++)
        {
            _coefficients[i] = SystemRandom.UInt64();
        }
    }

    /// <summary>A hash of a packet's key.</summary>
    public uint Of(in FragmentKey key)
    {
        ReadOnlySpan<ulong> coefficients = _coefficients;
        ulong sum = Of(key.SourceHigh, key.SourceLow, coefficients)
            + Of(key.DestinationHigh, key.DestinationLow, coefficients[4..])
            + (coefficients[8] * key.Identification)
            + (coefficients[9] * key.Kind)
            + coefficients[Words];
        return (uint)(sum >> 32);
    }

    /// <summary>A hash of a source.</summary>
    public uint Of(in SourceKey key) => (uint)((Of(key.Prefix, key.Kind, _coefficients) + _coefficients[Words]) >> 32);

    private static ulong Of(ulong first, ulong second, ReadOnlySpan<ulong> coefficients)
        => (coefficients[0] * (uint)first)
            + (coefficients[1] * (first >> 32))
            + (coefficients[2] * (uint)second)
            + (coefficients[3] * (second >> 32));
}
