using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Writes packets to a stream as a capture in the pcap format (draft-ietf-opsawg-pcap), little-endian, version 2.4, straight
/// from their segments. tcpdump, tshark and <see cref="MbufCaptureReader"/> read it.
/// </summary>
/// <remarks>
/// A packet is written with a write of 16 bytes and one for each segment: a stream without a buffer is best wrapped in a
/// <see cref="BufferedStream"/>. Not thread-safe. Once warm, nothing is allocated on the managed heap for a packet.
/// </remarks>
public sealed class MbufCaptureWriter : IDisposable
{
    private const int FileHeaderSize = 24;
    private const int RecordHeaderSize = 16;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly uint _nanosecondsOfUnit;
    private readonly byte[] _header = new byte[FileHeaderSize];
    private bool _isTorn;
    private bool _isDisposed;

    /// <summary>Begins a capture: writes the file header.</summary>
    /// <param name="stream">Where the capture goes, from where the stream stands.</param>
    /// <param name="linkType">What all packets start with.</param>
    /// <param name="resolution">How finely times are written.</param>
    /// <param name="snapLength"> Bytes of a packet that are written, at most; 1 to
    /// <see cref="MbufCaptureReader.MaximumSnapLength"/>. tcpdump reads packets of up to
    /// <see cref="MbufCaptureReader.DefaultSnapLength"/>.
    /// </param>
    /// <param name="leaveOpen">False: the stream is disposed of with the writer.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentException">The stream cannot be written.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="snapLength"/> is out of its range, or there is no such
    /// <paramref name="resolution"/>.</exception>
    /// <exception cref="IOException">The stream failed. It stays the caller's, as on every exception.</exception>
    public MbufCaptureWriter(
        Stream stream,
        MbufLinkType linkType,
        MbufCaptureResolution resolution = MbufCaptureResolution.Nanoseconds,
        int snapLength = MbufCaptureReader.DefaultSnapLength,
        bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(snapLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(snapLength, MbufCaptureReader.MaximumSnapLength);
        if (!stream.CanWrite)
        {
            throw new ArgumentException("The stream cannot be written. Open it for writing.", nameof(stream));
        }

        _nanosecondsOfUnit = resolution switch
        {
            MbufCaptureResolution.Microseconds => 1000,
            MbufCaptureResolution.Nanoseconds => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(resolution), resolution, "Times have microseconds or nanoseconds."),
        };
        _stream = stream;
        _leaveOpen = leaveOpen;
        LinkType = linkType;
        Resolution = resolution;
        SnapLength = snapLength;
        WriteFileHeader();
    }

    /// <summary>What all packets start with. O(1).</summary>
    public MbufLinkType LinkType { get; }

    /// <summary>How finely times are written. O(1).</summary>
    public MbufCaptureResolution Resolution { get; }

    /// <summary>Bytes of a packet that are written, at most. O(1).</summary>
    public int SnapLength { get; }

    /// <summary>
    /// Writes a packet with the time of its header, <see cref="MbufChain.ReceiveTimestamp"/>, as nanoseconds since the Unix
    /// epoch; 1970 for a packet that was given none. Its length is the original one.
    /// </summary>
    /// <inheritdoc cref="Write(MbufChain, ulong, long)"/>
    public void Write(MbufChain packet) => Write(packet, packet.ReceiveTimestamp, packet.Length);

    /// <summary>Writes a packet: its first <see cref="SnapLength"/> bytes, or all of it.</summary>
    /// <param name="packet">The packet, or a chain without packet header; stays the caller's, unchanged.</param>
    /// <param name="timestamp"> Nanoseconds since the Unix epoch (1970-01-01 00:00 UTC), 0 to 4,294,967,295,999,999,999 (2106);
    /// rounded down to the file's resolution.
    /// </param>
    /// <param name="originalLength">Bytes that the packet had, if it was cut before: its length to 4,294,967,295.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument, or the packet's own time, is out of its range: nothing was
    /// written.</exception>
    /// <exception cref="InvalidOperationException">An earlier write ended with an exception, and the capture may end in the
    /// middle of a packet: what came behind it would not be read as one.</exception>
    /// <exception cref="IOException">The stream failed: the capture may end in the middle of a packet.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="ObjectDisposedException">The writer is disposed.</exception>
    /// <remarks>O(bytes).</remarks>
    public void Write(MbufChain packet, ulong timestamp, long originalLength)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        (ulong seconds, ulong nanoseconds) = Math.DivRem(timestamp, NanosecondsPerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, uint.MaxValue, nameof(timestamp));
        ArgumentOutOfRangeException.ThrowIfLessThan(originalLength, packet.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(originalLength, uint.MaxValue);
        if (_isTorn)
        {
            throw new InvalidOperationException(
                "An earlier write ended with an exception: the capture may end in the middle of a packet. Dispose of the writer.");
        }

        int left = Math.Min(packet.Length, SnapLength);
        Span<byte> header = _header.AsSpan(0, RecordHeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)nanoseconds / _nanosecondsOfUnit);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], left);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)originalLength);
        _isTorn = true;
        _stream.Write(header);
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            ReadOnlySpan<byte> bytes = segment[..Math.Min(segment.Length, left)];
            if (bytes.IsEmpty)
            {
                break;
            }

            _stream.Write(bytes);
            left -= bytes.Length;
        }

        _isTorn = false;
    }

    /// <summary>Flushes the stream.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    /// <exception cref="ObjectDisposedException">The writer is disposed.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _stream.Flush();
    }

    /// <summary>
    /// Ends the capture: disposes of the stream, or flushes it if it is to be left open. Doing it twice does nothing.
    /// </summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_leaveOpen)
        {
            _stream.Flush();
        }
        else
        {
            _stream.Dispose();
        }
    }

    private void WriteFileHeader()
    {
        Span<byte> header = _header;
        uint magic = Resolution == MbufCaptureResolution.Nanoseconds ? PcapParser.NanosecondMagic : PcapParser.MicrosecondMagic;
        BinaryPrimitives.WriteUInt32LittleEndian(header, magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], PcapParser.MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], PcapParser.MinorVersion);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)LinkType);
        _stream.Write(header);
    }
}
