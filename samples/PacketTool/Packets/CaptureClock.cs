namespace PacketTool;

/// <summary>
/// The time in a capture: that of its latest packet so far. Fragments time out by it, not by how fast a file is read.
/// </summary>
internal sealed class CaptureClock : TimeProvider
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private long _now;

    public override long TimestampFrequency => NanosecondsPerSecond;

    public override long GetTimestamp() => _now;

    /// <summary>Packets may be out of order; time does not go back.</summary>
    public void Advance(ulong timestamp) => _now = Math.Max(_now, (long)Math.Min(timestamp, long.MaxValue));
}
