using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>The engine and one peer at one work, round by round.</summary>
internal sealed class Comparison
{
    private readonly List<Sample> _engine = [];
    private readonly List<Sample> _peer = [];

    public Comparison(Work work, string peer)
    {
        Work = work;
        Peer = peer;
    }

    public Work Work { get; }

    public string Peer { get; }

    /// <summary>Nanoseconds a packet, median of the rounds.</summary>
    public double EngineNanoseconds => Quantiles.Of(_engine.Select(sample => sample.Median), 0.5);

    /// <inheritdoc cref="EngineNanoseconds"/>
    public double PeerNanoseconds => Quantiles.Of(_peer.Select(sample => sample.Median), 0.5);

    /// <summary>The worst round: a single byte must not hide in a median.</summary>
    public double EngineManagedBytes => _engine.Max(sample => sample.ManagedBytes);

    /// <summary>Adds what was measured side by side.</summary>
    public void Add(Sample engine, Sample peer)
    {
        _engine.Add(engine);
        _peer.Add(peer);
    }

    /// <summary>A quantile of the engine's time over the peer's, each ratio taken within one round.</summary>
    public double Ratio(double fraction)
        => Quantiles.Of(_engine.Zip(_peer, (engine, peer) => engine.Median / peer.Median), fraction);
}
