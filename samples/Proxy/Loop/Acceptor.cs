using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Engine.Mbufs;
using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// Takes clients off the listener. The listener is level-triggered, unlike everything else: what a turn leaves in the queue is
/// reported again, so a burst of clients cannot keep the connections that exist from being served.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Acceptor(LoopState loop, Connector connector)
{
    private const int AcceptsATurn = 64;

    /// <summary>
    /// How long accepting rests when the system is out of descriptors or memory; clients wait in the queue meanwhile.
    /// </summary>
    private const long RestMilliseconds = 100;

    private int _listener = TcpSocket.None;
    private long _restsUntil = long.MaxValue;

    /// <summary>When accepting goes on after a rest; <see cref="long.MaxValue"/> if it does not rest.</summary>
    public long RestsUntil => _restsUntil;

    /// <summary>Listens on this descriptor from now on, which it owns; the former one is closed.</summary>
    public void Use(int listener)
    {
        Stop();
        _listener = listener;
        _ = loop.Epoll.TryAdd(listener, EpollMask.In, EventToken.Listener);
    }

    public void Stop()
    {
        if (_listener != TcpSocket.None)
        {
            TcpSocket.Close(_listener);
            _listener = TcpSocket.None;
            _restsUntil = long.MaxValue;
        }
    }

    /// <summary>Takes what is in the queue, up to a turn's share.</summary>
    /// <returns>Whether there may be more.</returns>
    public bool Accept(in MbufScope mbufs)
    {
        if (_listener == TcpSocket.None)
        {
            return false;
        }

        for (int i = 0; i < AcceptsATurn; i++)
        {
            int client = TcpSocket.Accept(_listener);
            if (client >= 0)
            {
                Admit(in mbufs, client);
            }
            else if (!GoesOnAfter(Marshal.GetLastPInvokeError()))
            {
                return false;
            }
        }

        return true;
    }

    public void ResumeIfRested()
    {
        if (loop.Now >= _restsUntil && _listener != TcpSocket.None)
        {
            _restsUntil = long.MaxValue;
            _ = loop.Epoll.TryModify(_listener, EpollMask.In, EventToken.Listener);
        }
    }

    private void Admit(in MbufScope mbufs, int client)
    {
        loop.Counters.Connections++;

        // While connections that exist wait for memory, a new one would take it from them.
        if (!loop.Starved.IsEmpty || !loop.Table.TryTake(out int index))
        {
            loop.Counters.Refused++;
            TcpSocket.Close(client);
            return;
        }

        loop.Counters.Open++;
        ref Connection connection = ref loop.Table[index];
        connection.Phase = ConnectionPhase.Connecting;
        connection.Client.Reset(client);
        connection.Client.ReadBytes = loop.UsualClientRead;
        connection.Backend.Reset(TcpSocket.None);
        connector.Begin(in mbufs, ref connection);
    }

    /// <summary>
    /// Whether the error was the client's (gone already) rather than the end of the queue or of the system's means.
    /// </summary>
    private bool GoesOnAfter(int error)
    {
        switch (error)
        {
            case Errno.WouldBlock:
                return false;
            case Errno.TooManyFiles or Errno.FileTableFull or Errno.NoBuffers or Errno.OutOfMemory:
                // Level-triggered, the listener would be reported again at once, for ever: it is masked for a while.
                _restsUntil = loop.Now + RestMilliseconds;
                _ = loop.Epoll.TryModify(_listener, 0, EventToken.Listener);
                return false;
            default:
                return true;
        }
    }
}
