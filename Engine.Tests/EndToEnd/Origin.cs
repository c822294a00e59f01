using System.Net;
using System.Net.Sockets;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>A service behind the proxy.</summary>
internal sealed class Origin : IDisposable
{
    private readonly Socket _listener;
    private readonly CancellationToken _patience;
    private readonly CancellationTokenSource _stop;

    public Origin(IPAddress address, CancellationToken patience)
    {
        _patience = patience;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(patience);
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address, 0));
        _listener.Listen(1024);
    }

    /// <summary>As the command line takes it.</summary>
    public string Address => _listener.LocalEndPoint!.ToString()!;

    public async Task<Peer> AcceptAsync() => Accepted(await _listener.AcceptAsync(_patience));

    /// <summary>Serves connections, all at once, until it is told to stop; then waits for those that it has.</summary>
    public async Task ServeAsync(Func<Peer, Task> visit)
    {
        List<Task> visits = [];
        try
        {
            while (true)
            {
                visits.Add(visit(Accepted(await _listener.AcceptAsync(_stop.Token))));
            }
        }
        catch (OperationCanceledException) when (!_patience.IsCancellationRequested)
        {
            await Task.WhenAll(visits);
        }
    }

    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        _listener.Dispose();
        _stop.Dispose();
    }

    private Peer Accepted(Socket socket)
    {
        socket.NoDelay = true;
        return new Peer(socket, _patience);
    }
}
