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
}
