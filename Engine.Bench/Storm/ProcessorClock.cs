using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Nanoseconds that the calling thread had a processor: on a shared machine time passes for a thread that does not run, too. Only
/// Linux is asked for it; elsewhere it is the time that passed.
/// </summary>
internal static partial class ProcessorClock
{
    // CLOCK_THREAD_CPUTIME_ID of Linux' time.h.
    private const int ThreadProcessorTime = 3;

    /// <summary>Now. Some 200 ns: for repetitions, not for bursts.</summary>
    public static long Nanoseconds()
        => OperatingSystem.IsLinux() && GetTime(ThreadProcessorTime, out TimeSpecification time) == 0
            ? (time.Seconds * 1_000_000_000L) + time.Nanoseconds
            : (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpecification time);

    /// <summary>struct timespec, of two C longs.</summary>
    private readonly struct TimeSpecification
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
