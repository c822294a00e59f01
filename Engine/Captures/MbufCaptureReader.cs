using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Reads the packets of a capture file, pcap or pcapng, from a stream straight into mbufs. The format, the byte order and the
/// resolution of time are found out by themselves.
/// </summary>
/// <remarks>
/// <para>The stream is read forwards, never sought, and only as far as the packet that is asked for; it may give fewer bytes
/// than it is asked for. Many small reads are made: a stream without a buffer, such as one of a network connection, is best
/// wrapped in a <see cref="BufferedStream"/>.</para>
/// <para>A malformed capture ends in an <see cref="InvalidDataException"/> that says what was wrong, where, and what would be
/// right; packets that were given before are good. What a length field claims is not believed before it was found possible: at
/// most <see cref="DefaultSnapLength"/> bytes for a packet, or what the snap length says, up to <see cref="MaximumSnapLength"/>;
/// and where the stream knows its own length, the bytes must be there.</para>
/// <para>Not thread-safe. Once warm, nothing is allocated on the managed heap for a packet.</para>
/// </remarks>
public sealed class MbufCaptureReader : IDisposable
{
    /// <summary>
    /// Bytes that a captured packet may always have, whatever the snap length of its file or interface, in bytes.
    /// </summary>
    public const int DefaultSnapLength = 262_144;

    /// <summary>
    /// Bytes that a captured packet may have if the snap length of its file or interface is as large, in bytes.
    /// </summary>
    public const int MaximumSnapLength = 1_048_576;

    private readonly CaptureInput _input;
    private readonly CaptureParser _parser;
    private CaptureRecord _record;
    private bool _isWaiting;
    private bool _isDisposed;

    /// <summary>Opens a capture: reads its first header, and finds out the format.</summary>
    /// <param name="stream">The capture, from where the stream stands; read while the reader is in use.</param>
    /// <param name="leaveOpen">
    /// False: the stream is the reader's now, and disposed of with it, also if this throws because the beginning is malformed.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="InvalidDataException">This is no capture, its version is none that is known, or its first header is
    /// malformed or cut off.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public MbufCaptureReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
        {
            throw new ArgumentException("The stream cannot be read. Open it for reading.", nameof(stream));
        }

        _input = new CaptureInput(stream, leaveOpen);
        try
        {
            _parser = Detect(_input);
        }
        catch
        {
            _input.Dispose();
            throw;
        }

        _input.EndRecord();
        _record = new CaptureRecord { LinkType = (_parser as PcapParser)?.LinkType ?? default };
    }

    /// <summary>The format of the file. O(1).</summary>
    public MbufCaptureFormat Format => _parser.Format;

    /// <summary>
    /// What the packet that was read last starts with, or the one that waits for memory. Before the first packet, the file's for
    /// <see cref="MbufCaptureFormat.Pcap"/>, where all packets have the same. O(1).
    /// </summary>
    public MbufLinkType LinkType => _record.LinkType;

    /// <summary>
    /// Bytes of the packet that was read last, or of the one that waits for memory, in the capture: its chain's length. O(1).
    /// </summary>
    public int CapturedLength => _record.CapturedLength;

    /// <summary>
    /// Bytes that the packet had when it was captured; more than <see cref="CapturedLength"/> if it was cut to the snap length.
    /// Never less: a capture that says so is taken by what it holds. O(1).
    /// </summary>
    public long OriginalLength => Math.Max(_record.OriginalLength, _record.CapturedLength);

    /// <summary>
    /// The interface that the packet was captured on: its number among those of its section, in the order in which they were
    /// described, from 0; 0 for <see cref="MbufCaptureFormat.Pcap"/>, which knows one. O(1).
    /// </summary>
    public int InterfaceNumber => _record.InterfaceNumber;

    /// <summary>
    /// When the packet was captured, in nanoseconds since the Unix epoch (1970-01-01 00:00 UTC), rounded down; 0 for a packet
    /// without time (a simple packet block). The same as <see cref="MbufChain.ReceiveTimestamp"/> of its chain. O(1).
    /// </summary>
    public ulong Timestamp => _record.Timestamp;

    /// <summary>
    /// Reads the next packet, from its link header on, into an mbuf chain; see <see cref="LinkType"/> for what it starts with.
    /// </summary>
    /// <param name="mbufs">Where the memory comes from.</param>
    /// <param name="packet"> The packet, owned by the caller; null without one. Its <see cref="MbufChain.PacketLength"/> is
    /// what was captured, <see cref="MbufChain.ReceiveTimestamp"/> the time of capture.
    /// <see cref="MbufChain.ReceiveInterface"/> stays 0, since it names an interface of this program, and
    /// <see cref="InterfaceNumber"/> counts those of the program that captured.
    /// </param>
    /// <returns>
    /// <see cref="MbufCaptureStatus.Packet"/>; <see cref="MbufCaptureStatus.End"/> behind the last one, where reading a file
    /// that has grown since goes on; or <see cref="MbufCaptureStatus.Exhausted"/>: the arena is exhausted, which is counted,
    /// nothing is lost, and the next read gives this packet. A packet that is larger than the arena never comes;
    /// <see cref="CapturedLength"/> tells.
    /// </returns>
    /// <exception cref="InvalidDataException">What comes next is malformed, or the capture is cut off in the middle of
    /// it.</exception>
    /// <exception cref="InvalidOperationException">An earlier read ended with an exception, and where the next packet starts is
    /// not known.</exception>
    /// <exception cref="IOException">The stream failed. If it did so between two records, the read may be repeated.</exception>
    /// <exception cref="ObjectDisposedException">The reader is disposed, or the scope is closed.</exception>
    /// <remarks>
    /// O(bytes). As few segments as the arena can give: one for up to 16 KiB if a cluster so large is free, else as many of 2
    /// KiB as it takes. The arena's headroom, or up to <see cref="MbufSizes.InternalSize"/> bytes of it in front of a packet in
    /// one small mbuf, is left free before it.
    /// </remarks>
    public MbufCaptureStatus Read(in MbufScope mbufs, out MbufChain packet)
    {
        packet = MbufChain.Null;
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_input.IsAmid)
        {
            throw _input.Lost();
        }

        if (!_isWaiting)
        {
            if (!_parser.TryReadHeader(out CaptureRecord record))
            {
                return MbufCaptureStatus.End;
            }

            _record = record;
            _isWaiting = true;
            _input.EndRecord();
        }

        if (_record.CapturedLength > MbufSizes.MaximumContiguous)
        {
            _input.Require(_record.CapturedLength);
        }

        var source = new Source(_input);
        MbufChain chain = mbufs.AllocatePacketFrom(ref source, _record.CapturedLength);
        if (chain.IsNull)
        {
            return MbufCaptureStatus.Exhausted;
        }

        Complete(chain);
        packet = chain;
        return MbufCaptureStatus.Packet;
    }

    /// <summary>
    /// Ends the use of the stream, and disposes of it unless it was to be left open. Packets that were read stay.
    /// </summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _input.Dispose();
        }
    }

    private void Complete(MbufChain chain)
    {
        try
        {
            _parser.ReadTrailer();
        }
        catch
        {
            chain.Dispose();
            throw;
        }

        _isWaiting = false;
        _input.EndRecord();
        chain.ReceiveTimestamp = _record.Timestamp;
    }

    private static CaptureParser Detect(CaptureInput input)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(input.Take(sizeof(uint)));
        uint reversed = BinaryPrimitives.ReverseEndianness(magic);
        if (magic == PcapNgParser.SectionHeader)
        {
            return new PcapNgParser(input);
        }

        if (IsPcap(magic) || IsPcap(reversed))
        {
            bool isBigEndian = IsPcap(magic);
            bool isNanoseconds = (isBigEndian ? magic : reversed) == PcapParser.NanosecondMagic;
            return new PcapParser(input, new CaptureByteOrder(isBigEndian), isNanoseconds);
        }

        throw input.Refusal(
            $"It begins with {magic:x8}.",
            $"A pcap file begins with {PcapParser.MicrosecondMagic:x8} or {PcapParser.NanosecondMagic:x8}, in either byte " +
            $"order, a pcapng file with {PcapNgParser.SectionHeader:x8}; a compressed one is to be decompressed first.");
    }

    private static bool IsPcap(uint magic) => magic is PcapParser.MicrosecondMagic or PcapParser.NanosecondMagic;

    /// <summary>The bytes of the packet that comes next in the stream.</summary>
    private readonly struct Source(CaptureInput input) : IMbufSource
    {
        public void CopyTo(int offset, scoped Span<byte> destination) => input.Fill(destination);
    }
}
