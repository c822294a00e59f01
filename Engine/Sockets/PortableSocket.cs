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
                if (bytes < piece.Length || socket.Available == 0)
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
        int offered = chain.Length;
        int sent = 0;
        SocketError error = SocketError.Success;
        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            int bytes = socket.Send(segment, SocketFlags.None, out error);
            sent += bytes;
            if (bytes < segment.Length)
            {
                break;
            }
        }

        chain.TrimStart(sent);
        return Result(sent, offered, error);
    }

    private static MbufSocketResult Result(int moved, int offered, SocketError error)
        => moved > 0 || error == SocketError.Success ? MbufSocketResult.Moved(moved, offered)
        : error is SocketError.WouldBlock or SocketError.IOPending ? MbufSocketResult.Ended(MbufSocketStatus.WouldBlock, offered)
        : MbufSocketResult.Ended(MbufSocketStatus.Failed, offered, error);
}
