using System.Net.Sockets;

namespace Engine.Mbufs;

/// <summary>The same through <see cref="Socket"/>, one call a segment: its lists of buffers take arrays only.</summary>
internal static class PortableSocket
{
    public static MbufSocketResult Receive(Socket socket, MbufChain chain, int length)
    {
        ReceiveRoom room = ReceiveRoom.Take(chain, length);
        if (room.Length == 0)
        {
            return MbufSocketResult.Exhausted;
        }

        int received = 0;
        SocketError error = SocketError.Success;
        bool ended = false;
        try
        {
            foreach (ReceiveRoom.Piece piece in room)
            {
                int bytes = socket.Receive(chain.Cache.Hot.Memory.Bytes(piece.Offset, piece.Length), SocketFlags.None, out error);
                received += bytes;
                ended = bytes == 0 && error == SocketError.Success;

                // What is there goes into the next piece; waiting for more would block a blocking socket.
                if (bytes < piece.Length || !HasMore(socket))
                {
                    break;
                }
            }
        }
        finally
        {
            room.Commit(received);
        }

        return received == 0 && ended
            ? MbufSocketResult.Ended(MbufSocketStatus.EndOfStream, room.Length)
            : Result(received, room.Length, error);
    }

    public static MbufSocketResult Send(Socket socket, MbufChain chain)
    {
        int offered = 0;
        int pieces = 0;
        int sent = 0;
        SocketError error = SocketError.Success;
        try
        {
            foreach (ReadOnlySpan<byte> segment in chain.Segments)
            {
                if (pieces == ReceiveRoom.MostPieces)
                {
                    break;
                }

                pieces++;
                if (sent == offered)
                {
                    sent += socket.Send(segment, SocketFlags.None, out error);
                }

                offered += segment.Length; // What does not fit is counted, as one vectored call would.
            }
        }
        finally
        {
            chain.TrimStart(sent);
        }

        return Result(sent, offered, error);
    }

    /// <summary>What was received is worth more than the news that it was the last: an error waits for the next call.</summary>
    private static bool HasMore(Socket socket)
    {
        try
        {
            return socket.Available > 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static MbufSocketResult Result(int moved, int offered, SocketError error)
        => moved > 0 || error == SocketError.Success ? MbufSocketResult.Moved(moved, offered)
        : error is SocketError.WouldBlock or SocketError.IOPending ? MbufSocketResult.Ended(MbufSocketStatus.WouldBlock, offered)
        : MbufSocketResult.Ended(MbufSocketStatus.Failed, offered, error);
}
