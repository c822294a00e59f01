using System.Diagnostics;
using System.Runtime.Versioning;

using Engine.Mbufs;
using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// Runs connections through every worker before the first real one comes, so that the code is compiled, the system calls are
/// bound and each thread has its thread-local state: from then on a worker allocates nothing. With an arena, listeners and an
/// origin of its own, so that nothing of it shows in the figures of the run.
/// </summary>
/// <remarks>
/// Best effort: under options that no connection survives (an idle timeout of a millisecond) it comes to an end without having
/// warmed all.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class WarmUpRun : IDisposable
{
    private const int Mbufs = 4_096;
    private const int Backlog = 16;
    private const int TimeoutSeconds = 2;

    private readonly MbufArena _arena;
    private readonly List<MbufCache> _caches = [];
    private readonly int _origin;
    private readonly int _dead;

    /// <summary>Starts the workers and warms them, one after the other.</summary>
    public WarmUpRun(ProxyOptions options, LoopSettings settings, ConnectionTable table, Action onFailure)
    {
        _arena = new MbufArena(new MbufArenaOptions
        {
            Name = "warm-up",
            Mbufs = Mbufs,
            Clusters = Mbufs,
            Caches = options.Workers + 1,
        });
        _origin = BlockingSocket.ListenOnLoopback(Backlog, TimeoutSeconds, out InetAddress origin);
        _dead = BlockingSocket.BindToLoopback(out InetAddress dead);
        BackendList backends = new([[dead], [origin]]);
        Workers = new Worker[options.Workers];
        for (int number = 0; number < Workers.Length; number++)
        {
            Workers[number] = Start(number, options, settings, table, backends, onFailure);
        }
    }

    public Worker[] Workers { get; }

    /// <summary>Only after the workers have been given other work.</summary>
    public void Dispose()
    {
        TcpSocket.Close(_origin);
        TcpSocket.Close(_dead);
        foreach (MbufCache cache in _caches)
        {
            cache.Dispose();
        }

        _arena.Dispose();
    }

    private Worker Start(
        int number,
        ProxyOptions options,
        LoopSettings settings,
        ConnectionTable table,
        BackendList backends,
        Action onFailure)
    {
        MbufCache cache = _arena.CreateCache();
        _caches.Add(cache);
        InetAddress any = new(System.Net.IPAddress.Loopback, 0);
        using ListenerSet listener = ListenerSet.Bind(any, 1);
        listener.Listen();
        WorkerAssignment assignment = new(listener.Take(0), backends, cache, options.ProxyProtocol);
        Worker worker = new(number, settings, table, assignment, onFailure);
        worker.Start();
        assignment.Taken.Wait();
        WarmUpScript script = new(listener.Address, _origin, options.ProxyProtocol, TimeoutSeconds);
        if (number == 0)
        {
            script.RunAll(() => WaitUntilQuiet(worker));
        }
        else
        {
            script.RunShort(() => WaitUntilQuiet(worker));
        }

        return worker;
    }

    /// <summary>The next connection may need the only slot there is, and the next assignment finds none open.</summary>
    private static void WaitUntilQuiet(Worker worker)
    {
        long until = Stopwatch.GetTimestamp() + (TimeoutSeconds * Stopwatch.Frequency);
        while (Volatile.Read(in worker.Counters.Open) != 0 && Stopwatch.GetTimestamp() < until)
        {
            Thread.Sleep(1);
        }
    }
}
