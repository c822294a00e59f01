namespace Engine.Mbufs.Wire;

/// <content>The three kinds of blocks with packets.</content>
internal sealed partial class PcapNgParser
{
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
