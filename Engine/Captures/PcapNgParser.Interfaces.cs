namespace Engine.Mbufs.Wire;

/// <content>The interfaces of a section.</content>
internal sealed partial class PcapNgParser
{
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
}
