using System.Runtime.Versioning;

using Engine.Mbufs;
using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// One turn after another: wait for events, open a scope of the arena, serve what was reported, what was put off and what is
/// overdue, close the scope. The scope is never open while the loop waits, so an idle worker's magazines are anyone's to drain.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class EventLoop
{
    /// <summary>How often a starved connection asks the arena again if nothing else happens.</summary>
    private const int StarvedMilliseconds = 1;

    private readonly LoopState _loop;
    private readonly ConnectionCloser _closer;
    private readonly Forwarder _forwarder;
    private readonly Connector _connector;

    public EventLoop(LoopState loop)
    {
        _loop = loop;
        _closer = new ConnectionCloser(loop);
        _forwarder = new Forwarder(loop, _closer);
        _connector = new Connector(loop, _closer, _forwarder);
        Acceptor = new Acceptor(loop, _connector);
    }

    public Acceptor Acceptor { get; }

    /// <summary>Waits, at most until the time given, and serves what there is.</summary>
    /// <returns>Whether another thread asked for attention.</returns>
    public bool Turn(MbufCache cache, long notLaterThan)
    {
        int count = _loop.Epoll.Wait(TimeoutUntil(notLaterThan));
        _loop.Now = Environment.TickCount64;
        using MbufScope mbufs = cache.Enter();
        bool woken = false;
        for (int i = 0; i < count; i++)
        {
            woken |= Dispatch(in mbufs, _loop.Epoll.TokenOf(i), _loop.Epoll.MaskOf(i));
        }

        ServeReady(in mbufs);
        ServeStarved(in mbufs);
        Expire(in mbufs);
        Acceptor.ResumeIfRested();
        return woken;
    }

    /// <summary>
    /// Takes every client that the kernel has already accepted on the listener's behalf: closing it would reset them.
    /// </summary>
    public void AcceptAll(MbufCache cache)
    {
        using MbufScope mbufs = cache.Enter();
        while (Acceptor.Accept(in mbufs))
        {
        }
    }

    /// <summary>Closes every connection: the time to drain is over.</summary>
    public void CloseAll(MbufCache cache)
    {
        using MbufScope mbufs = cache.Enter();
        while (_loop.Connecting.TryPeek(out int index))
        {
            _closer.Refuse(in mbufs, ref _loop.Table[index]);
        }

        while (_loop.Idle.TryPeek(out int index))
        {
            _closer.CutShort(in mbufs, ref _loop.Table[index]);
        }
    }

    private bool Dispatch(in MbufScope mbufs, ulong token, uint mask)
    {
        if (token == EventToken.WakeUp)
        {
            return true;
        }

        if (token == EventToken.Listener)
        {
            _ = Acceptor.Accept(in mbufs);
            return false;
        }

        ref Connection connection = ref _loop.Table[EventToken.IndexOf(token)];
        if (connection.Generation == EventToken.GenerationOf(token))
        {
            OnSocketEvent(in mbufs, ref connection, EventToken.IsBackend(token), mask);
        }

        return false;
    }

    private void OnSocketEvent(in MbufScope mbufs, ref Connection connection, bool isBackend, uint mask)
    {
        if (isBackend)
        {
            connection.Backend.Set(StateOf(mask));
        }
        else
        {
            connection.Client.Set(StateOf(mask));
        }

        if (connection.Phase == ConnectionPhase.Established)
        {
            _forwarder.Serve(in mbufs, ref connection);
        }
        else if (isBackend)
        {
            _connector.OnBackendEvent(in mbufs, ref connection);
        }
        else if (connection.Client.Is(EndpointState.Broken))
        {
            _closer.Abort(in mbufs, ref connection);
        }
    }

    private static EndpointState StateOf(uint mask)
    {
        EndpointState state = EndpointState.None;
        if ((mask & (EpollMask.In | EpollMask.HangUp)) != 0)
        {
            state |= EndpointState.Readable;
        }

        if ((mask & EpollMask.Out) != 0)
        {
            state |= EndpointState.Writable;
        }

        if ((mask & EpollMask.PeerEnded) != 0)
        {
            state |= EndpointState.Readable | EndpointState.PeerEnded;
        }

        if ((mask & EpollMask.Priority) != 0)
        {
            state |= EndpointState.Readable | EndpointState.ReadToEnd;
        }

        if ((mask & EpollMask.Error) != 0)
        {
            state |= EndpointState.Readable | EndpointState.Writable | EndpointState.ReadToEnd | EndpointState.Broken;
        }

        return state;
    }

    /// <summary>One more share each for those that had not finished theirs.</summary>
    private void ServeReady(in MbufScope mbufs)
    {
        for (int left = _loop.Ready.Count; left > 0 && !_loop.Ready.IsEmpty; left--)
        {
            _forwarder.Serve(in mbufs, ref _loop.Table[_loop.Ready.First]);
        }
    }

    /// <summary>
    /// In order of arrival, until one finds that there still is no memory: then there is none for those behind it.
    /// </summary>
    private void ServeStarved(in MbufScope mbufs)
    {
        for (int left = _loop.Starved.Count; left > 0 && !_loop.Starved.IsEmpty; left--)
        {
            int index = _loop.Starved.First;
            _forwarder.Serve(in mbufs, ref _loop.Table[index]);
            if (_loop.Starved.Last == index)
            {
                return;
            }
        }
    }

    private void Expire(in MbufScope mbufs)
    {
        while (_loop.Connecting.TryPeekExpired(_loop.Now, out int index))
        {
            _connector.OnFailure(in mbufs, ref _loop.Table[index]);
        }

        while (_loop.Idle.TryPeekExpired(_loop.Now, out int index))
        {
            _closer.Expire(in mbufs, ref _loop.Table[index]);
        }
    }

    private int TimeoutUntil(long notLaterThan)
    {
        if (!_loop.Ready.IsEmpty)
        {
            return 0;
        }

        long until = Math.Min(notLaterThan, Acceptor.RestsUntil);
        until = Math.Min(until, Math.Min(_loop.Connecting.NextExpiry, _loop.Idle.NextExpiry));
        if (until == long.MaxValue)
        {
            return _loop.Starved.IsEmpty ? -1 : StarvedMilliseconds;
        }

        long wait = Math.Clamp(until - Environment.TickCount64, 0, int.MaxValue);
        return (int)(_loop.Starved.IsEmpty ? wait : Math.Min(wait, StarvedMilliseconds));
    }
}
