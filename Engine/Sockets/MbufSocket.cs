using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace Engine.Mbufs;

/// <summary>
/// Socket I/O straight into and out of chains: on Linux one vectored system call over native memory, elsewhere the same through
/// <see cref="Socket"/>, segment by segment.
/// </summary>
/// <remarks>
/// For stream sockets. Non-blocking ones report <see cref="MbufSocketStatus.WouldBlock"/>; on blocking ones the call blocks,
/// which a scope should not, until the socket's own timeout ends it as <see cref="SocketError.TimedOut"/>. Nothing is allocated
/// on the managed heap.
/// </remarks>
public static class MbufSocket
{
    /// <summary>
    /// Receives at the end of a chain: into the last mbuf's room, then into fresh 2 KiB clusters, in one system call (readv).
    /// If the arena cannot give room for all of <paramref name="length"/>, what it can give is used.
    /// </summary>
    /// <param name="socket">A connected stream socket.</param>
    /// <param name="chain">Grows by the bytes received; stays the caller's.</param>
    /// <param name="length">Most bytes to receive, 1 or more; room for about 2 MiB is offered at most in one call.</param>
    /// <returns>What happened. On everything but <see cref="MbufSocketStatus.Transferred"/> the chain is as it was.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="ObjectDisposedException">The socket is disposed.</exception>
    /// <exception cref="OverflowException">The chain holds 2,147,483,647 bytes already.</exception>
    public static MbufSocketResult Receive(Socket socket, MbufChain chain, int length)
    {
        ArgumentNullException.ThrowIfNull(socket);
        SafeSocketHandle handle = socket.SafeHandle;
        bool held = false;
        try
        {
            // A descriptor that another thread closes now could be another socket's in a moment.
            handle.DangerousAddRef(ref held);
            return OperatingSystem.IsLinux() && !Portability.IsForced
                ? BlockingSocket.Receive(socket, (int)handle.DangerousGetHandle(), chain, length)
                : PortableSocket.Receive(socket, chain, length);
        }
        finally
        {
            Release(handle, held);
        }
    }

    /// <summary>
    /// Sends a chain from its start, in one system call (writev), and trims what was sent off the chain. A chain of more than
    /// 1,024 segments is sent in part.
    /// </summary>
    /// <param name="socket">A connected stream socket.</param>
    /// <param name="chain">Shrinks by the bytes sent; stays the caller's. An empty one is sent without a system call.</param>
    /// <returns>What happened. On everything but <see cref="MbufSocketStatus.Transferred"/> the chain is as it was.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is null.</exception>
    /// <exception cref="MbufRoutineException">
    /// Bytes were sent, and a free routine of what was trimmed off threw: <see cref="MbufRoutineException.Result"/> is what would have been
    /// returned. Whatever else is thrown, nothing was sent.
    /// </exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="ObjectDisposedException">The socket is disposed.</exception>
    public static MbufSocketResult Send(Socket socket, MbufChain chain)
    {
        ArgumentNullException.ThrowIfNull(socket);
        SafeSocketHandle handle = socket.SafeHandle;
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            _ = ref chain.VerifiedHead();
            chain.PrepareOutput();
            return OperatingSystem.IsLinux() && !Portability.IsForced
                ? BlockingSocket.Send(socket, (int)handle.DangerousGetHandle(), chain)
                : PortableSocket.Send(socket, chain);
        }
        finally
        {
            Release(handle, held);
        }
    }

    /// <summary>
    /// The same as <see cref="Receive(Socket, MbufChain, int)"/> for event loops that work with file descriptors.
    /// </summary>
    /// <param name="fileDescriptor">A connected stream socket, kept open by the caller for the time of the call.</param>
    /// <param name="chain">Grows by the bytes received; stays the caller's.</param>
    /// <param name="length">Most bytes to receive, 1 or more.</param>
    /// <returns>What happened. On everything but <see cref="MbufSocketStatus.Transferred"/> the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain holds 2,147,483,647 bytes already.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    [SupportedOSPlatform("linux")]
    public static MbufSocketResult Receive(int fileDescriptor, MbufChain chain, int length)
    {
        ThrowIfNotLinux();
        return LinuxSocket.Receive(fileDescriptor, chain, length);
    }

    /// <summary>
    /// The same as <see cref="Receive(int, MbufChain, int)"/>, into larger clusters where there is much to receive: each piece of
    /// room costs the kernel a little of its own, so one of 16 KiB is filled faster than eight of 2 KiB.
    /// </summary>
    /// <param name="fileDescriptor">A connected stream socket, kept open by the caller for the time of the call.</param>
    /// <param name="chain">Grows by the bytes received; stays the caller's.</param>
    /// <param name="length">Most bytes to receive, 1 or more.</param>
    /// <param name="clusters">
    /// The size of fresh clusters while more than half of one is still asked for. For what is left then, and if the arena has
    /// none of them, clusters of 2 KiB are taken.
    /// </param>
    /// <returns>What happened. On everything but <see cref="MbufSocketStatus.Transferred"/> the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="length"/> is less than 1, or there is no such size.
    /// </exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="OverflowException">The chain holds 2,147,483,647 bytes already.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    [SupportedOSPlatform("linux")]
    public static MbufSocketResult Receive(int fileDescriptor, MbufChain chain, int length, MbufClusterSize clusters)
    {
        ThrowIfNotLinux();
        return LinuxSocket.Receive(fileDescriptor, chain, length, ClusterKind.ZoneOf(clusters));
    }

    /// <summary>The same as <see cref="Send(Socket, MbufChain)"/> for event loops that work with file descriptors.</summary>
    /// <param name="fileDescriptor">A connected stream socket, kept open by the caller for the time of the call.</param>
    /// <param name="chain">Shrinks by the bytes sent; stays the caller's.</param>
    /// <returns>What happened. On everything but <see cref="MbufSocketStatus.Transferred"/> the chain is as it was.</returns>
    /// <exception cref="MbufRoutineException">
    /// Bytes were sent, and a free routine of what was trimmed off threw: <see cref="MbufRoutineException.Result"/> is what would have been
    /// returned. Whatever else is thrown, nothing was sent.
    /// </exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    [SupportedOSPlatform("linux")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MbufSocketResult Send(int fileDescriptor, MbufChain chain)
    {
        ThrowIfNotLinux();
        chain.PrepareOutput();
        return LinuxSocket.Send(fileDescriptor, chain);
    }

    private static void Release(SafeSocketHandle handle, bool held)
    {
        if (held)
        {
            handle.DangerousRelease();
        }
    }

    /// <summary>Before any mbuf is taken: elsewhere the numbers of errors differ, and Windows has no readv.</summary>
    private static void ThrowIfNotLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("File descriptors work on Linux only; use the overload that takes a Socket.");
        }
    }
}
