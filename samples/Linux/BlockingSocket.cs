using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Samples.Linux;

/// <summary>
/// A peer of the proxy inside its own process, for the warm-up and the demonstration: a socket on which a thread waits. Bare
/// descriptors here too, so that the demonstration's own traffic leaves the garbage collector as idle as the proxy does.
/// </summary>
[SupportedOSPlatform("linux")]
public static class BlockingSocket
{
    /// <summary>A listener on a free port of the loopback interface.</summary>
    public static int ListenOnLoopback(int backlog, int timeoutSeconds, out InetAddress address)
    {
        int listener = BindToLoopback(out address);
        if (Libc.Listen(listener, backlog) != 0)
        {
            throw SystemCallException.Of("listen");
        }

        TcpSocket.SetTimeouts(listener, timeoutSeconds);
        return listener;
    }

    /// <summary>A socket that holds a port of the loopback interface without listening: connections to it are refused.</summary>
    public static int BindToLoopback(out InetAddress address)
    {
        address = new InetAddress(System.Net.IPAddress.Loopback, 0);
        int socket = TcpSocket.OpenBlocking(address.Family);
        if (socket < 0 || Libc.Bind(socket, in address, address.Length) != 0 || !TcpSocket.TryGetName(socket, out address))
        {
            throw SystemCallException.Of("binding a loopback port");
        }

        return socket;
    }

    /// <summary>A connected socket whose calls wait at most this long; negative if there is none to be had.</summary>
    public static int Connect(in InetAddress address, int timeoutSeconds)
    {
        int socket = TcpSocket.OpenBlocking(address.Family);
        if (socket < 0)
        {
            return socket;
        }

        TcpSocket.SetTimeouts(socket, timeoutSeconds);
        _ = TcpSocket.SetNoDelay(socket);
        if (Libc.Connect(socket, in address, address.Length) == 0)
        {
            return socket;
        }

        TcpSocket.Close(socket);
        return TcpSocket.None;
    }

    /// <summary>The next client of a blocking listener; negative after the listener's time.</summary>
    public static int Accept(int listener, int timeoutSeconds)
    {
        int socket = TcpSocket.AcceptBlocking(listener);
        if (socket >= 0)
        {
            TcpSocket.SetTimeouts(socket, timeoutSeconds);
            _ = TcpSocket.SetNoDelay(socket);
        }

        return socket;
    }

    /// <summary>All of it, or false.</summary>
    public static bool TrySend(int socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint sent = Libc.Send(socket, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length, SocketConstants.NoSignal);
            if (sent > 0)
            {
                bytes = bytes[(int)sent..];
            }
            else if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>As much as the kernel takes without waiting.</summary>
    public static int SendNow(int socket, ReadOnlySpan<byte> bytes)
        => (int)Libc.Send(
            socket,
            in MemoryMarshal.GetReference(bytes),
            (nuint)bytes.Length,
            SocketConstants.NoSignal | SocketConstants.DoNotWait);

    /// <summary>Some bytes; 0 at the end, negative on failure or after the socket's time.</summary>
    public static int Receive(int socket, Span<byte> room)
    {
        while (true)
        {
            int received = (int)Libc.Receive(socket, ref MemoryMarshal.GetReference(room), (nuint)room.Length, 0);
            if (received >= 0 || Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                return received;
            }
        }
    }

    /// <summary>Exactly as many as there is room for, or false.</summary>
    public static bool TryReceive(int socket, Span<byte> room)
    {
        while (!room.IsEmpty)
        {
            int received = Receive(socket, room);
            if (received <= 0)
            {
                return false;
            }

            room = room[received..];
        }

        return true;
    }
}
