using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>One kind of load that every proxy is put under.</summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="Connections">Clients, each with a connection of its own for the length of a burst.</param>
/// <param name="BodyBytes">Bytes of a response behind its header.</param>
/// <param name="Description">The same in words.</param>
internal sealed record Scenario(string Name, int Connections, int BodyBytes, string Description)
{
    /// <summary>From this size on a response is part of a stream: what counts is bytes, not responses.</summary>
    private const int BulkBytes = 1 << 20;

    /// <summary>Every scenario, in the order of the tables.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("small-64", 64, 32, "requests of 80 bytes, answers of 160, kept alive on 64 connections"),
        new("small-1", 1, 32, "the same on one connection"),
        new("answer-100k", 16, 100 << 10, "answers of 100 KiB on 16 connections"),
        new("bulk-1", 1, 32 << 20, "one stream, in answers of 32 MiB"),
        new("bulk-8", 8, 32 << 20, "eight such streams"),
    ];

    /// <summary>Whether cost is counted for each byte only.</summary>
    public bool IsBulk => BodyBytes >= BulkBytes;

    /// <summary>Whether a request is so small that its bytes say nothing.</summary>
    public bool IsSmall => BodyBytes < 1 << 10;

    /// <summary>The scenario of a name.</summary>
    public static Scenario Find(string name)
        => All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new UsageException(
                $"There is no scenario '{name}': {string.Join(", ", All.Select(scenario => scenario.Name))}.");
}

/// <summary>All proxies in one scenario: started afresh, verified, warmed up, measured in rounds, ended.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ScenarioRun(
    Scenario scenario,
    string title,
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
            Progress.Show($"{title}: starting {peer.Name}");
            interruption.ThrowIfCancellationRequested();
            _contenders.Add(new Contender(peer, peer.Start(load.OriginPort, core, folder)));
        }

        foreach (Contender contender in _contenders.ToArray())
        {
            Progress.Show($"{title}: verifying {contender.Peer.Name}");
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
            Progress.Show($"{title}, round {round + 1} of {options.Rounds}: {contender.Peer.Name}");
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

/// <summary>A proxy in one scenario: its process, and what was measured of it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Contender(ProxyPeer peer, RunningProxy proxy) : IDisposable
{
    public ProxyPeer Peer { get; } = peer;
    public RunningProxy Proxy { get; } = proxy;

    /// <summary>One a round.</summary>
    public List<BurstResult> Bursts { get; } = [];

    /// <summary>What its garbage collector did in the rounds; null if it has none. There when it has ended.</summary>
    public ManagedFigures? Managed { get; private set; }

    public long PeakMemoryBytes { get; private set; }

    /// <summary>The rounds begin.</summary>
    public void Begin()
    {
        if (Peer.ReportsAnyTime)
        {
            Proxy.BeginCounting();
        }
    }

    /// <summary>The rounds are over.</summary>
    public void End()
    {
        PeakMemoryBytes = Proxy.PeakMemoryBytes;
        Managed = Proxy.EndCounting();
    }

    public void Dispose() => Proxy.Dispose();
}
