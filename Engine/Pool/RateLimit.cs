namespace Engine.Mbufs;

/// <summary>Lets something happen once in an interval. Several threads may ask.</summary>
internal struct RateLimit
{
    /// <summary>A timestamp that no clock shows: it has not happened yet.</summary>
    private const long Never = long.MinValue;

    private long _started = Never;

    public RateLimit()
    {
    }

    /// <summary>As if it had never happened.</summary>
    public void Reset() => Volatile.Write(ref _started, Never);

    /// <summary>
    /// True if it has never happened, or an interval ago: for one of the threads that try at the same time, and it happens now. An
    /// infinite interval never passes.
    /// </summary>
    public bool TryPass(TimeProvider time, TimeSpan interval)
    {
        long started = Volatile.Read(ref _started);
        return HasPassed(started, time, interval) && Interlocked.CompareExchange(ref _started, time.GetTimestamp(), started) == started;
    }

    private static bool HasPassed(long started, TimeProvider time, TimeSpan interval)
        => started == Never || (interval != Timeout.InfiniteTimeSpan && time.GetElapsedTime(started) >= interval);
}
