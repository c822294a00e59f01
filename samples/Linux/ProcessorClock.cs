using System.Diagnostics;
using System.Runtime.Versioning;

namespace Engine.Samples.Linux;

/// <summary>How long somebody had a processor: on a shared machine time passes for who does not run, too.</summary>
public static class ProcessorClock
{
    /// <summary>CLOCK_THREAD_CPUTIME_ID.</summary>
    private const int OfThread = 3;

    /// <summary>What clock_getcpuclockid(3) makes of a process's number.</summary>
    private const int ScheduledTime = 2;

    private const long Giga = 1_000_000_000;

    /// <summary>
    /// Nanoseconds of the calling thread. Some 200 ns: for repetitions, not for bursts. Only Linux is asked for it; elsewhere it is the
    /// time that passed.
    /// </summary>
    public static long Nanoseconds()
        => OperatingSystem.IsLinux() && Libc.GetTime(OfThread, out TimeSpecification time) == 0
            ? (time.Seconds * Giga) + time.Nanoseconds
            : (long)(Stopwatch.GetTimestamp() * ((double)Giga / Stopwatch.Frequency));

    /// <summary>
    /// Seconds of all threads of a process, user and system time together, those that have ended included. To the nanosecond, where the
    /// times in <c>/proc/PID/stat</c> are counted in ticks of 10 ms.
    /// </summary>
    /// <exception cref="SystemCallException">There is no such process.</exception>
    [SupportedOSPlatform("linux")]
    public static double ProcessSeconds(int process)
        => Libc.GetTime((~process << 3) | ScheduledTime, out TimeSpecification time) == 0
            ? time.Seconds + (time.Nanoseconds / (double)Giga)
            : throw SystemCallException.Of($"reading the processor time of process {process}");
}
