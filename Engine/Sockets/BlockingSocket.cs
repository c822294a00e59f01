using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Engine.Mbufs;

/// <summary>What a blocking <see cref="Socket"/> promises, over a descriptor that may not block.</summary>
/// <remarks>
/// .NET makes a descriptor non-blocking with the first asynchronous operation, or when <see cref="Socket.Blocking"/> is set to
/// false, and never changes it back; from then on it emulates blocking. A system call that goes past it has to do the same. If
/// the descriptor does block, EAGAIN means that the socket's timeout is over, and the clock says so, too.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static class BlockingSocket
{
    private const int LongestWaitMilliseconds = 1_000_000;

    public static MbufSocketResult Receive(Socket socket, int fileDescriptor, MbufChain chain, int length)
    {
        long start = Environment.TickCount64;
        MbufSocketResult result = LinuxSocket.Receive(fileDescriptor, chain, length);
        while (result.Status == MbufSocketStatus.WouldBlock && socket.Blocking)
        {
            if (!TryWait(socket, SelectMode.SelectRead, start, socket.ReceiveTimeout))
            {
                return MbufSocketResult.Ended(MbufSocketStatus.Failed, result.Offered, SocketError.TimedOut);
            }

            result = LinuxSocket.Receive(fileDescriptor, chain, length);
        }

        return result;
    }

    public static MbufSocketResult Send(Socket socket, int fileDescriptor, MbufChain chain)
    {
        long start = Environment.TickCount64;
        MbufSocketResult result = LinuxSocket.Send(fileDescriptor, chain);
        while (result.Status == MbufSocketStatus.WouldBlock && socket.Blocking)
        {
            if (!TryWait(socket, SelectMode.SelectWrite, start, socket.SendTimeout))
            {
                return MbufSocketResult.Ended(MbufSocketStatus.Failed, result.Offered, SocketError.TimedOut);
            }

            result = LinuxSocket.Send(fileDescriptor, chain);
        }

        return result;
    }

    /// <summary>Waits until the socket may be ready; the next call tells whether it is. False if the time is over.</summary>
    private static bool TryWait(Socket socket, SelectMode mode, long start, int timeoutMilliseconds)
    {
        if (timeoutMilliseconds <= 0)
        {
            _ = socket.Poll(-1, mode);
            return true;
        }

        long left = timeoutMilliseconds - (Environment.TickCount64 - start);
        if (left <= 0)
        {
            return false;
        }

        _ = socket.Poll(TimeSpan.FromMilliseconds(Math.Min(left, LongestWaitMilliseconds)), mode);
        return true;
    }
}
