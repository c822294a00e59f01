namespace Engine.Mbufs;

/// <summary>The time since something happened, for what must not happen too often. Several threads may ask and restart it.</summary>
internal struct Pause
{
    /// <summary>A timestamp that no clock shows: it has not happened yet.</summary>
    private const long Never = long.MinValue;

    private long _started = Never;

    public Pause()
    {
    }

    /// <summary>As if it had never happened.</summary>
    public void Forget() => Volatile.Write(ref _started, Never);

    /// <summary>
    /// Starts again if it never started, or an interval ago; an infinite one never passes. True for one of the threads that try at
    /// the same time.
    /// </summary>
    public bool TryRestart(TimeProvider time, TimeSpan interval)
    {
        long started = Volatile.Read(ref _started);
        return HasPassed(started, time, interval) && Interlocked.CompareExchange(ref _started, time.GetTimestamp(), started) == started;
    }

    private static bool HasPassed(long started, TimeProvider time, TimeSpan interval)
        => started == Never || (interval != Timeout.InfiniteTimeSpan && time.GetElapsedTime(started) >= interval);
}
