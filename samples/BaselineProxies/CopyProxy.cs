using System.Net;
using System.Net.Sockets;

namespace BaselineProxies;

/// <summary>A task for each direction of each connection, in it one <see cref="Stream.CopyToAsync(Stream)"/>.</summary>
internal sealed class CopyProxy : IAsyncDisposable
{
    private const int Backlog = 1024;

    private readonly Socket _listener;
    private readonly IPEndPoint _backend;

    private CopyProxy(IPEndPoint listen, IPEndPoint backend)
    {
        _backend = backend;
        _listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(listen);
        _listener.Listen(Backlog);
    }

    public static CopyProxy Start(IPEndPoint listen, IPEndPoint backend)
    {
        CopyProxy proxy = new(listen, backend);
        Console.Error.WriteLine($"listening {proxy._listener.LocalEndPoint}");
        _ = proxy.AcceptAsync();
        return proxy;
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client = await _listener.AcceptAsync();
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using NetworkStream front = new(client, ownsSocket: true);
        using Socket server = new(_backend.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            client.NoDelay = true;
            server.NoDelay = true;
            await server.ConnectAsync(_backend);
            using NetworkStream back = new(server);
            await Task.WhenAll(CopyAsync(front, back), CopyAsync(back, front));
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            // One side is gone: what is left is to close the other.
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        await from.CopyToAsync(to);
        to.Socket.Shutdown(SocketShutdown.Send);
    }
}
