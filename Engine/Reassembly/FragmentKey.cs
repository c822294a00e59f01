using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

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

