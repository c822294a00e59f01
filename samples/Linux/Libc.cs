using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Samples.Linux;

/// <summary>
/// The system calls that samples, performance suite and tests make beside the engine's own, declared as section 2 of the manual has
/// them.
/// </summary>
/// <remarks>
/// Every parameter is blittable or a span, so a call is a transition and nothing else. None suppresses that transition: each of these can
/// wait on a lock inside the kernel, and a thread that waits there must not hold up a garbage collection. <c>errno</c> is kept
/// by the marshaller (<see cref="Marshal.GetLastPInvokeError"/>), since the runtime itself makes system calls on the way out.
/// </remarks>
[SupportedOSPlatform("linux")]
public static partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, in InetAddress address, int length);

    [LibraryImport(Library, EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int descriptor, int backlog);

    /// <summary>The address is not asked for (NULL): whoever needs it asks getpeername, and most never do.</summary>
    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int descriptor, nint address, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, in InetAddress address, int length);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(int descriptor, out InetAddress address, ref int length);

    [LibraryImport(Library, EntryPoint = "getpeername", SetLastError = true)]
    public static partial int GetPeerName(int descriptor, out InetAddress address, ref int length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, in int value, int length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, in Linger value, int length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, in TimeValue value, int length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int descriptor, int level, int name, out int value, ref int length);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, ref byte change);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, ref byte events, int capacity, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, ref ulong value, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, in ulong value, nuint length);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, in byte bytes, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, ref byte bytes, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, out TimeSpecification time);

    /// <summary>Thread 0 is the calling one.</summary>
    [LibraryImport(Library, EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int thread, nuint length, Span<ulong> mask);

    [LibraryImport(Library, EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nuint length, ReadOnlySpan<ulong> mask);

    /// <summary>Of each page: whether it is resident, in the lowest bit.</summary>
    [LibraryImport(Library, EntryPoint = "mincore", SetLastError = true)]
    public static partial int GetResidency(nint address, nuint length, Span<byte> pages);
}

/// <summary>struct linger.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Linger(int onOff, int seconds)
{
    public readonly int OnOff = onOff;
    public readonly int Seconds = seconds;

    /// <summary>close() then throws away what is unsent and sends a reset.</summary>
    public static Linger Reset => new(1, 0);
}

/// <summary>struct timeval of a 64-bit system.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct TimeValue(long seconds)
{
    public readonly nint Seconds = (nint)seconds;
    public readonly nint Microseconds = 0;
}

/// <summary>struct rlimit.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct ResourceLimit
{
    public readonly nuint Soft;
    public readonly nuint Hard;
}

/// <summary>struct timespec of a 64-bit system.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct TimeSpecification
{
    public readonly nint Seconds;
    public readonly nint Nanoseconds;
}
