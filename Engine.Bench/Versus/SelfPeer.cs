using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>The engine at the smallest work of the same family: the ratio is how cost for each packet grows with size.</summary>
internal sealed class SelfPeer : IPeer
{
    private readonly ManagedPeer _engine;

    public SelfPeer(ManagedPeer engine)
    {
        _engine = engine;
    }

    public string Name => PeerNames.Self;

    public string? MissingBecause => null;

    public bool RunsTwice => false;

    public bool Does(Work work) => work.Smallest is not null;

    public Sample Measure(Work work) => _engine.Measure(Work.Find(work.Smallest!));

    public void Dispose()
    {
    }
}
