using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>The server's end of a connection: answers one request after another.</summary>
[SupportedOSPlatform("linux")]
internal sealed class OriginConnection(Socket socket, Func<int, LoadPayload> payloads) : LoadSocket(socket)
{
    /// <summary>Offered to the kernel at a time; then the clients have their turn.</summary>
    private const int Piece = 256 << 10;

    private readonly byte[] _request = GC.AllocateArray<byte>(LoadPayload.RequestLength, pinned: true);
    private int _received;
    private LoadPayload? _answer;
    private long _sent;

    /// <summary>Whether the proxy has closed it.</summary>
    public bool IsClosed { get; private set; }

    public override bool Advance()
    {
        if (IsClosed)
        {
            return false;
        }

        if (_answer is null)
        {
            ReceiveRequest();
        }

        return _answer is not null && SendPiece();
    }

    private void ReceiveRequest()
    {
        while (_received < _request.Length)
        {
            Span<byte> room = _request.AsSpan(_received);
            int received = _received == 0 ? ReceiveOrEnd(room) : Receive(room);
            if (received <= 0)
            {
                CloseAtEnd(received);
                return;
            }

            _received += received;
        }

        int bytes = LoadPayload.BodyBytesOf(_request);
        _answer = bytes >= 0 ? payloads(bytes) : throw new LoadException("the origin received something else than a request");
        _received = 0;
        _sent = 0;
    }

    /// <summary>A proxy that has passed on the end of a client waits for that of the server.</summary>
    private void CloseAtEnd(int received)
    {
        if (received == 0)
        {
            IsClosed = true;
            Dispose();
        }
    }

    /// <summary>One piece. If the kernel did not take all of it, an event says when it takes more.</summary>
    private bool SendPiece()
    {
        ReadOnlySpan<byte> piece = _answer!.At(_sent, Piece);
        int sent = Send(piece);
        _sent += Math.Max(sent, 0);
        if (_sent == _answer.Length)
        {
            _answer = null;
            return false;
        }

        return sent == piece.Length;
    }
}
