namespace Proxy;

/// <summary>What clients and origin have seen, counted by all their threads.</summary>
internal sealed class TrafficTally
{
    private long _exchanges;
    private long _verified;
    private long _cut;
    private long _turnedAway;
    private long _faults;

    /// <summary>Requests that were answered.</summary>
    public long Exchanges => Volatile.Read(ref _exchanges);

    /// <summary>Bytes that arrived, at either end, and were what had been sent.</summary>
    public long VerifiedBytes => Volatile.Read(ref _verified);

    /// <summary>Connections that a client reset in the middle, on purpose.</summary>
    public long Cut => Volatile.Read(ref _cut);

    /// <summary>Connections that ended before the greeting: the proxy must have counted each as refused.</summary>
    public long TurnedAway => Volatile.Read(ref _turnedAway);

    /// <summary>
    /// Bytes that differed, checksums that did not fit, connections that ended when they should not have. Must be 0.
    /// </summary>
    public long Faults => Volatile.Read(ref _faults);

    public void CountExchange() => Interlocked.Increment(ref _exchanges);

    public void CountVerified(int bytes) => Interlocked.Add(ref _verified, bytes);

    public void CountCut() => Interlocked.Increment(ref _cut);

    public void CountTurnedAway() => Interlocked.Increment(ref _turnedAway);

    public void CountFault() => Interlocked.Increment(ref _faults);
}
