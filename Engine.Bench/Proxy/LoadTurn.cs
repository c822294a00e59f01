using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>The connections of one burst, and the loop over them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoadTurn(
    Socket listener,
    Func<int, LoadPayload> payloads,
    TimeSpan patience,
    CancellationToken cancellation) : IDisposable
{
    private const int EventsATurn = 256;
    private const ulong ListenerToken = ulong.MaxValue;

    /// <summary>Behind what can be received is the end.</summary>
    private const uint Ended = EpollMask.Error | EpollMask.HangUp | EpollMask.PeerEnded;

    private readonly Epoll _epoll = new(EventsATurn);
    private readonly List<LoadSocket> _sockets = [];
    private readonly List<ClientConnection> _clients = [];
    private readonly List<OriginConnection> _origins = [];

    /// <summary>Those with more to do than an event said, each once, in order.</summary>
    private readonly Queue<LoadSocket> _more = new();

    private long _seenBytes;
    private long _seenAt;

    public ClientTally Tally { get; } = new();

    /// <summary>Connects all clients, and sends the first requests.</summary>
    public void Connect(Burst burst, LoadPayload payload)
    {
        Watch((int)listener.Handle, EpollMask.In, ListenerToken);
        bool checks = burst.ChecksContent || burst.Scenario.IsSmall;
        for (int i = 0; i < burst.Scenario.Connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var client = new ClientConnection(socket, payload, Tally, checks);
            _clients.Add(client);
            TryConnect(socket, burst.Port);
            Watch(client);
        }

        foreach (ClientConnection client in _clients)
        {
            client.Ask(Stopwatch.GetTimestamp());
        }

        _seenAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Serves both sides until a time.</summary>
    public void Until(long end) => Serve(end, static turn => false);

    /// <summary>
    /// Goes on until there is a cost to speak of: on a machine with much else to do a whole burst can pass without a response.
    /// </summary>
    public void UntilSomethingCame(bool isBulk)
        => Serve(long.MaxValue, isBulk ? static turn => turn.Tally.Bytes > 0 : static turn => turn.Tally.Latencies.Count > 0);

    /// <summary>Lets the responses that are under way arrive, closes, and waits until the proxy has closed as well.</summary>
    public void Close()
    {
        Tally.IsClosing = true;
        Serve(long.MaxValue, static turn => !turn._clients.Exists(client => client.IsBusy));
        foreach (ClientConnection client in _clients)
        {
            client.Dispose();
        }

        long end = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        Serve(end, static turn => turn._origins.TrueForAll(origin => origin.IsClosed));
    }

    public void Dispose()
    {
        foreach (LoadSocket socket in _sockets)
        {
            socket.Dispose();
        }

        foreach (ClientConnection client in _clients)
        {
            client.Dispose();
        }

        _epoll.Dispose();
    }

    private static void TryConnect(Socket socket, int port)
    {
        try
        {
            socket.Connect(IPAddress.Loopback, port);
        }
        catch (SocketException failure)
        {
            throw new LoadException($"it does not take connections: {failure.Message}");
        }
    }

    private void Serve(long end, Func<LoadTurn, bool> isDone)
    {
        for (long now = Stopwatch.GetTimestamp(); now < end && !isDone(this); now = Stopwatch.GetTimestamp())
        {
            Turn();
            Watchdog(now);
        }
    }

    private void Turn()
    {
        for (int left = _more.Count; left > 0; left--)
        {
            Advance(_more.Dequeue());
        }

        int events = _epoll.Wait(0);
        for (int i = 0; i < events; i++)
        {
            ulong token = _epoll.TokenOf(i);
            if (token == ListenerToken)
            {
                Accept();
            }
            else
            {
                Report(_sockets[(int)token], _epoll.MaskOf(i));
            }
        }
    }

    private void Report(LoadSocket socket, uint mask)
    {
        socket.HasEnded |= (mask & Ended) != 0;
        if (!socket.IsQueued)
        {
            Advance(socket);
        }
    }

    private void Advance(LoadSocket socket)
    {
        socket.IsQueued = socket.Advance();
        if (socket.IsQueued)
        {
            _more.Enqueue(socket);
        }
    }

    private void Accept()
    {
        while (listener.Poll(0, SelectMode.SelectRead))
        {
            Socket socket = listener.Accept();
            socket.NoDelay = true;
            var origin = new OriginConnection(socket, payloads);
            _origins.Add(origin);
            Watch(origin);
        }
    }

    private void Watch(LoadSocket socket)
    {
        const uint Mask = EpollMask.In | EpollMask.Out | Ended | EpollMask.EdgeTriggered;
        Watch(socket.Descriptor, Mask, (ulong)_sockets.Count);
        _sockets.Add(socket);
    }

    private void Watch(int descriptor, uint mask, ulong token)
    {
        if (!_epoll.TryAdd(descriptor, mask, token))
        {
            throw SystemCallException.Of("epoll_ctl");
        }
    }

    private void Watchdog(long now)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Tally.Bytes != _seenBytes)
        {
            (_seenBytes, _seenAt) = (Tally.Bytes, now);
        }
        else if (Stopwatch.GetElapsedTime(_seenAt, now) > patience && _clients.Exists(client => client.IsBusy))
        {
            throw new LoadException($"nothing came through for {patience.TotalSeconds} seconds");
        }
    }
}
