using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>
/// How long all threads of another process have run, user and system time together, those that have ended included. To the
/// nanosecond, where the times in <c>/proc/PID/stat</c> are counted in ticks of 10 ms.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class ProcessorClock
{
    /// <summary>What clock_getcpuclockid(3) makes of a process's number.</summary>
    private const int ScheduledTime = 2;

    public static double Seconds(int process)
        => Libc.GetClock((~process << 3) | ScheduledTime, out Libc.TimeSpec time) == 0
            ? time.Seconds
            : throw new BenchException(
                $"The processor time of process {process} cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");
}
