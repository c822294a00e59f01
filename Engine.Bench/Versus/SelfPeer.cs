using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>The engine at the smallest work of the same family: the ratio is how cost for each packet grows with size.</summary>
internal sealed class SelfPeer : IPeer
{
    private readonly EnginePeer _engine;
    private readonly IReadOnlyList<Work> _works;

    /// <param name="engine">Who measures, and knows what it measured.</param>
    /// <param name="works">The works of each round, smaller ones first.</param>
    public SelfPeer(EnginePeer engine, IReadOnlyList<Work> works)
    {
        _engine = engine;
        _works = works;
    }

    public string Name => PeerNames.Self;

    public string? MissingBecause => null;

    public bool RunsTwice => false;

    public bool Does(Work work) => work.Smallest is not null;

    public Sample Measure(Work work)
    {
        // Measured in this round already, unless it was not asked for.
        var smallest = Work.Find(work.Smallest!);
        return _works.Contains(smallest) && _engine.Last(smallest) is Sample last ? last : _engine.Measure(smallest);
    }

    public void Dispose()
    {
    }
}
