namespace Engine.Mbufs.Wire;

/// <summary>
/// The format of blocks (draft-ietf-opsawg-pcapng): type, length, body, and the length once more. A section begins with a block
/// that shows its byte order; then come the interfaces that packets refer to by number, packets, and blocks of other types,
/// which are skipped.
/// </summary>
internal sealed partial class PcapNgParser : CaptureParser
{
    /// <summary>The same in both byte orders.</summary>
    public const uint SectionHeader = 0x0A0D_0D0A;

    private const uint InterfaceDescription = 1;

    private const uint Packet = 2;

    private const uint SimplePacket = 3;

    private const uint EnhancedPacket = 6;

    private const uint ByteOrderMagic = 0x1A2B_3C4D;

    private const int TypeSize = 4;

    private const int LengthSize = 4;

    /// <summary>Type and length in front, length behind.</summary>
    private const int FrameSize = TypeSize + LengthSize + LengthSize;

    private const int SectionSize = FrameSize + 16;

    private const int MajorVersion = 1;

    private readonly CaptureInput _input;

    private readonly List<PcapNgInterface> _interfaces = [];

    private CaptureByteOrder _order;

    private uint _length;

    /// <summary>Bytes of the block's body that were not read yet.</summary>
    private long _left;

    /// <summary>Reads the first block behind its type.</summary>
    public PcapNgParser(CaptureInput input)
    {
        _input = input;
        ReadSection();
    }

    public override MbufCaptureFormat Format => MbufCaptureFormat.PcapNg;

    public override bool TryReadHeader(out CaptureRecord record)
    {
        record = default;
        while (true)
        {
            _input.Begin("block");
            if (!_input.TryTake(TypeSize, out ReadOnlySpan<byte> bytes))
            {
                return false;
            }

            switch (_order.UInt32(bytes))
            {
                case SectionHeader:
                    ReadSection();
                    break;
                case InterfaceDescription:
                    ReadInterface();
                    break;
                case EnhancedPacket:
                    record = ReadEnhancedPacket();
                    return true;
                case SimplePacket:
                    record = ReadSimplePacket();
                    return true;
                case Packet:
                    record = ReadObsoletePacket();
                    return true;
                default:
                    BeginBlock(FrameSize);
                    EndBlock();
                    break;
            }
        }
    }

    public override void ReadTrailer() => EndBlock();

    private void ReadSection()
    {
        _input.Name("section header block");
        ReadOnlySpan<byte> length = _input.Take(LengthSize + sizeof(uint));
        ReadOnlySpan<byte> magic = length[LengthSize..];
        _order = new CaptureByteOrder(IsBigEndian: true);
        if (_order.UInt32(magic) != ByteOrderMagic)
        {
            _order = new CaptureByteOrder(IsBigEndian: false);
            if (_order.UInt32(magic) != ByteOrderMagic)
            {
                throw _input.Refusal(
                    $"Its byte-order magic is {_order.UInt32(magic):x8}.", $"It is {ByteOrderMagic:x8}, in either byte order.");
            }
        }

        BeginBlock(_order.UInt32(length), SectionSize);
        _left -= sizeof(uint);
        ReadOnlySpan<byte> version = TakeBody(12); // And the section's length, which the blocks tell themselves.
        (uint major, uint minor) = (_order.UInt16(version), _order.UInt16(version[2..]));
        if (major != MajorVersion || minor is not (0 or 2))
        {
            throw _input.Refusal($"It says version {major}.{minor}.", "The format has version 1.0, which some call 1.2.");
        }

        _interfaces.Clear();
        EndBlock();
    }

    /// <summary>Reads the length of a block behind its type.</summary>
    private void BeginBlock(int least) => BeginBlock(_order.UInt32(_input.Take(LengthSize)), least);

    private void BeginBlock(uint length, int least)
    {
        if (length % 4 != 0 || length < (uint)least)
        {
            throw _input.Refusal(
                $"It says that it has {length} bytes.", $"Such a block has {least} or more, and a multiple of 4.");
        }

        _length = length;
        _left = (long)length - FrameSize;
    }

    /// <summary>The next bytes of the body, which has been found to have them.</summary>
    private ReadOnlySpan<byte> TakeBody(int length)
    {
        _left -= length;
        return _input.Take(length);
    }

    /// <summary>Reads what is left of the block, and compares the length at its end with that in front.</summary>
    private void EndBlock()
    {
        _input.Skip(_left);
        _left = 0;
        uint length = _order.UInt32(_input.Take(LengthSize));
        if (length != _length)
        {
            throw _input.Refusal(
                $"It ends with a length of {length} bytes.", $"It begins with one of {_length}, and both are the same.");
        }
    }

    private const int InterfaceSize = FrameSize + 8;

    private const int OptionHeaderSize = 4;

    private const ushort EndOfOptions = 0;

    private const ushort TimestampResolution = 9;

    private const ushort TimestampOffset = 14;

    private void ReadInterface()
    {
        _input.Name("interface description block");
        BeginBlock(InterfaceSize);
        ReadOnlySpan<byte> body = TakeBody(InterfaceSize - FrameSize);
        var linkType = (MbufLinkType)_order.UInt16(body);
        uint snapLength = _order.UInt32(body[4..]);
        if (_interfaces.Count == CaptureLimits.MostInterfaces)
        {
            throw _input.Refusal(
                $"It follows {_interfaces.Count} others of its section.", "A section has that many interfaces at most.");
        }

        CaptureClock clock = ReadClock();
        EndBlock();
        _interfaces.Add(new PcapNgInterface(linkType, snapLength, CaptureLimits.MostBytes(snapLength), clock));
    }

    /// <summary>Reads the options that tell of time, and those before them.</summary>
    private CaptureClock ReadClock()
    {
        CaptureClock clock = CaptureClock.Default;
        while (_left >= OptionHeaderSize)
        {
            ReadOnlySpan<byte> header = TakeBody(OptionHeaderSize);
            ushort code = _order.UInt16(header);
            int length = _order.UInt16(header[2..]);
            long padded = Padded(length);
            if (padded > _left)
            {
                throw _input.Refusal(
                    $"Its option {code} says that it has {length} bytes.", $"{_left} bytes of the block are left.");
            }

            switch (code)
            {
                case EndOfOptions:
                    return clock;
                case TimestampResolution:
                    CheckOption("if_tsresol", length, sizeof(byte));
                    clock = clock.WithUnits(UnitsOf(TakeBody((int)padded)[0]));
                    break;
                case TimestampOffset:
                    CheckOption("if_tsoffset", length, sizeof(long));
                    clock = clock.WithOffset(_order.Int64(TakeBody((int)padded)));
                    break;
                default:
                    _input.Skip(padded);
                    _left -= padded;
                    break;
            }
        }

        return clock;
    }

    private ulong UnitsOf(byte resolution) => CaptureClock.TryResolve(resolution, out ulong units) ? units : throw _input.Refusal(
        $"Its option if_tsresol is 0x{resolution:x2}.",
        "A second has up to 10^19 units (0x00 to 0x13) or up to 2^63 (0x80 to 0xbf).");

    private void CheckOption(string name, int length, int right)
    {
        if (length != right)
        {
            throw _input.Refusal($"Its option {name} has {length} bytes.", $"It has {right}.");
        }
    }

    /// <summary>Bytes with those that make them a multiple of 4.</summary>
    private static long Padded(long length) => (length + 3) & ~3L;

    private const int EnhancedPacketSize = FrameSize + 20;

    private const int SimplePacketSize = FrameSize + 4;

    private CaptureRecord ReadEnhancedPacket()
    {
        _input.Name("enhanced packet block");
        BeginBlock(EnhancedPacketSize);
        ReadOnlySpan<byte> body = TakeBody(EnhancedPacketSize - FrameSize);
        return Describe(_order.UInt32(body), body);
    }

    /// <summary>
    /// As the enhanced one that replaced it, but for the interface's number, which shares its place with a count of drops.
    /// </summary>
    private CaptureRecord ReadObsoletePacket()
    {
        _input.Name("packet block");
        BeginBlock(EnhancedPacketSize);
        ReadOnlySpan<byte> body = TakeBody(EnhancedPacketSize - FrameSize);
        return Describe(_order.UInt16(body), body);
    }

    /// <summary>A packet of the first interface, without time, and as long as the interface's snap length let it be.</summary>
    private CaptureRecord ReadSimplePacket()
    {
        _input.Name("simple packet block");
        BeginBlock(SimplePacketSize);
        uint original = _order.UInt32(TakeBody(SimplePacketSize - FrameSize));
        PcapNgInterface on = InterfaceOf(0);
        uint captured = on.SnapLength == 0 ? original : Math.Min(original, on.SnapLength);
        return Finish(on, 0, timestamp: 0, captured, original);
    }

    /// <summary>What the fields say that both kinds of blocks with a time have behind the interface's number.</summary>
    private CaptureRecord Describe(uint number, ReadOnlySpan<byte> body)
    {
        ulong time = ((ulong)_order.UInt32(body[4..]) << 32) | _order.UInt32(body[8..]);
        uint captured = _order.UInt32(body[12..]);
        uint original = _order.UInt32(body[16..]);
        PcapNgInterface on = InterfaceOf(number);
        if (!on.Clock.TryConvert(time, out ulong timestamp))
        {
            throw NoTime(time);
        }

        return Finish(on, (int)number, timestamp, captured, original);
    }

    private CaptureRecord Finish(PcapNgInterface on, int number, ulong timestamp, uint captured, uint original)
    {
        if (captured > (uint)on.MostBytes)
        {
            throw _input.Refusal(
                $"It says that {captured} bytes were captured.",
                $"With the snap length of interface {number}, 0 to {on.MostBytes} are possible.");
        }

        if (Padded(captured) > _left)
        {
            throw _input.Refusal(
                $"Its {captured} captured bytes do not fit in {_length}.",
                $"{_left} bytes are left for them and what makes them a multiple of 4.");
        }

        _left -= captured;
        return new CaptureRecord(on.LinkType, (int)captured, original, number, timestamp);
    }

    private PcapNgInterface InterfaceOf(uint number)
    {
        if (number >= (uint)_interfaces.Count)
        {
            throw _input.Refusal(
                $"It is of interface {number}.",
                $"Its section has described {_interfaces.Count} so far, from 0 on; a packet comes after that of its own.");
        }

        return _interfaces[(int)number];
    }

    private InvalidDataException NoTime(ulong time) => _input.Refusal(
        $"Its time {time}, in the units and from the zero of its interface, is before 1970 or after 2554.",
        "A time is 0 to 2^64 - 1 nanoseconds since 1970.");
}

/// <summary>What a section of a pcapng file says of an interface that its packets were captured on.</summary>
/// <param name="LinkType">What its packets start with.</param>
/// <param name="SnapLength">Bytes that are captured of a packet, at most; 0 for no limit.</param>
/// <param name="MostBytes">Bytes that a captured packet of it may have before it is refused.</param>
/// <param name="Clock">How it counts time.</param>
internal readonly record struct PcapNgInterface(MbufLinkType LinkType, uint SnapLength, int MostBytes, CaptureClock Clock);
