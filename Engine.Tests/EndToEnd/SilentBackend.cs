using System.Net;
using System.Net.Sockets;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>
/// An address that neither takes nor refuses connections: the queue of its listener is full, and the system drops what asks for
/// more.
/// </summary>
internal sealed class SilentBackend : IDisposable
{
    private readonly Socket _listener = NewSocket();
    private readonly Socket[] _queued = [NewSocket(), NewSocket(), NewSocket()];

    public SilentBackend()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        _queued[0].Connect(_listener.LocalEndPoint!);
        foreach (Socket socket in _queued.AsSpan(1))
        {
            socket.Blocking = false;
            try
            {
                socket.Connect(_listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // Queued, or already in vain.
            }
        }
    }

    public string Address => _listener.LocalEndPoint!.ToString()!;

    public void Dispose()
    {
        Array.ForEach(_queued, static socket => socket.Dispose());
        _listener.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
