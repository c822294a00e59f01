namespace Engine.Mbufs.Tests.Captures;

/// <summary>What a capture is to tell of a packet.</summary>
/// <param name="Bytes">Those that were captured.</param>
/// <param name="Nanoseconds">Since the Unix epoch.</param>
/// <param name="Original">Bytes that there were.</param>
public sealed record CapturedPacket(byte[] Bytes, ulong Nanoseconds, uint Original)
{
    /// <summary>Packets of lengths on both sides of every border, whole and cut, at times that no unit divides.</summary>
    public static IReadOnlyList<CapturedPacket> Various { get; } =
    [
        .. new[] { 1, 2, 3, 4, 60, 63, 64, 65, 191, 192, 193, 1514, 2047, 2048, 2049, 4096, 9216, 9217, 16_384, 16_385, 70_001 }
            .Select(static (length, place) => new CapturedPacket(
                BytePattern.Of(length, seed: place),
                1_700_000_000_123_456_789 + ((ulong)place * 3_141_592_653),
                (uint)length + (place % 3 == 0 ? 0u : 100))),
    ];

    /// <summary>A packet of random length, bytes and time; empty ones among them.</summary>
    public static CapturedPacket Random(Random random, int longest)
    {
        byte[] bytes = new byte[random.Next(4) == 0 ? random.Next(longest + 1) : random.Next(200)];
        random.NextBytes(bytes);
        uint cut = bytes.Length == 0 || random.Next(2) == 0 ? 0 : (uint)random.Next(1, 100_000);
        return new CapturedPacket(bytes, (ulong)random.NextInt64(0, 4_294_967_296_000_000_000), (uint)bytes.Length + cut);
    }
}
