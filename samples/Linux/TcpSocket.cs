using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Samples.Linux;

/// <summary>
/// TCP sockets as bare descriptors: what the loop does to them, one system call a method. A descriptor is a number in a
/// connection's slot, not an object: nothing is created for a connection and nothing is finalized.
/// </summary>
[SupportedOSPlatform("linux")]
public static class TcpSocket
{
    public const int None = -1;

    private const int OpenFlags = SocketConstants.Stream | SocketConstants.CloseOnExec;

    public static int Open(int family) => Libc.Socket(family, OpenFlags | SocketConstants.NonBlocking, 0);

    public static int OpenBlocking(int family) => Libc.Socket(family, OpenFlags, 0);

    /// <summary>The new connection's descriptor, non-blocking, or a negative number and errno.</summary>
    public static int Accept(int listener)
        => Libc.Accept(listener, 0, 0, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);

    /// <summary>The same for a thread that waits.</summary>
    public static int AcceptBlocking(int listener) => Libc.Accept(listener, 0, 0, SocketConstants.CloseOnExec);

    /// <summary>Sends small segments at once: a proxy has already been given all there is to coalesce.</summary>
    public static bool SetNoDelay(int descriptor) => Set(descriptor, SocketConstants.LevelTcp, SocketConstants.NoDelay, 1);

    public static bool SetReuseAddress(int descriptor)
        => Set(descriptor, SocketConstants.LevelSocket, SocketConstants.ReuseAddress, 1);

    public static bool SetReusePort(int descriptor) => Set(descriptor, SocketConstants.LevelSocket, SocketConstants.ReusePort, 1);

    /// <summary>Bounds every blocking call on the socket.</summary>
    public static void SetTimeouts(int descriptor, int seconds)
    {
        TimeValue limit = new(seconds);
        int size = 2 * nint.Size;
        _ = Libc.SetOption(descriptor, SocketConstants.LevelSocket, SocketConstants.ReceiveTimeout, in limit, size);
        _ = Libc.SetOption(descriptor, SocketConstants.LevelSocket, SocketConstants.SendTimeout, in limit, size);
    }

    /// <summary>The error that is pending on the socket, which this clears; 0 for none.</summary>
    public static int TakeError(int descriptor)
    {
        int length = sizeof(int);
        return Libc.GetOption(descriptor, SocketConstants.LevelSocket, SocketConstants.SocketError, out int error, ref length) == 0
            ? error
            : Marshal.GetLastPInvokeError();
    }

    public static bool TryGetName(int descriptor, out InetAddress address)
    {
        int length = InetAddress.NativeSize;
        return Libc.GetSocketName(descriptor, out address, ref length) == 0;
    }

    public static bool TryGetPeer(int descriptor, out InetAddress address)
    {
        int length = InetAddress.NativeSize;
        return Libc.GetPeerName(descriptor, out address, ref length) == 0;
    }

    /// <summary>Ends the sending direction with a FIN.</summary>
    public static bool TryShutdownWrite(int descriptor) => Libc.Shutdown(descriptor, SocketConstants.ShutdownWrite) == 0;

    /// <summary>Closes in order: what was written is still delivered, then FIN.</summary>
    public static void Close(int descriptor) => _ = Libc.Close(descriptor);

    /// <summary>Closes with a reset: the peer must not take what it has received for the whole.</summary>
    public static void CloseWithReset(int descriptor)
    {
        SetReset(descriptor);
        _ = Libc.Close(descriptor);
    }

    /// <summary>Makes close() throw away what is unsent and send a reset.</summary>
    public static void SetReset(int descriptor)
    {
        Linger reset = Linger.Reset;
        _ = Libc.SetOption(descriptor, SocketConstants.LevelSocket, SocketConstants.LingerOption, in reset, 2 * sizeof(int));
    }

    private static bool Set(int descriptor, int level, int name, int value)
        => Libc.SetOption(descriptor, level, name, in value, sizeof(int)) == 0;
}
