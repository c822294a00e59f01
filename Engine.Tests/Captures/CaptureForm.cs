using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>A way to write the same packets, and how finely it tells their times.</summary>
public sealed record CaptureForm
{
    private readonly string _name;
    private readonly Func<IReadOnlyList<CapturedPacket>, byte[]> _write;

    private CaptureForm(
        string name, MbufCaptureFormat format, ulong nanosecondsOfUnit, Func<IReadOnlyList<CapturedPacket>, byte[]> write)
    {
        _name = name;
        Format = format;
        NanosecondsOfUnit = nanosecondsOfUnit;
        _write = write;
    }

    public static IReadOnlyList<CaptureForm> All { get; } = [.. Of(isBigEndian: false), .. Of(isBigEndian: true)];

    public MbufCaptureFormat Format { get; }

    /// <summary>Times are multiples of it; 0 if there are none.</summary>
    public ulong NanosecondsOfUnit { get; }

    public byte[] Write(params IReadOnlyList<CapturedPacket> packets) => _write(packets);

    /// <summary>The time that this form keeps of a time.</summary>
    public ulong Keep(ulong nanoseconds) => NanosecondsOfUnit == 0 ? 0 : nanoseconds / NanosecondsOfUnit * NanosecondsOfUnit;

    public override string ToString() => _name;

    private static IEnumerable<CaptureForm> Of(bool isBigEndian)
    {
        const MbufCaptureFormat Pcap = MbufCaptureFormat.Pcap;
        const MbufCaptureFormat PcapNg = MbufCaptureFormat.PcapNg;
        string order = isBigEndian ? "big-endian" : "little-endian";
        return
        [
            new($"pcap, {order}", Pcap, 1000, packets => Classic(isBigEndian, isNanoseconds: false, packets)),
            new($"pcap with nanoseconds, {order}", Pcap, 1, packets => Classic(isBigEndian, isNanoseconds: true, packets)),
            new($"pcapng, {order}", PcapNg, 1000, packets => Enhanced(isBigEndian, resolution: 6, 1000, packets)),
            new($"pcapng with nanoseconds, {order}", PcapNg, 1, packets => Enhanced(isBigEndian, resolution: 9, 1, packets)),
            new($"pcapng, obsolete blocks, {order}", PcapNg, 1000, packets => Obsolete(isBigEndian, packets)),
            new($"pcapng, simple blocks, {order}", PcapNg, 0, packets => Simple(isBigEndian, packets)),
        ];
    }

    private static byte[] Classic(bool isBigEndian, bool isNanoseconds, IReadOnlyList<CapturedPacket> packets)
    {
        var file = new PcapBytes(isBigEndian, isNanoseconds);
        foreach (CapturedPacket packet in packets)
        {
            file.Packet(packet.Bytes, packet.Nanoseconds, packet.Original);
        }

        return file.ToArray();
    }

    private static byte[] Enhanced(
        bool isBigEndian, byte resolution, ulong nanosecondsOfUnit, IReadOnlyList<CapturedPacket> packets)
    {
        var file = new PcapNgBytes(isBigEndian);
        file.Interface(options: [.. file.Option(2, [.. "eth0"u8]), .. file.Resolution(resolution), .. file.EndOfOptions()]);
        foreach (CapturedPacket packet in packets)
        {
            byte[] options = packet.Bytes.Length % 2 == 0 ? [] : [.. file.Option(1, [.. "a comment"u8]), .. file.EndOfOptions()];
            file.Enhanced(packet.Bytes, packet.Nanoseconds / nanosecondsOfUnit, original: packet.Original, options: options);
        }

        return file.ToArray();
    }

    private static byte[] Obsolete(bool isBigEndian, IReadOnlyList<CapturedPacket> packets)
    {
        PcapNgBytes file = new PcapNgBytes(isBigEndian).Interface();
        foreach (CapturedPacket packet in packets)
        {
            file.Obsolete(packet.Bytes, packet.Nanoseconds / 1000, original: packet.Original);
        }

        return file.ToArray();
    }

    private static byte[] Simple(bool isBigEndian, IReadOnlyList<CapturedPacket> packets)
    {
        PcapNgBytes file = new PcapNgBytes(isBigEndian);
        foreach (CapturedPacket packet in packets)
        {
            // A section for each, whose snap length cuts the packet to the bytes that there are; 0 would not cut.
            file = packet.Bytes.Length == 0 || packet.Bytes.Length == packet.Original
                ? file.Interface().Simple(packet.Bytes)
                : file.Interface(snapLength: (uint)packet.Bytes.Length).Simple(packet.Bytes, packet.Original);
            file.Section();
        }

        return file.ToArray();
    }
}
