namespace Engine.Mbufs.Tests.Captures;

/// <summary>A pcap file made by hand, right or wrong.</summary>
internal sealed class PcapBytes : CaptureBytes
{
    public const int FileHeaderSize = 24;
    public const int RecordHeaderSize = 16;

    private readonly uint _unitsPerSecond;

    public PcapBytes(
        bool isBigEndian = false,
        bool isNanoseconds = false,
        uint linkType = 1,
        uint snapLength = 262_144,
        int major = 2,
        int minor = 4)
        : base(isBigEndian)
    {
        _unitsPerSecond = isNanoseconds ? 1_000_000_000u : 1_000_000;
        UInt32(isNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4);
        UInt16(major);
        UInt16(minor);
        UInt32(0); // Time zone.
        UInt32(0); // Accuracy.
        UInt32(snapLength);
        UInt32(linkType);
    }

    public PcapBytes Packet(ReadOnlySpan<byte> bytes, ulong nanoseconds = 0, uint? original = null) => Record(
        (uint)(nanoseconds / 1_000_000_000),
        (uint)(nanoseconds % 1_000_000_000 / (1_000_000_000 / _unitsPerSecond)),
        (uint)bytes.Length,
        original ?? (uint)bytes.Length,
        bytes);

    /// <summary>A record whose header says what it likes.</summary>
    public PcapBytes Record(uint seconds, uint fraction, uint captured, uint original, ReadOnlySpan<byte> bytes)
    {
        UInt32(seconds);
        UInt32(fraction);
        UInt32(captured);
        UInt32(original);
        Bytes(bytes);
        return this;
    }
}
