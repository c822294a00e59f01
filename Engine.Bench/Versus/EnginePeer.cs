using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>The engine, which remembers what it measured last.</summary>
internal sealed class EnginePeer : IPeer
{
    private readonly IPeer _engine;
    private readonly Dictionary<Work, Sample> _last = [];

    /// <param name="engine">Who measures.</param>
    public EnginePeer(IPeer engine)
    {
        _engine = engine;
    }

    public string Name => _engine.Name;

    public string? MissingBecause => _engine.MissingBecause;

    public bool RunsTwice => _engine.RunsTwice;

    public bool Does(Work work) => _engine.Does(work);

    public Sample Measure(Work work)
    {
        Sample sample = _engine.Measure(work);
        _last[work] = sample;
        return sample;
    }

    /// <summary>The last sample of a work; null if there is none.</summary>
    public Sample? Last(Work work) => _last.TryGetValue(work, out Sample sample) ? sample : null;

    public void Dispose() => _engine.Dispose();
}
