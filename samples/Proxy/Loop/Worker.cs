using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// A thread with a loop of its own: listener, epoll, connections, cache. It shares with the other workers the arena's depot,
/// the table of free slots and nothing else.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Worker : IDisposable
{
    private const int EventsATurn = 512;

    private readonly Epoll _epoll = new(EventsATurn);
    private readonly WakeUp _wakeUp = new();
    private readonly LoopState _loop;
    private readonly EventLoop _events;
    private readonly Thread _thread;
    private readonly Action _onFailure;
    private WorkerAssignment _assignment;
    private WorkerAssignment? _next;
    private long _allocatedBefore;
    private bool _drains;
    private volatile bool _drainAsked;

    public Worker(int number, LoopSettings settings, ConnectionTable table, WorkerAssignment assignment, Action onFailure)
    {
        _onFailure = onFailure;
        _assignment = assignment;
        _next = assignment;
        _loop = new LoopState(settings, table, _epoll, assignment.Backends);
        _events = new EventLoop(_loop);
        _ = _epoll.TryAdd(_wakeUp.Descriptor, EpollMask.In, EventToken.WakeUp);
        _thread = new Thread(Run) { Name = $"proxy worker {number}", IsBackground = true };
    }

    /// <summary>
    /// Bytes that the thread has allocated on the managed heap since it took its last assignment. Final once it has ended.
    /// </summary>
    public long ManagedBytes { get; private set; }

    /// <summary>Why the thread ended before it was asked to; null if it did not.</summary>
    public Exception? Failure { get; private set; }

    public ref readonly LoopCounters Counters => ref _loop.Counters;

    public void Start()
    {
        _thread.Start();
        _wakeUp.Signal();
    }

    /// <summary>Gives it other work, and waits until it has begun. No connection may be open.</summary>
    public void Assign(WorkerAssignment assignment)
    {
        Volatile.Write(ref _next, assignment);
        _wakeUp.Signal();
        assignment.Taken.Wait();
    }

    /// <summary>Lets it finish its connections, for as long as --drain-timeout says, and end.</summary>
    public void BeginDrain()
    {
        _drainAsked = true;
        _wakeUp.Signal();
    }

    public void Join() => _thread.Join();

    public void Dispose()
    {
        _epoll.Dispose();
        _wakeUp.Dispose();
    }

    private void Run()
    {
        try
        {
            Serve();
        }
        catch (Exception e)
        {
            Failure = e;
            _onFailure();
        }
        finally
        {
            ManagedBytes = GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
            _events.Acceptor.Stop();
            Volatile.Read(ref _next)?.Taken.Set();
        }
    }

    private void Serve()
    {
        long drainUntil = long.MaxValue;
        while (!_drains || (_loop.Counters.Open > 0 && _loop.Now < drainUntil))
        {
            if (!_events.Turn(_assignment.Cache, drainUntil))
            {
                continue;
            }

            _wakeUp.Clear();
            TakeAssignment();
            if (_drainAsked && !_drains)
            {
                _drains = true;
                _events.AcceptAll(_assignment.Cache);
                _events.Acceptor.Stop();
                drainUntil = _loop.Now + _loop.Settings.DrainTimeoutMilliseconds;
            }
        }

        _events.CloseAll(_assignment.Cache);
    }

    private void TakeAssignment()
    {
        WorkerAssignment? next = Interlocked.Exchange(ref _next, null);
        if (next is null)
        {
            return;
        }

        _assignment = next;
        _events.Acceptor.Use(next.Listener);
        _loop.Rotation = new BackendRotation(next.Backends);
        _loop.ProxyProtocol = next.ProxyProtocol;
        _loop.UsualClientRead = ReadSize.Smallest;
        _loop.UsualBackendRead = ReadSize.Smallest;
        _loop.Counters = default;
        next.Taken.Set();
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    }
}
