namespace Engine.Mbufs.Wire;

/// <summary>
/// The classic format (draft-ietf-opsawg-pcap): a file header of 24 bytes, then for each packet a header of 16 bytes and its
/// bytes; all numbers in the byte order of the machine that wrote it, which the magic number shows.
/// </summary>
internal sealed class PcapParser : CaptureParser
{
    public const uint MicrosecondMagic = 0xA1B2_C3D4;
    public const uint NanosecondMagic = 0xA1B2_3C4D;
    public const int MajorVersion = 2;

    /// <summary>
    /// The first minor version that has captured and original length in today's order always; the one before has either.
    /// </summary>
    public const int MinorVersion = 4;

    private const int MagicSize = 4;
    private const int FileHeaderSize = 24;
    private const int RecordHeaderSize = 16;

    private readonly CaptureInput _input;
    private readonly MbufLinkType _linkType;
    private readonly int _mostBytes;
    private readonly uint _minor;
    private readonly uint _nanosecondsOfUnit;
    private readonly CaptureByteOrder _order;

    /// <summary>Reads the file header behind the magic number.</summary>
    public PcapParser(CaptureInput input, CaptureByteOrder order, bool isNanoseconds)
    {
        _input = input;
        _order = order;
        _nanosecondsOfUnit = isNanoseconds ? 1u : 1000u;
        input.Name("pcap file header");
        ReadOnlySpan<byte> header = input.Take(FileHeaderSize - MagicSize);
        uint major = _order.UInt16(header);
        _minor = _order.UInt16(header[2..]);
        if (major != MajorVersion)
        {
            throw input.Refusal(
                $"It says version {major}.{_minor}.", $"The format has version {MajorVersion}.{MinorVersion}.");
        }

        // Time zone and accuracy, 8 bytes, are not used by any program.
        _mostBytes = CaptureLimits.MostBytes(_order.UInt32(header[12..]));

        // The upper half tells of frame check sequences.
        _linkType = (MbufLinkType)(ushort)_order.UInt32(header[16..]);
    }

    public override MbufCaptureFormat Format => MbufCaptureFormat.Pcap;

    public MbufLinkType LinkType => _linkType;

    public override bool TryReadHeader(out CaptureRecord record)
    {
        record = default;
        _input.Begin("packet record");
        if (!_input.TryTake(RecordHeaderSize, out ReadOnlySpan<byte> header))
        {
            return false;
        }

        // A fraction of a second or more is carried: 64 bits hold the sum of any two 32-bit fields.
        ulong timestamp = (_order.UInt32(header) * 1_000_000_000ul) + ((ulong)_order.UInt32(header[4..]) * _nanosecondsOfUnit);
        uint captured = _order.UInt32(header[8..]);
        uint original = _order.UInt32(header[12..]);
        if (_minor < MinorVersion && (_minor < MinorVersion - 1 || captured > original))
        {
            (captured, original) = (original, captured);
        }

        if (captured > (uint)_mostBytes)
        {
            throw TooLong(captured);
        }

        record = new CaptureRecord(_linkType, (int)captured, original, InterfaceNumber: 0, timestamp);
        return true;
    }

    public override void ReadTrailer()
    {
        // Nothing comes behind the bytes.
    }

    private InvalidDataException TooLong(uint captured)
        => _input.Refusal(
            $"It says that {captured} bytes were captured.", $"With the file's snap length, 0 to {_mostBytes} are possible.");
}
