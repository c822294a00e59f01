using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>A view of a TCP header with its options (RFC 9293, section 3.1). Nothing is copied.</summary>
/// <remarks>
/// <see cref="TryRead"/> gives one. Everything is O(1). What the fields say is the sender's word. Valid as long as the span
/// that it was made of.
/// </remarks>
public readonly ref struct TcpHeader
{
    /// <summary>Bytes of a header without options.</summary>
    public const int Size = 20;

    private const int PlaceOfDestination = 2;
    internal const int PlaceOfSequence = 4;
    private const int PlaceOfAcknowledgment = 8;
    internal const int PlaceOfOffset = 12;
    internal const int PlaceOfFlags = 13;
    private const int PlaceOfWindow = 14;
    internal const int PlaceOfChecksum = 16;
    internal const int PlaceOfUrgent = 18;
    private const int ShiftOfOffset = 4;
    private const int MaskOfFlags = (1 << 9) - 1;

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfDestination..]);

    /// <summary>The number of the first byte of payload; with SYN, that of the SYN itself.</summary>
    public uint SequenceNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[PlaceOfSequence..]);

    /// <summary>The number of the byte that the sender expects next; counts with <see cref="TcpFlags.Ack"/> only.</summary>
    public uint AcknowledgmentNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[PlaceOfAcknowledgment..]);

    /// <summary>Words of 32 bits before the payload, 5 to 15.</summary>
    public int DataOffset => _bytes[PlaceOfOffset] >> ShiftOfOffset;

    /// <summary>Bytes of the header with its options, 20 to 60: the data offset in bytes.</summary>
    public int HeaderLength => DataOffset * sizeof(uint);

    /// <summary>The nine control bits.</summary>
    public TcpFlags Flags => (TcpFlags)(BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfOffset..]) & MaskOfFlags);

    /// <summary>The receive window, not scaled (RFC 7323, section 2.2, tells what to scale it by).</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfWindow..]);

    /// <summary>The Internet checksum of pseudo header, header and payload.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfChecksum..]);

    /// <summary>Bytes from the sequence number to the end of urgent data; counts with <see cref="TcpFlags.Urg"/> only.</summary>
    public ushort UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PlaceOfUrgent..]);

    /// <summary>The bytes of the options, padding included: 0 to 40 (RFC 9293, section 3.2).</summary>
    public ReadOnlySpan<byte> Options => _bytes[Size..HeaderLength];

    /// <summary>The options, to be walked over with <c>foreach</c>.</summary>
    public TcpOptions OptionList => new(Options);

    /// <summary>The bytes of the header with its options.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[..HeaderLength];

    /// <summary>What follows the header in the bytes that it was read from.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    /// <summary>Reads the header that some bytes start with.</summary>
    /// <param name="bytes">Bytes from the source port on: the header and what follows it.</param>
    /// <param name="header">The view; the default one on failure, whose fields must not be read.</param>
    /// <returns>
    /// False if there are fewer bytes than <see cref="Size"/> or than the header says it has, or if it says fewer than
    /// <see cref="Size"/>. The options are not looked at: they may be malformed.
    /// </returns>
    /// <remarks>O(1). Never throws.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpHeader header)
    {
        header = bytes.Length < Size ? default : new TcpHeader(bytes);
        if (bytes.Length >= Size && header.HeaderLength >= Size && header.HeaderLength <= bytes.Length)
        {
            return true;
        }

        header = default;
        return false;
    }
}
