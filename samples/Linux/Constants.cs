namespace Engine.Samples.Linux;

/// <summary>errno, as Linux numbers it on every architecture that .NET runs on.</summary>
public static class Errno
{
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int OutOfMemory = 12;
    public const int PermissionDenied = 13;
    public const int FileTableFull = 23;
    public const int TooManyFiles = 24;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int InProgress = 115;
}

/// <summary>Constants of sys/socket.h and netinet/*.h.</summary>
public static class SocketConstants
{
    public const int Inet = 2;
    public const int Inet6 = 10;

    public const int Stream = 1;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int LevelSocket = 1;
    public const int ReuseAddress = 2;
    public const int SocketError = 4;
    public const int LingerOption = 13;
    public const int ReusePort = 15;
    public const int ReceiveTimeout = 20;
    public const int SendTimeout = 21;

    public const int LevelTcp = 6;
    public const int NoDelay = 1;

    public const int ShutdownWrite = 1;

    /// <summary>MSG_TRUNC: on a TCP socket, bytes are taken off the queue and not copied.</summary>
    public const int Discard = 0x20;
    public const int DoNotWait = 0x40;
    public const int NoSignal = 0x4000;

    public const int ResourceDescriptors = 7;
}

/// <summary>Constants of sys/epoll.h.</summary>
public static class EpollMask
{
    public const uint In = 0x001;
    public const uint Priority = 0x002;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint PeerEnded = 0x2000;
    public const uint EdgeTriggered = 1u << 31;
}
