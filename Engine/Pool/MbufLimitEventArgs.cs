namespace Engine.Mbufs;

/// <summary>Which limit an allocation met: <see cref="MbufArena.LimitReached"/>.</summary>
public sealed class MbufLimitEventArgs : EventArgs
{
    internal MbufLimitEventArgs(MbufZone zone, int limit)
    {
        Zone = zone;
        Limit = limit;
    }

    /// <summary>What there was none of. For a pair of mbuf and cluster, the part that was missing.</summary>
    public MbufZone Zone { get; }

    /// <summary>The limit at that moment: <see cref="MbufArena.SetLimit"/> may raise it if the options reserved more.</summary>
    public int Limit { get; }
}
