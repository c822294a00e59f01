using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>
/// The Internet checksum (RFC 1071): add the pieces in their order, then take <see cref="Value"/>. The default value has added
/// nothing.
/// </summary>
/// <remarks>
/// A mutable struct, like any accumulator: a copy goes on by itself. The words are 16 bits, big-endian; a piece of odd length may
/// stand anywhere, the next one goes on in the middle of the word. Nothing allocates and nothing throws, but for what is said.
/// </remarks>
public struct InternetChecksum : IByteSum
{
    /// <summary>
    /// Sum of the words so far in the processor's byte order, not folded: kept below 2^33, so that the next piece's, below 2^62,
    /// cannot overflow it. A carry only ever travels to the next place, round and round (RFC 1071, section 2), so the order of
    /// the bytes is put right once, at the end.
    /// </summary>
    private ulong _sum;

    /// <summary>The pieces so far end in the middle of a word.</summary>
    private bool _isOdd;

    /// <summary>
    /// The checksum: the complement of <see cref="Sum"/>, as a number to be stored in network byte order; 0xFFFF for nothing and
    /// for zeros. Over bytes that contain their own right checksum it is 0. O(1).
    /// </summary>
    public readonly ushort Value => (ushort)~Sum;

    /// <summary>
    /// The ones' complement sum of the words, as a number: a partial sum, to which other sums may be added. 0xFFFF over bytes
    /// that contain their own right checksum. O(1).
    /// </summary>
    public readonly ushort Sum => Order(Fold(_sum));

    /// <summary>Adds the bytes that come next.</summary>
    /// <param name="bytes">The bytes; none is nothing.</param>
    /// <remarks>O(bytes), up to 64 at a time, as the processor can.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<byte> bytes)
    {
        ulong sum = ChecksumKernel.Sum(bytes);
        if (_isOdd)
        {
            // Each byte stands for the other half of its word: a rotation, since 2^16 - 1 divides 2^32 - 1.
            sum = BitOperations.RotateLeft(FoldTo32(sum), 8);
        }

        _sum = FoldTo33(_sum + sum);
        _isOdd ^= (bytes.Length & 1) != 0;
    }

    /// <summary>Adds a sum of whole words, or one word, wherever the pieces end.</summary>
    /// <param name="sum">A partial sum, or a word, as a number: that of a pseudo header, for example.</param>
    public void Add(ushort sum) => _sum = FoldTo33(_sum + Order(sum));

    /// <summary>in_cksum of contiguous bytes.</summary>
    /// <param name="bytes">The bytes; a last odd one counts with a zero byte behind it.</param>
    /// <returns>The checksum, as <see cref="Value"/> gives it.</returns>
    /// <remarks>O(bytes).</remarks>
    public static ushort Compute(ReadOnlySpan<byte> bytes) => (ushort)~Order(Fold(ChecksumKernel.Sum(bytes)));

    /// <summary>
    /// The sum of the pseudo header that TCP, UDP and ICMPv6 checksums include (RFC 9293, section 3.1; RFC 768; RFC 8200, section
    /// 8.1) (BSD: in_pseudo, in6_cksum_pseudo).
    /// </summary>
    /// <param name="source">The sender's address: 4 bytes or 16, in network order.</param>
    /// <param name="destination">The final receiver's address, of as many bytes.</param>
    /// <param name="protocol">The transport protocol.</param>
    /// <param name="length">Bytes of the transport's header and payload, 0 or more.</param>
    /// <returns>The sum, not complemented, as the checksum field holds it when hardware is to complete it.</returns>
    /// <exception cref="ArgumentException">The addresses have not 4 or 16 bytes both.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <remarks>O(1).</remarks>
    public static ushort PseudoHeader(
        ReadOnlySpan<byte> source,
        ReadOnlySpan<byte> destination,
        IPProtocol protocol,
        int length)
    {
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        if (source.Length != destination.Length || source.Length is not (sizeof(uint) or IPv6Header.AddressSize))
        {
            ThrowHelper.NotAddresses(source.Length, destination.Length);
        }

        return PseudoHeader(ChecksumKernel.Sum(source) + ChecksumKernel.Sum(destination), protocol, length);
    }

    /// <summary>The same, with the sum of the addresses' words in the processor's order.</summary>
    internal static ushort PseudoHeader(ulong addresses, IPProtocol protocol, int length)
        => Fold(Order(Fold(addresses)) + (ulong)(uint)length + (uint)protocol);

    /// <summary>
    /// A checksum after one of the words that it covers was changed, without looking at the others (RFC 1624, section 3,
    /// equation 3).
    /// </summary>
    /// <param name="checksum">The checksum before, right for the old word.</param>
    /// <param name="from">The old word, as a number.</param>
    /// <param name="to">The new word, as a number.</param>
    /// <returns>
    /// The checksum after. UDP stores 0xFFFF for 0, and a stored 0, which says that there is none, is not to be updated: that is
    /// the caller's to see to.
    /// </returns>
    /// <remarks>O(1).</remarks>
    public static ushort Update(ushort checksum, ushort from, ushort to)
        => (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~from + to);

    /// <summary>The same for two neighbouring words: an IPv4 address, a sequence number.</summary>
    /// <inheritdoc cref="Update(ushort, ushort, ushort)"/>
    public static ushort Update(ushort checksum, uint from, uint to)
        => (ushort)~Fold((ulong)(ushort)~checksum + ~from + to);

    /// <summary>The same for any number of bytes, which start at an even place of what the checksum covers.</summary>
    /// <param name="checksum">The checksum before, right for the old bytes.</param>
    /// <param name="from">The old bytes.</param>
    /// <param name="to">
    /// The new bytes; where they are fewer or more, everything behind them must move by an even number of bytes, or be nothing.
    /// </param>
    /// <returns>The checksum after.</returns>
    /// <remarks>O(bytes).</remarks>
    public static ushort Update(ushort checksum, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
        => (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~Order(Fold(ChecksumKernel.Sum(from))) + Order(Fold(ChecksumKernel.Sum(to))));

    /// <summary>The ones' complement sum of two partial sums.</summary>
    internal static ushort Combine(uint first, uint second) => Fold((ulong)first + second);

    /// <summary>Between a word in the processor's order and a number. Its own inverse.</summary>
    private static ushort Order(ushort word) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;

    /// <summary>Brings the carries back in until 16 bits are left; 0 only for a sum that is 0.</summary>
    internal static ushort Fold(ulong sum)
    {
        uint folded = FoldTo32(sum);
        folded = (folded & 0xFFFF) + (folded >> 16);
        return (ushort)(folded + (folded >> 16));
    }

    private static uint FoldTo32(ulong sum)
    {
        sum = FoldTo33(sum);
        return (uint)sum + (uint)(sum >> 32);
    }

    private static ulong FoldTo33(ulong sum) => (uint)sum + (sum >> 32);
}
