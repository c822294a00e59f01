using System.Net.Sockets;

namespace Engine.Mbufs;

/// <summary>The same through <see cref="Socket"/>, one call a segment: its lists of buffers take arrays only.</summary>
internal static class PortableSocket
{
    public static MbufSocketResult Receive(Socket socket, MbufChain chain, int length)
    {
        if (!chain.TryReserveRoom(length, out MbufRoom room))
        {
            return MbufSocketResult.Exhausted;
        }

        int received = 0;
        SocketError error = SocketError.Success;
        bool ended = false;
        try
        {
            foreach (Span<byte> piece in room)
            {
                int bytes = socket.Receive(piece, SocketFlags.None, out error);
                received += bytes;
                ended = bytes == 0 && error == SocketError.Success;

                // What is there goes into the next piece; waiting for more would block a blocking socket.
                if (bytes < piece.Length || !HasMore(socket))
                {
                    break;
                }
            }
        }
        catch (ObjectDisposedException) when (received > 0)
        {
            // By another thread, meanwhile. What was received is told now, and that by the next call.
        }
        finally
        {
            room.CommitFilled(received);
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
                if (pieces == MbufRoom.MaximumPieces)
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
        catch (ObjectDisposedException) when (sent > 0)
        {
            // The same: what was sent is told now.
        }
        catch when (sent > 0)
        {
            chain.TrimStart(sent);
            throw;
        }

        if (sent > 0)
        {
            TrimSent(chain, sent, offered);
        }

        return Result(sent, offered, error);
    }

    /// <summary>
    /// Trims what was sent off a chain. The bytes are gone, whatever a free routine throws: so that comes with the result.
    /// </summary>
    private static void TrimSent(MbufChain chain, int bytes, int offered)
    {
        try
        {
            chain.TrimStart(bytes);
        }
        catch (Exception exception)
        {
            throw new MbufRoutineException(MbufSocketResult.Moved(bytes, offered), exception);
        }
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
