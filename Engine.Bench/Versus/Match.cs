using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>The rounds of a run, and what they gave.</summary>
internal sealed class Match(IPeer engine, IReadOnlyList<IPeer> peers, IReadOnlyList<Operation> works)
{
    private readonly IPeer _engine = engine;
    private readonly IReadOnlyList<IPeer> _peers = peers;
    private readonly IReadOnlyList<Operation> _works = works;
    private readonly List<Comparison> _comparisons = [.. works.SelectMany(
            work => peers.Where(peer => peer.Does(work)),
            static (work, peer) => new Comparison(work, peer.Name))];

    /// <summary>What was compared so far, in the order of works and peers.</summary>
    public IReadOnlyList<Comparison> Comparisons => _comparisons;

    /// <summary>Measures every side at every work, so many times.</summary>
    public void Play(int rounds)
    {
        for (int round = 1; round <= rounds; round++)
        {
            for (int i = 0; i < _works.Count; i++)
            {
                Progress.Show($"round {round} of {rounds}, work {i + 1} of {_works.Count}: {_works[i].Name}");
                PlayRound(_works[i]);
            }
        }

        Progress.Clear();
    }

    private void PlayRound(Operation work)
    {
        List<Comparison> open = _comparisons.FindAll(comparison => comparison.Work == work);
        if (open.Count == 0)
        {
            return;
        }

        List<(Comparison Comparison, IPeer Peer)> pairs
            = [.. open.Select(comparison => (comparison, _peers.First(peer => peer.Name == comparison.Peer)))];
        var before = new Dictionary<Comparison, Sample>();
        foreach ((Comparison comparison, IPeer peer) in pairs)
        {
            if (peer.RunsTwice && TryMeasure(peer, work, comparison, out Sample sample))
            {
                before.Add(comparison, sample);
            }
        }

        Sample own = _engine.Measure(work);
        foreach ((Comparison comparison, IPeer peer) in pairs)
        {
            if ((!peer.RunsTwice || before.ContainsKey(comparison)) && TryMeasure(peer, work, comparison, out Sample after))
            {
                bool wasFaster = before.TryGetValue(comparison, out Sample first) && first.Median < after.Median;
                comparison.Add(own, wasFaster ? first : after);
            }
        }
    }

    /// <summary>A peer that fails at a work is named, and that row left out: the others are still worth having.</summary>
    private bool TryMeasure(IPeer peer, Operation work, Comparison comparison, out Sample sample)
    {
        try
        {
            sample = peer.Measure(work);
            return true;
        }
        catch (BenchException failure)
        {
            Progress.Clear();
            Console.Error.WriteLine($"{peer.Name} failed at {work.Name}, the row is left out: {failure.Message}");
            _comparisons.Remove(comparison);
            sample = default;
            return false;
        }
    }
}

/// <summary>The engine and one peer at one work, round by round.</summary>
internal sealed class Comparison(Operation work, string peer)
{
    private readonly List<Sample> _engine = [];
    private readonly List<Sample> _peer = [];

    public Operation Work { get; } = work;
    public string Peer { get; } = peer;

    /// <summary>What is required of the ratio; null if nothing is.</summary>
    public Budget? Budget => Work.Budget?.Peer == Peer ? Work.Budget : null;

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
