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

/// <summary>The control bits of a TCP header (RFC 9293, section 3.1).</summary>
[Flags]
public enum TcpFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The sender has no more to send (FIN).</summary>
    Fin = 1 << 0,

    /// <summary>Sequence numbers are synchronised: a connection begins (SYN).</summary>
    Syn = 1 << 1,

    /// <summary>The connection is reset (RST).</summary>
    Rst = 1 << 2,

    /// <summary>The receiver shall pass on what it has (PSH).</summary>
    Psh = 1 << 3,

    /// <summary>The acknowledgment number counts (ACK).</summary>
    Ack = 1 << 4,

    /// <summary>The urgent pointer counts (URG).</summary>
    Urg = 1 << 5,

    /// <summary>Echo of a congestion mark (ECE; RFC 3168, section 6.1).</summary>
    Ece = 1 << 6,

    /// <summary>The congestion window was reduced (CWR; RFC 3168, section 6.1).</summary>
    Cwr = 1 << 7,

    /// <summary>Accurate congestion notification (AE; RFC 9768, section 3.1), once the nonce sum (NS; RFC 3540).</summary>
    Ae = 1 << 8,
}

/// <summary>
/// A view of the options of a TCP header (RFC 9293, section 3.2), to be walked over with <c>foreach</c>. Nothing is copied.
/// </summary>
/// <remarks>
/// <see cref="TcpHeader.OptionList"/> gives one. A walk ends at the end of the list, with the bytes, or before an option that is
/// malformed: whose length is less than 2 or more than there are bytes. The default value has no options.
/// Valid as long as the span that it was made of.
/// </remarks>
public readonly ref struct TcpOptions
{
    private const int SizeOfTimestamps = 2 * sizeof(uint);

    /// <summary>Looks at some bytes as options.</summary>
    /// <param name="bytes">The bytes of all options, padding included; in a header there are 0 to 40.</param>
    public TcpOptions(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The bytes of all options, padding included. O(1).</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>A walk over the options ends before a malformed one. O(bytes).</summary>
    public bool IsMalformed
    {
        get
        {
            Enumerator walk = GetEnumerator();
            while (walk.MoveNext())
            {
            }

            return walk.IsMalformed;
        }
    }

    /// <summary>Begins a walk over the options; <c>foreach</c> calls it. O(1).</summary>
    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>The largest segment that the sender wants to receive (RFC 9293, section 3.7.1).</summary>
    /// <param name="size">Bytes; 0 on failure.</param>
    /// <returns>False if there is no such option of the right length before a malformed one. The first one counts.</returns>
    /// <remarks>O(bytes). Never throws.</remarks>
    public bool TryGetMaximumSegmentSize(out ushort size)
    {
        bool found = TryFind(TcpOptionKind.MaximumSegmentSize, sizeof(ushort), out ReadOnlySpan<byte> data);
        size = found ? BinaryPrimitives.ReadUInt16BigEndian(data) : (ushort)0;
        return found;
    }

    /// <summary>By how many bits the sender's windows are shifted (RFC 7323, section 2.2).</summary>
    /// <param name="shift">Bits, as sent: more than 14 are to be taken for 14 (section 2.3); 0 on failure.</param>
    /// <returns>False if there is no such option of the right length before a malformed one. The first one counts.</returns>
    /// <remarks>O(bytes). Never throws.</remarks>
    public bool TryGetWindowScale(out byte shift)
    {
        bool found = TryFind(TcpOptionKind.WindowScale, sizeof(byte), out ReadOnlySpan<byte> data);
        shift = found ? data[0] : (byte)0;
        return found;
    }

    /// <summary>The sender's clock, and what it saw last of the receiver's (RFC 7323, section 3.2).</summary>
    /// <param name="value">The sender's clock (TSval); 0 on failure.</param>
    /// <param name="echoReply">The clock of the other that it answers (TSecr); 0 on failure.</param>
    /// <returns>False if there is no such option of the right length before a malformed one. The first one counts.</returns>
    /// <remarks>O(bytes). Never throws.</remarks>
    public bool TryGetTimestamps(out uint value, out uint echoReply)
    {
        bool found = TryFind(TcpOptionKind.Timestamps, SizeOfTimestamps, out ReadOnlySpan<byte> data);
        value = found ? BinaryPrimitives.ReadUInt32BigEndian(data) : 0;
        echoReply = found ? BinaryPrimitives.ReadUInt32BigEndian(data[sizeof(uint)..]) : 0;
        return found;
    }

    private bool TryFind(TcpOptionKind kind, int length, out ReadOnlySpan<byte> data)
    {
        foreach (TcpOption option in this)
        {
            if (option.Kind == kind && option.Data.Length == length)
            {
                data = option.Data;
                return true;
            }
        }

        data = default;
        return false;
    }

    /// <summary>A walk over options, from the first to the last.</summary>
    public ref struct Enumerator
    {
        private const int SizeOfKindAndLength = 2;

        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _rest = bytes;

        /// <summary>The option that the walk is at; before the first and behind the last the default value. O(1).</summary>
        public TcpOption Current { get; private set; }

        /// <summary>The walk has ended, before a malformed option. O(1).</summary>
        public bool IsMalformed { get; private set; }

        /// <summary>Goes to the next option. <see cref="TcpOptionKind.NoOperation"/> is one.</summary>
        /// <returns>False if there is none, or if it is malformed.</returns>
        /// <remarks>O(1). Never throws.</remarks>
        public bool MoveNext()
        {
            Current = default;
            if (_rest.IsEmpty || (TcpOptionKind)_rest[0] == TcpOptionKind.EndOfList)
            {
                _rest = default;
                return false;
            }

            int length = LengthOfNext();
            if (length > _rest.Length)
            {
                IsMalformed = true;
                _rest = default;
                return false;
            }

            Current = new TcpOption((TcpOptionKind)_rest[0], length == 1 ? default : _rest[SizeOfKindAndLength..length]);
            _rest = _rest[length..];
            return true;
        }

        /// <summary>Kind, length and data; more than there are if the option is malformed.</summary>
        private readonly int LengthOfNext()
        {
            if ((TcpOptionKind)_rest[0] == TcpOptionKind.NoOperation)
            {
                return 1;
            }

            return _rest.Length < SizeOfKindAndLength || _rest[1] < SizeOfKindAndLength ? int.MaxValue : _rest[1];
        }
    }
}

/// <summary>A view of one TCP option (RFC 9293, section 3.2). Nothing is copied.</summary>
/// <remarks>A walk over <see cref="TcpOptions"/> gives them. The default value is the end of the list.</remarks>
public readonly ref struct TcpOption
{
    internal TcpOption(TcpOptionKind kind, ReadOnlySpan<byte> data)
    {
        Kind = kind;
        Data = data;
    }

    /// <summary>What kind of option it is. O(1).</summary>
    public TcpOptionKind Kind { get; }

    /// <summary>
    /// The bytes behind kind and length, 0 or more. That there are as many as the kind wants is for the reader to check. O(1).
    /// </summary>
    public ReadOnlySpan<byte> Data { get; }
}

/// <summary>The kinds of TCP options that are seen often (IANA, TCP option kind numbers). Others are numbers.</summary>
public enum TcpOptionKind : byte
{
    /// <summary>No options follow; one byte (RFC 9293, section 3.2).</summary>
    EndOfList = 0,

    /// <summary>Padding between options; one byte (RFC 9293, section 3.2).</summary>
    NoOperation = 1,

    /// <summary>The largest segment that the sender wants to receive; 2 bytes of data (RFC 9293, section 3.7.1).</summary>
    MaximumSegmentSize = 2,

    /// <summary>By how many bits the sender's windows are shifted; 1 byte of data (RFC 7323, section 2.2).</summary>
    WindowScale = 3,

    /// <summary>Selective acknowledgments are understood; no data (RFC 2018, section 2).</summary>
    SackPermitted = 4,

    /// <summary>Selective acknowledgments: 8 bytes of data for each block (RFC 2018, section 3).</summary>
    Sack = 5,

    /// <summary>The sender's clock and what it saw last of the other's; 8 bytes of data (RFC 7323, section 3.2).</summary>
    Timestamps = 8,

    /// <summary>Authentication; a key number, a number, and a code (RFC 5925, section 2.2).</summary>
    Authentication = 29,

    /// <summary>Multipath TCP (RFC 8684, section 3).</summary>
    Multipath = 30,

    /// <summary>A cookie, or the request for one (RFC 7413, section 4.1.1).</summary>
    FastOpenCookie = 34,
}
