namespace Engine.Mbufs.Tests;

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>What the clock throws instead of telling the time; null if it works.</summary>
    public Exception? Failure { get; set; }

    public override long GetTimestamp() => Failure is null ? Volatile.Read(ref _ticks) : throw Failure;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
