using System.Runtime.InteropServices;

namespace Proxy;

/// <summary>struct linger.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Linger(int onOff, int seconds)
{
    public readonly int OnOff = onOff;
    public readonly int Seconds = seconds;

    /// <summary>close() then throws away what is unsent and sends a reset.</summary>
    public static Linger Reset => new(1, 0);
}

/// <summary>struct timeval of a 64-bit system.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TimeValue(long seconds)
{
    public readonly nint Seconds = (nint)seconds;
    public readonly nint Microseconds = 0;
}

/// <summary>struct rlimit.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ResourceLimit
{
    public readonly nuint Soft;
    public readonly nuint Hard;
}
