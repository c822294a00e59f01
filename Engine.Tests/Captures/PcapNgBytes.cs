using System.Buffers.Binary;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>A section of a pcapng file made by hand, right or wrong.</summary>
internal sealed class PcapNgBytes : CaptureBytes
{
    public const uint SectionHeader = 0x0A0D_0D0A;
    public const uint InterfaceDescription = 1;
    public const uint ObsoletePacket = 2;
    public const uint SimplePacket = 3;
    public const uint NameResolution = 4;
    public const uint EnhancedPacket = 6;

    private readonly bool _isBigEndian;

    /// <summary>Begins with a section header.</summary>
    public PcapNgBytes(bool isBigEndian = false, int major = 1, int minor = 0, long sectionLength = -1)
        : base(isBigEndian)
    {
        _isBigEndian = isBigEndian;
        Section(major, minor, sectionLength);
    }

    /// <summary>Begins another section in the same byte order.</summary>
    public PcapNgBytes Section(int major = 1, int minor = 0, long sectionLength = -1)
        => Block(SectionHeader, UInt32Bytes(0x1A2B_3C4D), UInt16Bytes(major), UInt16Bytes(minor), Int64Bytes(sectionLength));

    public PcapNgBytes Interface(int linkType = 1, uint snapLength = 0, byte[]? options = null)
        => Block(InterfaceDescription, UInt16Bytes(linkType), UInt16Bytes(0), UInt32Bytes(snapLength), options ?? []);

    public PcapNgBytes Enhanced(
        ReadOnlySpan<byte> bytes,
        ulong time = 0,
        uint on = 0,
        uint? captured = null,
        uint? original = null,
        byte[]? options = null)
        => Block(
            EnhancedPacket,
            UInt32Bytes(on),
            UInt32Bytes((uint)(time >> 32)),
            UInt32Bytes((uint)time),
            UInt32Bytes(captured ?? (uint)bytes.Length),
            UInt32Bytes(original ?? (uint)bytes.Length),
            Filled(bytes),
            options ?? []);

    public PcapNgBytes Obsolete(ReadOnlySpan<byte> bytes, ulong time = 0, int on = 0, uint? original = null)
        => Block(
            ObsoletePacket,
            UInt16Bytes(on),
            UInt16Bytes(0xFFFF), // Drops, not known.
            UInt32Bytes((uint)(time >> 32)),
            UInt32Bytes((uint)time),
            UInt32Bytes((uint)bytes.Length),
            UInt32Bytes(original ?? (uint)bytes.Length),
            Filled(bytes));

    /// <summary>The bytes are the captured ones.</summary>
    public PcapNgBytes Simple(ReadOnlySpan<byte> bytes, uint? original = null)
        => Block(SimplePacket, UInt32Bytes(original ?? (uint)bytes.Length), Filled(bytes));

    public PcapNgBytes Block(uint type, params byte[][] body)
    {
        byte[] bytes = [.. body.SelectMany(static part => part)];
        uint length = (uint)((bytes.Length + 3) & ~3) + 12;
        return Block(type, length, bytes, length);
    }

    /// <summary>A block whose lengths are what they like.</summary>
    public PcapNgBytes Block(uint type, uint length, ReadOnlySpan<byte> body, uint trailing)
    {
        UInt32(type);
        UInt32(length);
        Padded(body);
        UInt32(trailing);
        return this;
    }

    public byte[] Option(int code, params byte[] value) => [.. UInt16Bytes(code), .. UInt16Bytes(value.Length), .. Filled(value)];

    public byte[] Resolution(byte value) => Option(9, value);

    public byte[] Offset(long seconds) => Option(14, Int64Bytes(seconds));

    public byte[] EndOfOptions() => Option(0);

    private static byte[] Filled(ReadOnlySpan<byte> bytes) => [.. bytes, .. new byte[-bytes.Length & 3]];

    private byte[] UInt16Bytes(int value)
    {
        byte[] bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)value));
        return Ordered(bytes);
    }

    private byte[] UInt32Bytes(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Ordered(bytes);
    }

    private byte[] Int64Bytes(long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Ordered(bytes);
    }

    private byte[] Ordered(byte[] littleEndian)
    {
        if (_isBigEndian)
        {
            Array.Reverse(littleEndian);
        }

        return littleEndian;
    }
}
