namespace Engine.Mbufs;

/// <summary>The state of one zone (mbuf(9): a line of <c>netstat -m</c>). All are counts of items.</summary>
/// <param name="Current">Allocated and not freed.</param>
/// <param name="Cached">Free and ready: in the caches' magazines and in the depot.</param>
/// <param name="Total">Ever used, current and cached, but for what a lower limit retired. Memory is resident for these.</param>
/// <param name="Max">The limit: that of the options, or what <see cref="MbufArena.SetLimit"/> made of it.</param>
/// <param name="HighWater">Most items outside the depot at a time, which counts what lay in magazines: exact to two magazines
/// of 64, and one round in hand, for each cache.</param>
/// <param name="Denied">Requests that were refused because the arena was exhausted.</param>
/// <param name="Delayed">Requests that had to wait.</param>
public readonly record struct MbufZoneStatistics(int Current, int Cached, int Total, int Max, int HighWater, long Denied, long Delayed);
