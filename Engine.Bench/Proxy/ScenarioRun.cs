using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>All proxies in one scenario: started afresh, verified, warmed up, measured in rounds, ended.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ScenarioRun(
    Scenario scenario,
    ProxyOptions options,
    LoadGenerator load,
    CancellationToken interruption) : IDisposable
{
    /// <summary>
    /// Bursts of a .NET proxy before the first round: the runtime compiles what is hot once more, and once more.
    /// </summary>
    private const int ManagedWarmUps = 4;

    private static readonly TimeSpan s_verification = TimeSpan.FromMilliseconds(200);

    private readonly TimeSpan _burst = TimeSpan.FromSeconds(options.BurstSeconds);
    private readonly List<Contender> _contenders = [];

    /// <summary>Starts the proxies and makes sure of them.</summary>
    public void Start(IEnumerable<ProxyPeer> peers, int core, string folder)
    {
        foreach (ProxyPeer peer in peers)
        {
            Progress.Show($"{scenario.Name}: starting {peer.Name}");
            interruption.ThrowIfCancellationRequested();
            _contenders.Add(new Contender(peer, peer.Start(load.OriginPort, core, folder)));
        }

        foreach (Contender contender in _contenders.ToArray())
        {
            Progress.Show($"{scenario.Name}: verifying {contender.Peer.Name}");
            Attempt(contender, () => WarmUp(contender));
        }
    }

    /// <summary>Measures all rounds, and sums them up.</summary>
    public IEnumerable<ProxyRow> Rows()
    {
        for (int round = 0; round < options.Rounds; round++)
        {
            Round(round);
        }

        foreach (Contender contender in _contenders)
        {
            contender.End();
        }

        IReadOnlyList<BurstResult>? reference = _contenders.Find(contender => contender.Peer.Name == ProxyPeer.Reference)?.Bursts;
        return _contenders.Select(contender => ProxyRow.Of(
            scenario, contender.Peer.Name, contender.Bursts, reference, contender.Managed, contender.PeakMemoryBytes));
    }

    public void Dispose()
    {
        foreach (Contender contender in _contenders)
        {
            contender.Dispose();
        }
    }

    private void WarmUp(Contender contender)
    {
        _ = load.Run(BurstOn(contender, s_verification, checksContent: true), interruption);
        for (int i = 0; i < ManagedWarmUps && contender.Peer.IsManaged; i++)
        {
            _ = load.Run(BurstOn(contender, options.WarmUp, checksContent: false), interruption);
        }

        contender.Begin();
    }

    /// <summary>Every proxy once. Each round begins with another one, so that none is always behind the same.</summary>
    private void Round(int round)
    {
        Contender[] order = [.. _contenders.Skip(round % _contenders.Count), .. _contenders.Take(round % _contenders.Count)];
        foreach (Contender contender in order)
        {
            Progress.Show($"{scenario.Name}: round {round + 1} of {options.Rounds}, {contender.Peer.Name}");
            Burst burst = BurstOn(contender, _burst, checksContent: false);
            Attempt(contender, () => contender.Bursts.Add(load.Run(burst, interruption)));
        }
    }

    private Burst BurstOn(Contender contender, TimeSpan duration, bool checksContent)
        => new(scenario, contender.Proxy.Port, contender.Proxy.ProcessId, duration, checksContent);

    /// <summary>A peer that fails is left out from there on; that the engine fails is the result.</summary>
    private void Attempt(Contender contender, Action action)
    {
        try
        {
            action();
        }
        catch (LoadException failure)
        {
            BenchException reason = contender.Proxy.Failure($"failed in {scenario.Name}: {failure.Message}");
            if (contender.Peer.Name == ProxyPeer.Engine)
            {
                throw reason;
            }

            Progress.Clear();
            Console.Error.WriteLine($"{reason.Message} Its rows of {scenario.Name} are left out.");
            contender.Dispose();
            _ = _contenders.Remove(contender);
        }
    }
}
