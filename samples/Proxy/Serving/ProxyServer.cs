using System.Diagnostics;
using System.Runtime.Versioning;

using Engine.Mbufs;
using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// The proxy as a whole: everything that it will ever use is taken here, before the first client: addresses, arena, slots,
/// threads, and by the warm-up the compiled code. Constructed, it listens; what goes wrong before that leaves nothing behind.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ProxyServer : IDisposable
{
    private readonly ListenerSet _listeners;
    private readonly MbufArena _arena;
    private readonly Worker[] _workers;
    private readonly MbufCache[] _caches;
    private readonly Stopwatch _clock = new();
    private int _collectionsBefore;

    public ProxyServer(ProxyOptions options, InetAddress listen, BackendList backends, EndRequest end)
    {
        int wanted = options.MaxConnections ?? ProxyOptions.DefaultConnections;
        Connections = Math.Min(wanted, DescriptorLimit.ConnectionsFor(options.Workers));
        LoopSettings settings = new(options);
        _listeners = ListenerSet.Bind(listen, options.Workers);
        ConnectionTable table = new(Connections);
        _arena = ArenaOf(options, settings.Clusters);
        _caches = [.. Enumerable.Range(0, options.Workers).Select(_ => _arena.CreateCache())];
        using WarmUpRun warmUp = new(options, settings, table, end.Ask);
        _workers = warmUp.Workers;
        Begin(options, backends);
    }

    /// <summary>Where clients connect, with the port in use.</summary>
    public InetAddress Address => _listeners.Address;

    /// <summary>
    /// Connections that can be open at a time: as asked for, or as many as the process may have descriptors for.
    /// </summary>
    public int Connections { get; }

    /// <summary>Mbufs in use at the moment; from any thread.</summary>
    public int LiveMbufs => _arena.LiveMbufs;

    /// <summary>The sums of all workers' counters; from any thread.</summary>
    public LoopCounters Counters
    {
        get
        {
            LoopCounters sum = default;
            foreach (Worker worker in _workers)
            {
                ref readonly LoopCounters counters = ref worker.Counters;
                sum.Connections += Volatile.Read(in counters.Connections);
                sum.Refused += Volatile.Read(in counters.Refused);
                sum.BytesToBackend += Volatile.Read(in counters.BytesToBackend);
                sum.BytesToClient += Volatile.Read(in counters.BytesToClient);
                sum.Open += Volatile.Read(in counters.Open);
            }

            return sum;
        }
    }

    /// <summary>Lets connections finish within the drain timeout and says what the run came to.</summary>
    public ProxyReport Stop()
    {
        foreach (Worker worker in _workers)
        {
            worker.BeginDrain();
        }

        foreach (Worker worker in _workers)
        {
            worker.Join();
        }

        _clock.Stop();
        int collections = Collections() - _collectionsBefore;
        ThrowIfAnyFailed();
        ThrowIfInconsistent();
        return Report(collections);
    }

    public void Dispose()
    {
        _listeners.Dispose();
        foreach (Worker worker in _workers)
        {
            worker.Dispose();
        }

        foreach (MbufCache cache in _caches)
        {
            cache.Dispose();
        }

        _arena.Dispose();
    }

    /// <summary>Hands the workers over from the warm-up to the work. Counting begins here.</summary>
    private void Begin(ProxyOptions options, BackendList backends)
    {
        GC.Collect();
        _listeners.Listen();
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i].Assign(new WorkerAssignment(_listeners.Take(i), backends, _caches[i], options.ProxyProtocol));
        }

        _clock.Start();
        _collectionsBefore = Collections();
    }

    private static MbufArena ArenaOf(ProxyOptions options, ClusterBudget budget) => new(new MbufArenaOptions
    {
        Name = "proxy",
        Mbufs = options.Mbufs,
        Clusters = budget.Small,
        PageClusters = 0,
        Jumbo9Clusters = 0,
        Jumbo16Clusters = budget.Large,
        Caches = options.Workers + 1,
    });

    private static int Collections()
    {
        int sum = 0;
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            sum += GC.CollectionCount(generation);
        }

        return sum;
    }

    private ProxyReport Report(int collections)
    {
        LoopCounters counters = Counters;
        MbufStatistics statistics = _arena.GetStatistics();
        return new ProxyReport
        {
            Seconds = _clock.Elapsed.TotalSeconds,
            Connections = counters.Connections,
            Refused = counters.Refused,
            BytesToBackend = counters.BytesToBackend,
            BytesToClient = counters.BytesToClient,
            WorkerManagedBytes = _workers.Sum(worker => worker.ManagedBytes),
            GcCollections = collections,
            MbufsHighWater = statistics.Mbufs.HighWater,
            ClustersHighWater = ClusterBudget.Sum(statistics.Clusters.HighWater, statistics.Jumbo16Clusters.HighWater),
            LiveMbufs = _arena.LiveMbufs,
        };
    }

    /// <summary>Every mbuf is in exactly one place, or the run was not good, whatever its figures.</summary>
    private void ThrowIfInconsistent()
    {
        MbufAudit audit = _arena.Audit();
        if (!audit.IsConsistent)
        {
            throw new StartException($"the arena is inconsistent: {string.Join("; ", audit.Problems)}");
        }
    }

    private void ThrowIfAnyFailed()
    {
        Exception? failure = _workers.Select(worker => worker.Failure).FirstOrDefault(exception => exception is not null);
        if (failure is not null)
        {
            throw new StartException($"a worker failed: {failure}");
        }
    }
}
